/**
 * What attacks do to a model over a data set, and how far the figures can be trusted. Records in,
 * records out: nothing here prints, and nothing here trains.
 */
package dev.teak.attacks.evaluation;
