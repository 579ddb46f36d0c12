/**
 * The command {@code bench}: JMH benchmarks of the hot paths, and the same work on libtorch beside
 * Teak's in one process. Nothing here is used by the library; this module sees all others and none
 * sees it.
 */
package dev.teak.bench;
