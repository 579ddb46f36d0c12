/**
 * Gradients that are disturbed while a model is trained, on parameters or behind a layer. How
 * gradients are computed stands in the engine.
 */
package dev.teak.defenses.gradient;
