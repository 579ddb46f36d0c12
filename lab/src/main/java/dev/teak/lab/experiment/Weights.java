package dev.teak.lab.experiment;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Defense;
import dev.teak.defenses.FrontDefense;
import dev.teak.defenses.Trainee;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files of weights that say what they are of: the model, its images, and what stands before it. */
public final class Weights {
  private Weights() {}

  /**
   * What a file's weights are of.
   *
   * @param model its architecture
   * @param defenses that stand in front of it, around it or beside it, in order
   * @param image {@code [H, W, C]}
   * @param classes how many
   * @param seed of what is random in its defenses
   */
  public record Kind(
      Architecture model, List<Defense> defenses, Shape image, int classes, long seed) {
    /** Of a model with all its defenses; those of training alone leave nothing but weights. */
    public Kind {
      defenses = Defended.standing(defenses);
    }

    /** The model with initial weights. */
    public Module bare(long init) {
      return model.build(image, classes, new RandomStream(init, "init"));
    }
  }

  /**
   * Keeps a model's weights and what its defenses have learned, whole or not at all.
   *
   * @param whole as of {@link Defended#whole}
   */
  public static void save(Path file, Kind kind, Module whole) throws IOException {
    Map<String, String> what = new LinkedHashMap<>();
    what.put("format", "teak");
    what.put("layout", "nhwc");
    what.put("model", Settings.text(kind.model));
    what.put("image", kind.image.toString());
    what.put("classes", Integer.toString(kind.classes));
    if (!kind.defenses.isEmpty()) {
      what.put("defenses", Settings.text(kind.defenses));
      what.put("seed", Long.toString(kind.seed));
    }
    SafeTensors.write(file, whole.stateDict(), what);
  }

  /**
   * The model that a file holds the weights of, with its defenses.
   *
   * @param image of the images that it is to be used on
   * @param classes of them
   * @throws CheckpointException if the file does not say which, or it is not for these images
   */
  public static Defended load(Path file, Shape image, int classes) throws IOException {
    SafeTensors.Content content = SafeTensors.read(file);
    try {
      Kind kind = kind(file, content.metadata(), image, classes);
      Module bare = kind.bare(0);
      Trainee trainee = Trainee.of(bare, image, classes, kind.seed);
      Defended defended = Defended.of(bare, kind.defenses, trainee);
      defended.whole().loadStateDict(content.tensors());
      return defended;
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } finally {
      content.release();
    }
  }

  /**
   * Gives a model the weights of another, and what stands in front of it what the same has learned
   * there. A defense that is new in this phase may stand in front of that, or around the model.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public static void copy(Defended from, Defended to) {
    List<Defended.Front> given = from.fronts();
    List<Defended.Front> wanted = to.fronts();
    for (int i = 0; i < given.size(); i++) {
      FrontDefense front = given.get(i).defense();
      if (i >= wanted.size() || !wanted.get(i).defense().equals(front)) {
        throw new IllegalArgumentException(
            "its weights are of a model behind '"
                + Settings.text(front)
                + "', which must stand in front of this one too");
      }
      StateDict.copy(
          "what was learned does not fit",
          given.get(i).module().stateDict(),
          wanted.get(i).module().stateDict());
    }
    copy(from.behindFronts(), to.behindFronts());
  }

  /**
   * By name. A defense that is new stands around what was there, whose names then have more in
   * front or between; what it brings along keeps its own.
   */
  private static void copy(Module from, Module to) {
    Map<String, Tensor> open = new LinkedHashMap<>(to.stateDict());
    Map<String, Tensor> given = new LinkedHashMap<>();
    Map<String, Tensor> into = new LinkedHashMap<>();
    from.stateDict()
        .forEach(
            (name, tensor) -> {
              given.put(name, tensor);
              open.keySet().stream()
                  .filter(n -> open.get(n).shape().equals(tensor.shape()) && contains(n, name))
                  .min(Comparator.comparingInt(String::length))
                  .ifPresent(n -> into.put(name, open.remove(n)));
            });
    StateDict.copy("the weights do not fit", given, into);
  }

  /** Whether the parts of one name are among those of another, in their order. */
  private static boolean contains(String longer, String name) {
    Iterator<String> parts = List.of(longer.split("\\.")).iterator();
    for (String part : name.split("\\.")) {
      boolean found = false;
      while (!found && parts.hasNext()) {
        found = parts.next().equals(part);
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  /**
   * What a file's weights are for.
   *
   * @param image {@code [H, W, C]}
   * @param classes how many
   */
  public record Takes(Shape image, int classes) {}

  /**
   * The images and classes that a file's weights are for.
   *
   * @throws CheckpointException if the file does not say
   */
  public static Takes takes(Path file) throws IOException {
    SafeTensors.Content content = SafeTensors.read(file);
    try {
      Map<String, String> said = content.metadata();
      requireSaid(said);
      String[] extents = said.get("image").replaceAll("[\\[\\] ]", "").split(",", -1);
      int[] dims = Arrays.stream(extents).mapToInt(Integer::parseInt).toArray();
      return new Takes(Shape.of(dims), Integer.parseInt(said.getOrDefault("classes", "")));
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } finally {
      content.release();
    }
  }

  private static void requireSaid(Map<String, String> said) {
    if (!said.containsKey("model") || !said.containsKey("image")) {
      throw new IllegalArgumentException(
          "does not say which of teak's models its weights are for; 'teak train' writes files that"
              + " do");
    }
  }

  private static Kind kind(Path file, Map<String, String> said, Shape image, int classes) {
    requireSaid(said);
    if (!image.toString().equals(said.get("image"))) {
      throw new IllegalArgumentException(
          "is for images " + said.get("image") + ", these are " + image);
    }
    if (!Integer.toString(classes).equals(said.get("classes"))) {
      throw new IllegalArgumentException(
          "is for " + said.get("classes") + " classes, these images have " + classes);
    }
    Written.Place place = new Written.Place("its model", 0);
    return new Kind(
        Settings.read(Architecture.class, new Written.Text(said.get("model"), place)),
        Settings.readAll(
            Defense.class, new Written.Text(said.getOrDefault("defenses", "none"), place)),
        image,
        classes,
        Long.parseLong(said.getOrDefault("seed", "0")));
  }
}
