/**
 * The op table: every op is one small class with its forward (a call on the backend), its
 * vector-Jacobian product written in tensor ops, and its formula. No loop over elements lives here.
 */
package dev.teak.engine.op;
