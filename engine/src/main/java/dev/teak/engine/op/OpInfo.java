package dev.teak.engine.op;

/**
 * A row of the op table, for people: in docs/ops.md, on the pages of {@code teak explain}, in
 * messages. It stands in the op's own file, beside the code that it describes.
 *
 * @param name PyTorch's, where there is one
 * @param formula what the op computes, y being its output
 * @param vjp the gradient of each input in order, from the gradient g of the output; where there is
 *     none, why
 * @param differentiable whether it has a gradient at all
 */
public record OpInfo(String name, String formula, String vjp, boolean differentiable) {
  /** Of an op that has a gradient. */
  public OpInfo(String name, String formula, String vjp) {
    this(name, formula, vjp, true);
  }
}
