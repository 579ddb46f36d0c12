package dev.teak.lab.cli;

import dev.teak.attacks.Norm;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Outcomes;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.io.Npz;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The adversarial images of an attack or an evaluation, for NumPy: {@code images} {@code [N, H, W,
 * C]} exactly as the model was shown them, {@code labels}, {@code clean_predictions} and {@code
 * predictions} (-1 for a NaN, -2 where it was rejected), and {@code distances} in the threat
 * model's norm. Of several attacks it has, for each image, the first that made the model wrong,
 * else the last; what no attack touched is there as it was.
 */
final class AdversarialFile implements Journal {
  private final List<String> attacks;
  private final Examples examples;
  private final int[] clean;
  private final int[] predictions;
  private final float[] images;
  private final int size;

  /**
   * Of images as they are.
   *
   * @param attacks whose images are kept, their settings in full
   * @param clean what the model says of each image
   */
  AdversarialFile(List<String> attacks, Examples examples, int... clean) {
    this.attacks = attacks;
    this.examples = examples;
    this.clean = clean;
    predictions = clean.clone();
    size = examples.image().size();
    images = pixels();
  }

  private float[] pixels() {
    float[] all = new float[Math.multiplyExact(examples.size(), size)];
    for (int i = 0; i < examples.size(); i++) {
      examples.images().read(i, all, i * size);
    }
    return all;
  }

  @Override
  public void show(String attack, int[] numbers, float[] made, int[] said) {
    if (!attacks.contains(attack)) {
      return; // a check, under another threat model
    }
    for (int i = 0; i < numbers.length; i++) {
      int image = numbers[i];
      boolean open =
          predictions[image] == examples.labels()[image]
              || predictions[image] == clean[image]
              || predictions[image] == Evaluate.REJECTED;
      if (open) {
        System.arraycopy(made, i * size, images, image * size, size);
        predictions[image] = said[i];
      }
    }
  }

  @Override
  public List<Outcomes> read(String attack) {
    return List.of();
  }

  @Override
  public void write(String attack, Outcomes outcomes) {}

  /** Writes the file, whole or not at all. */
  void write(Path file, Norm norm) throws IOException {
    int n = examples.size();
    float[] before = pixels();
    float[] distances = new float[n];
    for (int i = 0; i < n; i++) {
      distances[i] = (float) norm.of(before, images, i * size, (i + 1) * size);
    }
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      int h = examples.image().dim(0);
      int w = examples.image().dim(1);
      arrays.put("images", Tensor.of(images, n, h, w, examples.image().dim(2)));
      arrays.put("labels", Tensor.ofInts(examples.labels(), n));
      arrays.put("clean_predictions", Tensor.ofInts(clean, n));
      arrays.put("predictions", Tensor.ofInts(predictions, n));
      arrays.put("distances", Tensor.of(distances, n));
      Npz.write(file, arrays);
    }
  }
}
