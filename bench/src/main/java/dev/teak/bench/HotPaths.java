package dev.teak.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The hot paths under JMH: the works of {@link Works}, on Teak alone. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class HotPaths {
  private static final int BATCH = 128;
  private static final ConvShape STAGE = ConvShape.square(32, 32, 64, 64);

  /** What Teak runs on. */
  @Param("java")
  public String device;

  private Works works;
  private Work gemm;
  private Work convForward;
  private Work convGradients;
  private Work cnnTrainingStep;
  private Work cnnPgd;

  /** Makes the inputs of all works. */
  @Setup
  public void open() {
    works = TeakWorks.open(device);
    gemm = works.gemm(1024);
    convForward = works.convForward(STAGE);
    convGradients = works.convGradients(STAGE);
    cnnTrainingStep = works.trainingStep(Net.MNIST_CNN, BATCH);
    cnnPgd = works.pgd(Net.MNIST_CNN, BATCH, 10);
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    for (Work work : new Work[] {gemm, convForward, convGradients, cnnTrainingStep, cnnPgd}) {
      work.close();
    }
    works.close();
  }

  /** A product of two matrices of 1024 x 1024. */
  @Benchmark
  public void gemm1024() {
    gemm.run();
  }

  /** A 3x3 convolution of 32 images of 32 x 32 x 64. */
  @Benchmark
  public void conv2dForward() {
    convForward.run();
  }

  /** The same with both of its gradients. */
  @Benchmark
  public void conv2dBackward() {
    convGradients.run();
  }

  /** A training step of the MNIST CNN, batch 128. */
  @Benchmark
  public void cnnStep() {
    cnnTrainingStep.run();
  }

  /** Ten steps of PGD on it, batch 128. */
  @Benchmark
  public void pgd10() {
    cnnPgd.run();
  }
}
