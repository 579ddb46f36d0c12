/**
 * Papers: each an experiment in three sizes, the figures that it prints, and its questions with
 * verdicts that are computed from what was measured.
 */
package dev.teak.lab.paper;
