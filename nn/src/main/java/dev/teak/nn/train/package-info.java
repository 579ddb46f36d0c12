/**
 * The visible training loop and what it needs: batches, checkpoints, metrics. No defense lives
 * here.
 */
package dev.teak.nn.train;
