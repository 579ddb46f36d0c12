package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;

/** Launches the kernels of {@code loss.cl}: a group for each row. */
final class Losses {
  private final OpenClDevice device;
  private final Operands operands;

  Losses(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  private Launch rows(int rows) {
    int group = device.traits().reduceGroup();
    return Launch.of((long) rows * group, group);
  }

  void softmax(String op, Buffer x, int rows, int columns, boolean log, Buffer out) {
    OpenClBuffer in = operands.reals(op, "input", x, (long) rows * columns);
    OpenClBuffer o = operands.reals(op, "output", out, (long) rows * columns);
    device.launch(Kernel.pass("softmax"), rows(rows), in, o, columns, log ? 1 : 0);
  }

  void crossEntropy(
      Buffer logits, Buffer labels, int rows, int classes, Buffer probabilities, Buffer loss) {
    String op = "crossEntropy";
    long size = (long) rows * classes;
    OpenClBuffer x = operands.reals(op, "logits", logits, size);
    OpenClBuffer of = operands.ints(op, "labels", labels, rows);
    OpenClBuffer p = operands.reals(op, "probabilities", probabilities, size);
    OpenClBuffer l = operands.reals(op, "loss", loss, rows);
    device.launch(Kernel.pass("cross_entropy"), rows(rows), x, of, p, l, classes);
  }

  void crossEntropyGrad(
      Buffer probabilities, Buffer labels, Buffer grad, int rows, int classes, Buffer out) {
    String op = "crossEntropyGrad";
    long size = (long) rows * classes;
    Object[] args = {
      operands.reals(op, "probabilities", probabilities, size),
      operands.ints(op, "labels", labels, rows),
      operands.reals(op, "gradient", grad, rows),
      operands.reals(op, "output", out, size)
    };
    device.flat(
        Kernel.pass("cross_entropy_grad"), size, device.traits().block(size), args, classes);
  }
}
