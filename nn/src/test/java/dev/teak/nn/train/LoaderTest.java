package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Shape;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.augment.Crop;
import dev.teak.nn.augment.Flip;
import dev.teak.nn.train.Loader.Range;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoaderTest {
  private static final int[] ORDER = {3, 0, 4, 1, 2};
  private static final List<Range> BATCHES = List.of(new Range(0, 2), new Range(2, 5));
  private static final Shape IMAGE = Shape.of(3, 3, 1);

  /** Five images of 3 x 3, every pixel another number. */
  private static Examples five() {
    float[] pixels = new float[45];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i + 1) / 64f;
    }
    return new Examples(pixels, new int[] {0, 1, 2, 3, 4}, IMAGE);
  }

  private static Loader plain(Examples examples) {
    return new Loader(examples, List.of(), 1, 0, ORDER, BATCHES);
  }

  @Test
  void withoutAugmentationBatchesAreThoseOfTheExamples() {
    try (Loader loader = plain(five())) {
      for (Range range : BATCHES) {
        Batch expected = five().batch(ORDER, range.from(), range.to());
        Batch made = loader.next();
        assertArrayEquals(expected.images().toFloats(), made.images().toFloats());
        assertArrayEquals(expected.labels().toInts(), made.labels().toInts());
      }
    }
  }

  @Test
  void anImageIsAugmentedTheSameInWhateverBatchItStands() {
    List<Augmentation> augmentations = List.of(new Crop(1), new Flip());
    float[][] alone = new float[5][];
    for (int i = 0; i < 5; i++) {
      try (Loader loader =
          new Loader(five(), augmentations, 1, 2, new int[] {i}, List.of(new Range(0, 1)))) {
        alone[i] = loader.next().images().toFloats();
      }
    }
    try (Loader loader = new Loader(five(), augmentations, 1, 2, ORDER, BATCHES)) {
      int at = 0;
      for (Range range : BATCHES) {
        float[] made = loader.next().images().toFloats();
        for (int i = 0; i < range.to() - range.from(); i++) {
          assertArrayEquals(
              alone[ORDER[at++]], java.util.Arrays.copyOfRange(made, 9 * i, 9 * i + 9));
        }
      }
    }
  }

  /** Five images that say when they are read. */
  private abstract static class Watched implements Images {
    @Override
    public int size() {
      return 5;
    }

    @Override
    public Shape image() {
      return IMAGE;
    }
  }

  private static Examples watched(Watched images) {
    return new Examples(images, new int[5]);
  }

  @Test
  void whatReadingEndsInArrivesWithTheBatchItBelongsTo() {
    RuntimeException broken = new IllegalStateException("four.png is broken");
    Examples examples =
        watched(
            new Watched() {
              @Override
              public void read(int index, float[] to, int at) {
                if (index == 4) {
                  throw broken;
                }
              }
            });
    try (Loader loader = plain(examples)) {
      assertEquals(2, loader.next().labels().shape().size());
      assertSame(broken, assertThrows(IllegalStateException.class, loader::next));
    }
  }

  @Test
  void closingEndsTheThreadWhileItWaitsForItsBatchToBeTaken() throws InterruptedException {
    Thread[] reader = new Thread[1];
    CountDownLatch second = new CountDownLatch(5);
    Examples examples =
        watched(
            new Watched() {
              @Override
              public void read(int index, float[] to, int at) {
                reader[0] = Thread.currentThread();
                second.countDown();
              }
            });
    Loader loader = plain(examples);
    second.await();
    assertTrue(reader[0].isAlive());
    loader.close();
    assertFalse(reader[0].isAlive());
  }

  @Test
  void noMoreThanTwoBatchesAreReadAhead() throws InterruptedException {
    AtomicInteger read = new AtomicInteger();
    Object[] waiting = new Object[1];
    Examples examples =
        watched(
            new Watched() {
              @Override
              public void read(int index, float[] to, int at) {
                waiting[0] = Thread.currentThread();
                read.incrementAndGet();
              }
            });
    List<Range> singles =
        List.of(new Range(0, 1), new Range(1, 2), new Range(2, 3), new Range(3, 4));
    try (Loader loader = new Loader(examples, List.of(), 1, 0, ORDER, singles)) {
      while (read.get() < 2 || ((Thread) waiting[0]).getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertEquals(2, read.get());
    }
  }
}
