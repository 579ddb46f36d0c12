/**
 * The peer's side of {@code bench --peers}: {@link dev.teak.bench.Works} on libtorch through DJL,
 * in the fastest form that DJL reaches. No class outside this package names DJL, and none in it
 * names Teak's engine.
 */
package dev.teak.bench.libtorch;
