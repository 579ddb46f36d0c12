package dev.teak.engine;

import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Clip;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Softmax;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.Where;
import dev.teak.engine.op.WithScalar;

/**
 * What is computed element by element, and products of matrices: every method is one op of the
 * table, or a few. Binary ops broadcast as in NumPy.
 */
public sealed interface TensorMath permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  // --- arithmetic ---

  default Tensor add(Tensor b) {
    return Binary.ADD.apply(self(), b);
  }

  default Tensor sub(Tensor b) {
    return Binary.SUB.apply(self(), b);
  }

  default Tensor mul(Tensor b) {
    return Binary.MUL.apply(self(), b);
  }

  default Tensor div(Tensor b) {
    return Binary.DIV.apply(self(), b);
  }

  default Tensor pow(Tensor b) {
    return Binary.POW.apply(self(), b);
  }

  default Tensor maximum(Tensor b) {
    return Binary.MAX.apply(self(), b);
  }

  default Tensor minimum(Tensor b) {
    return Binary.MIN.apply(self(), b);
  }

  default Tensor add(double b) {
    return WithScalar.apply(Binary.ADD, self(), b);
  }

  default Tensor sub(double b) {
    return WithScalar.apply(Binary.SUB, self(), b);
  }

  default Tensor mul(double b) {
    return WithScalar.apply(Binary.MUL, self(), b);
  }

  default Tensor div(double b) {
    return WithScalar.apply(Binary.DIV, self(), b);
  }

  default Tensor pow(double b) {
    return WithScalar.apply(Binary.POW, self(), b);
  }

  default Tensor maximum(double b) {
    return WithScalar.apply(Binary.MAX, self(), b);
  }

  default Tensor minimum(double b) {
    return WithScalar.apply(Binary.MIN, self(), b);
  }

  // --- comparison: 1 or 0 ---

  default Tensor eq(Tensor b) {
    return Binary.EQ.apply(self(), b);
  }

  default Tensor ne(Tensor b) {
    return Binary.NE.apply(self(), b);
  }

  default Tensor lt(Tensor b) {
    return Binary.LT.apply(self(), b);
  }

  default Tensor le(Tensor b) {
    return Binary.LE.apply(self(), b);
  }

  default Tensor gt(Tensor b) {
    return Binary.GT.apply(self(), b);
  }

  default Tensor ge(Tensor b) {
    return Binary.GE.apply(self(), b);
  }

  default Tensor eq(double b) {
    return WithScalar.apply(Binary.EQ, self(), b);
  }

  default Tensor ne(double b) {
    return WithScalar.apply(Binary.NE, self(), b);
  }

  default Tensor lt(double b) {
    return WithScalar.apply(Binary.LT, self(), b);
  }

  default Tensor le(double b) {
    return WithScalar.apply(Binary.LE, self(), b);
  }

  default Tensor gt(double b) {
    return WithScalar.apply(Binary.GT, self(), b);
  }

  default Tensor ge(double b) {
    return WithScalar.apply(Binary.GE, self(), b);
  }

  // --- functions ---

  default Tensor neg() {
    return Unary.NEG.apply(self());
  }

  default Tensor abs() {
    return Unary.ABS.apply(self());
  }

  default Tensor sign() {
    return Unary.SIGN.apply(self());
  }

  default Tensor square() {
    return Unary.SQUARE.apply(self());
  }

  default Tensor sqrt() {
    return Unary.SQRT.apply(self());
  }

  default Tensor reciprocal() {
    return Unary.RECIPROCAL.apply(self());
  }

  default Tensor exp() {
    return Unary.EXP.apply(self());
  }

  /** e^x - 1, accurate near 0. */
  default Tensor expm1() {
    return Unary.EXPM1.apply(self());
  }

  default Tensor log() {
    return Unary.LOG.apply(self());
  }

  default Tensor sin() {
    return Unary.SIN.apply(self());
  }

  default Tensor cos() {
    return Unary.COS.apply(self());
  }

  default Tensor tanh() {
    return Unary.TANH.apply(self());
  }

  default Tensor sigmoid() {
    return Unary.SIGMOID.apply(self());
  }

  default Tensor relu() {
    return Unary.RELU.apply(self());
  }

  default Tensor floor() {
    return Unary.FLOOR.apply(self());
  }

  default Tensor ceil() {
    return Unary.CEIL.apply(self());
  }

  default Tensor round() {
    return Unary.ROUND.apply(self());
  }

  /** Within [low, high]; the gradient passes where it already was. PyTorch's {@code clamp}. */
  default Tensor clip(double low, double high) {
    return Clip.apply(self(), low, high);
  }

  /** This tensor as a condition: {@code a} where it is not 0, else {@code b}. */
  default Tensor where(Tensor a, Tensor b) {
    return Where.apply(self(), a, b);
  }

  /** Softmax over the last axis. */
  default Tensor softmax() {
    return Softmax.apply(self(), false);
  }

  /** The logarithm of softmax over the last axis. */
  default Tensor logSoftmax() {
    return Softmax.apply(self(), true);
  }

  // --- linear algebra ---

  /** The matrix product, batched over leading axes. */
  default Tensor matmul(Tensor b) {
    return MatMul.apply(self(), b, false, false);
  }
}
