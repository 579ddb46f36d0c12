package dev.teak.engine;

/**
 * Elements of a tensor along an axis in order of size, and where they were.
 *
 * @param values the elements; their gradient goes to where they were
 * @param indices their places on the axis, INT32, of the same shape
 */
public record Ranked(Tensor values, Tensor indices) {}
