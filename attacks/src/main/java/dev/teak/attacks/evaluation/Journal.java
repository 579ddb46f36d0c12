package dev.teak.attacks.evaluation;

import java.util.List;

/**
 * Where an evaluation notes what it has found, batch by batch, so that a killed one goes on where
 * it stood. An image's outcome does not depend on its batch, so what is found there need not be run
 * again, however the batches fall the next time.
 */
public interface Journal {
  /** Nowhere. */
  Journal NONE =
      new Journal() {
        @Override
        public List<Outcomes> read(String attack) {
          return List.of();
        }

        @Override
        public void write(String attack, Outcomes outcomes) {}
      };

  /** All that was noted of an attack. */
  List<Outcomes> read(String attack);

  /**
   * Notes a batch.
   *
   * @param attack its settings in full
   */
  void write(String attack, Outcomes outcomes);

  /**
   * Is shown a batch's images as an attack has made them, before its outcomes are noted; looks away
   * unless it keeps them.
   *
   * @param attack its settings in full
   * @param images their numbers in the data set
   * @param made their pixels, {@code [images][H, W, C]} one behind the other
   * @param predictions what the model says of each
   */
  default void show(String attack, int[] images, float[] made, int[] predictions) {}
}
