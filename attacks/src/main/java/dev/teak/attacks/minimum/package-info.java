/**
 * Attacks that look for the smallest change, led by the gradient. With a finite epsilon in their
 * threat model they count as failed beyond it.
 */
package dev.teak.attacks.minimum;
