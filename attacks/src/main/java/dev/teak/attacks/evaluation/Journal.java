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
}
