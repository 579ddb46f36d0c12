package dev.teak.engine.backend;

/**
 * A batch of matrix products C = op(A) op(B), op(A) being {@code [m, k]} and op(B) {@code [k, n]}.
 *
 * @param batch products; one after the other in C
 * @param m rows of C
 * @param n columns of C
 * @param k summed extent
 * @param transposeA whether A is stored {@code [k, m]}
 * @param transposeB whether B is stored {@code [n, k]}
 * @param sharedA whether all products use the one A
 * @param sharedB whether all products use the one B
 */
public record MatMulGeometry(
    int batch,
    int m,
    int n,
    int k,
    boolean transposeA,
    boolean transposeB,
    boolean sharedA,
    boolean sharedB) {

  /** Elements between one product's A and the next. */
  public int strideA() {
    return sharedA ? 0 : m * k;
  }

  /** Elements between one product's B and the next. */
  public int strideB() {
    return sharedB ? 0 : k * n;
  }
}
