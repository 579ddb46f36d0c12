/**
 * Defenses that change what a model is trained on or towards: other images, other targets, another
 * loss. Each is a {@link dev.teak.defenses.TrainingDefense}.
 */
package dev.teak.defenses.training;
