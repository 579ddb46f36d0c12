/**
 * Masks: a part of every image filled with something else, while a model is trained or in front of
 * it. What a mask is composed with stands in {@code dev.teak.defenses.Defended}.
 */
package dev.teak.defenses.mask;
