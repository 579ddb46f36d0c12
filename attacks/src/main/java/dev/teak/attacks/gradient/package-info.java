/** Attacks that spend all of epsilon, led by the gradient: FGSM and what came of it. */
package dev.teak.attacks.gradient;
