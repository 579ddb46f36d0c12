/**
 * Experiments as grids of cells: what a cell is, how it is run and searched, and the files that its
 * results are kept in. How results look on a page is for {@code report}.
 */
package dev.teak.lab.experiment;
