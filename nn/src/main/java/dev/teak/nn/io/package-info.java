/**
 * Weights and training state in files, written whole or not at all. What they mean is the caller's.
 */
package dev.teak.nn.io;
