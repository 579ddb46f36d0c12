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

/** The hot paths under JMH: every work of {@link PeerSuite}, on Teak alone. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class HotPaths {
  /** What Teak runs on. */
  @Param("java")
  public String device;

  /** The work's name in the table of the comparison. */
  @Param("gemm 1024")
  public String work;

  private Works works;
  private Work opened;

  /** Makes the work's inputs. */
  @Setup
  public void open() {
    works = TeakWorks.open(device);
    opened = PeerSuite.pair(work).open().apply(works);
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    opened.close();
    works.close();
  }

  /** Once. */
  @Benchmark
  public void run() {
    opened.run();
  }
}
