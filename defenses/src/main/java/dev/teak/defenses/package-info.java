/**
 * Defenses: changes of training, of input, or of the model, each saying how it is to be attacked
 * adaptively. Evaluation and data live in {@code lab}.
 */
package dev.teak.defenses;
