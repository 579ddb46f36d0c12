package dev.teak.nn;

import dev.teak.engine.Autograd;
import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.TensorCreation;
import dev.teak.engine.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * A first convolution that need not be learned: it takes small patches of an image to numbers that
 * are uncorrelated and of the same size. Each eigenvector of the patches' covariance, divided by
 * the root of its eigenvalue, is a filter, and so is its negative, for the relu that may follow
 * (Page, "How to train your ResNet 8", 2019; Jordan, "94% on CIFAR-10 in 3.29 seconds on a single
 * GPU", arXiv 2404.00498, 2024, section 3.2).
 *
 * <p>{@code [N, H, W, C]} becomes {@code [N, H - k + 1, W - k + 1, 2 k k C]}. The filters are
 * buffers: they come from the first batch that the layer is given in training mode, and stay. Until
 * then, and where no weights were loaded, it gives zeros.
 */
public final class Whitening extends Module {
  private final int kernel;
  private final double eps;
  private final Tensor weight;
  private final Tensor bias;
  private boolean ready; // whether the filters are known to be there

  /**
   * Without filters yet.
   *
   * @param channels C of the images
   * @param kernel side of a patch, 1 or more
   * @param eps is added to each eigenvalue, more than 0: what varies much less than its root is not
   *     blown up
   */
  public Whitening(int channels, int kernel, double eps) {
    if (kernel < 1) {
      throw new IllegalArgumentException("whitening: kernel " + kernel + ": must be 1 or more");
    }
    if (!(eps > 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("whitening: eps " + eps + ": must be more than 0");
    }
    this.kernel = kernel;
    this.eps = eps;
    int patch = kernel * kernel * channels;
    weight = buffer("weight", Tensor.zeros(2 * patch, kernel, kernel, channels));
    bias = buffer("bias", Tensor.zeros(2 * patch));
  }

  @Override
  protected String describe() {
    Shape w = weight.shape();
    return "Whitening(" + w.dim(3) + " -> " + w.dim(0) + ", " + kernel + "x" + kernel + ")";
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (isTraining() && !ready) {
      if (isZero()) {
        learn(x);
      }
      ready = true;
    }
    return Functional.conv2d(x, weight, bias, Sliding.of(), 1);
  }

  private boolean isZero() {
    for (float w : weight.toFloats()) {
      if (w != 0) {
        return false;
      }
    }
    return true;
  }

  private void learn(Tensor images) {
    try (Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad()) {
      Tensor patches = patches(images);
      Tensor mean = patches.mean(0);
      Tensor centered = patches.sub(mean);
      double[] covariance =
          centered.transpose(0, 1).matmul(centered).div(patches.shape().dim(0)).toDoubles();
      int n = mean.shape().dim(0);
      double[][] filters = filters(covariance, n);
      double[] means = mean.toDoubles();
      double[] weights = new double[2 * n * n];
      double[] biases = new double[2 * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          weights[i * n + j] = filters[i][j];
          weights[(n + i) * n + j] = -filters[i][j];
          biases[i] -= filters[i][j] * means[j];
        }
        biases[n + i] = -biases[i];
      }
      Update.assign(weight, Tensor.of(weights, weight.shape().dims()));
      Update.assign(bias, Tensor.of(biases, 2 * n));
    }
  }

  /** {@code [patches, k k C]}, a patch's numbers in the order of a filter's. */
  private Tensor patches(Tensor images) {
    Shape s = images.shape();
    int h = s.dim(1) - kernel + 1;
    int w = s.dim(2) - kernel + 1;
    List<Tensor> shifted = new ArrayList<>();
    for (int y = 0; y < kernel; y++) {
      for (int x = 0; x < kernel; x++) {
        shifted.add(images.slice(1, y, y + h, 1).slice(2, x, x + w, 1));
      }
    }
    return TensorCreation.concat(3, shifted).reshape(s.dim(0) * h * w, weight.shape().dim(0) / 2);
  }

  /** One for each eigenvector, those of the largest eigenvalues first. */
  private double[][] filters(double[] covariance, int n) {
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = Arrays.copyOfRange(covariance, i * n, (i + 1) * n);
      for (double v : rows[i]) {
        if (!Double.isFinite(v)) {
          throw new IllegalArgumentException(
              "whitening: the first batch has NaN or infinity in it");
        }
      }
    }
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(rows));
    double[][] filters = new double[n][];
    for (int i = 0; i < n; i++) {
      double scale = 1 / Math.sqrt(Math.max(0, eigen.getRealEigenvalue(i)) + eps);
      filters[i] = eigen.getEigenvector(i).mapMultiply(scale).toArray();
    }
    return filters;
  }
}
