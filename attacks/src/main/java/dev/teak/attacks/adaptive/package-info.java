/**
 * What makes an attack fit a defense: expectations over what is random, ways around what has no
 * gradient. They go over any attack and any model.
 */
package dev.teak.attacks.adaptive;
