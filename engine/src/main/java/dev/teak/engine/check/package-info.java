/**
 * Gradients held against finite differences, and a sample call of every op to do it with. What a
 * backend computes is checked in the tests; this is what users can run too.
 */
package dev.teak.engine.check;
