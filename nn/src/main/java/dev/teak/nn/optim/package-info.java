/**
 * Optimizers and learning-rate schedules. How a step is computed stands in the engine's backends.
 */
package dev.teak.nn.optim;
