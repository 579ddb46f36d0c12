package dev.teak.engine.op;

import dev.teak.engine.Tensor;

/**
 * One use of an op, as its gradient sees it.
 *
 * @param inputs what went in
 * @param output what came out
 * @param needed which inputs want a gradient
 * @param isLast whether no pass comes after this one: what the op saved may go as it is used
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one vjp, never compared
public record Call(Tensor[] inputs, Tensor output, boolean[] needed, boolean isLast) {
  /** Input {@code i}. */
  public Tensor input(int i) {
    return inputs[i];
  }

  /** Whether input {@code i} wants a gradient. */
  public boolean needs(int i) {
    return needed[i];
  }
}
