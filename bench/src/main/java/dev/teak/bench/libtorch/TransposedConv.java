package dev.teak.bench.libtorch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A transposed convolution of stride 2, padding 1 and output padding 1. DJL has none on libtorch,
 * so it is a function of TorchScript, {@code transposed-conv.pt}, of this text:
 *
 * <pre>
 * class TransposedConv(torch.nn.Module):
 *     def forward(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
 *         bias: Optional[Tensor] = None
 *         if b.numel() > 0:
 *             bias = b
 *         return torch.nn.functional.conv_transpose2d(x, w, bias, 2, 1, 1)
 * </pre>
 *
 * with {@code torch.jit.script(TransposedConv()).save("transposed-conv.pt")}.
 */
final class TransposedConv {
  private static final String FILE = "transposed-conv.pt";

  private final Block block;
  private final ParameterStore store;
  private final NDArray none;

  /** Reads it. */
  TransposedConv(NDManager owned) {
    Model model = Model.newInstance(FILE, "PyTorch");
    owned.attachInternal(FILE, model);
    try (InputStream in = TransposedConv.class.getResourceAsStream(FILE)) {
      model.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(FILE, e);
    }
    block = model.getBlock();
    store = new ParameterStore(owned, false);
    none = owned.create(new float[0]);
  }

  /** Of images [n, k, p, p] and weights [k, c, 3, 3]. */
  NDArray of(NDArray x, NDArray weight) {
    return of(x, weight, none);
  }

  /** With a bias [c]. */
  NDArray of(NDArray x, NDArray weight, NDArray bias) {
    return block.forward(store, new NDList(x, weight, bias), true).singletonOrThrow();
  }
}
