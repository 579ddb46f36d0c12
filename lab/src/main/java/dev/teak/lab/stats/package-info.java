/**
 * What can be said of differences and means over a few seeds, and of two models on the same images.
 * Distributions are commons-math's.
 */
package dev.teak.lab.stats;
