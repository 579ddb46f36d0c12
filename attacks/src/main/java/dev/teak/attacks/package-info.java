/**
 * What an attack is made of: threat model, goal, loss, the model as it is asked, and the two bases
 * that keep the best of what an attack offers. The attacks themselves are in the packages below.
 * Nothing here trains; models are callers' and come back as they were.
 */
package dev.teak.attacks;
