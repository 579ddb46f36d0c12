package dev.teak.bench;

import java.util.function.Function;

/**
 * One line of the comparison before it is measured: the same work for either side.
 *
 * @param work its name in the table
 * @param flops additions and multiplications of one run, done directly; 0 where no count makes
 *     sense
 * @param open sets the work up on the side it is given
 */
public record PeerPair(String work, double flops, Function<Works, Work> open) {}
