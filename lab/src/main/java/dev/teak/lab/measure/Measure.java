package dev.teak.lab.measure;

import dev.teak.lab.experiment.Measured;
import dev.teak.nn.settings.Registered;
import java.io.IOException;
import java.util.Map;

/**
 * What is asked of a trained model: a record of settings. What it finds depends on the model, the
 * images and the cell's seed alone, never on a clock, the machine or the number of threads.
 */
@Registered(Measures.class)
public interface Measure {
  /**
   * Asks.
   *
   * @return what was found by names that tell it from other measures' in the same cell: {@code
   *     clean}, {@code pgd@0.3}
   */
  Map<String, Measured> of(Trial trial) throws IOException;

  /**
   * About how many times it runs the model, forwards and backwards, over one image: for an estimate
   * of the time that is left.
   *
   * @param images of the test set
   */
  default double passes(int images) {
    return images;
  }
}
