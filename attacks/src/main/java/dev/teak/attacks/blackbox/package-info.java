/**
 * Attacks that take no gradient: they ask for logits or only for classes, or bring images made on
 * another model.
 */
package dev.teak.attacks.blackbox;
