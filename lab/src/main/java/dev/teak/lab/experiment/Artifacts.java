package dev.teak.lab.experiment;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Defense;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What recipes leave: weights, and what their defenses have learned, each kept once under a digest
 * of everything that it depends on. Two recipes that begin alike train their beginning once; a
 * phase that was killed goes on from its checkpoint. For each there is {@code DIGEST.safetensors},
 * which {@code teak attack --weights} takes, and {@code DIGEST.json} with its epochs; where
 * defenses have learned, {@code DIGEST.defenses.safetensors} too. What stands in front of models
 * and learns without a look at them is an artifact of its own, {@code DIGEST.front.safetensors},
 * and each member of an ensemble that is trained in folds is one of a recipe of its own ({@link
 * Folds}).
 */
public final class Artifacts {
  private static final String WEIGHTS = ".safetensors";
  private static final String LEARNED = ".defenses.safetensors";
  private static final String FRONT = ".front.safetensors";

  private final Path folder;
  private final Data.Learning data;
  private final Map<String, Recipe> recipes = new LinkedHashMap<>();
  private final Map<String, Object> locks;
  private final String images;
  private final TrainingListener listener;

  /** How a phase went: the content of {@code DIGEST.json}. */
  private record History(
      String recipe, long seed, int phase, List<CellResult.Epoch> epochs, double seconds) {}

  /**
   * In a folder.
   *
   * @param data that all recipes learn from
   * @param recipes that others may name
   * @param listener is told how each phase goes; from any thread
   */
  public Artifacts(Path folder, Data.Learning data, List<Recipe> recipes, TrainingListener listener)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.data = data;
    this.listener = listener;
    recipes.forEach(r -> this.recipes.put(r.name(), r));
    this.locks = new ConcurrentHashMap<>();
    this.images = images(data);
  }

  /** Beside others, in their folder, of other images. */
  private Artifacts(Artifacts beside, Data.Learning data, TrainingListener listener) {
    this.folder = beside.folder;
    this.data = data;
    this.listener = listener;
    this.recipes.putAll(beside.recipes);
    this.locks = beside.locks;
    this.images = images(data);
  }

  private static String images(Data.Learning data) {
    return data.train().fingerprint() + "; " + data.validation().fingerprint();
  }

  /** Whether a recipe's need is a file of weights. */
  static boolean isFile(String need) {
    return need.endsWith(WEIGHTS);
  }

  /** The recipe of this name. */
  public Recipe recipe(String name) {
    Recipe r = recipes.get(name);
    if (r == null) {
      throw new IllegalArgumentException(
          "there is no recipe '"
              + name
              + "'; the recipes are "
              + String.join(", ", recipes.keySet()));
    }
    return r;
  }

  /** The model of a cell, trained where it is not there yet. */
  public Trained get(Cell cell) throws IOException {
    return upTo(cell.recipe(), cell.seed(), cell.recipe().phases().size());
  }

  /** Where a cell's weights are kept. */
  public Path file(Cell cell) throws IOException {
    String digest = digest(cell.recipe(), cell.seed(), cell.recipe().phases().size());
    return folder.resolve(digest + WEIGHTS);
  }

  private Trained upTo(Recipe recipe, long seed, int phases) throws IOException {
    String digest = digest(recipe, seed, phases);
    // Held while it trains: whoever needs the same waits for it.
    synchronized (locks.computeIfAbsent(digest, d -> new Object())) {
      if (!Files.exists(folder.resolve(digest + WEIGHTS))) {
        if (recipe.isInFolds(phases)) {
          trainFolds(recipe, seed, digest);
        } else {
          train(recipe, seed, phases, digest);
        }
      }
    }
    return read(recipe, seed, phases, digest);
  }

  private void train(Recipe recipe, long seed, int phases, String digest) throws IOException {
    Phase phase = recipe.phases().get(phases - 1);
    Trained before = phases == 1 ? null : upTo(recipe, seed, phases - 1);
    Trained teacher = teacher(recipe, seed, phases);
    Path state = folder.resolve(digest + ".resume");
    try {
      Assembly assembly = assembly(recipe, seed, phases, teacher, true);
      if (before == null) {
        start(recipe, seed, assembly);
      } else {
        Weights.copy(before.defended(), assembly.defended);
      }
      try (Defended defended = assembly.defended) {
        int stood = before == null ? 0 : before.defended().fronts().size();
        double fits = fit(defended.fronts().subList(stood, defended.fronts().size()), state);
        PhaseTraining training = new PhaseTraining(phase, data, phaseSeed(seed, phases));
        PhaseTraining.Done done = training.run(defended, state, digest, phases, listener);
        defended.fitDetectors(data.train());
        write(recipe, seed, phases, digest, assembly, before, done.after(fits));
        FrontFits.done(defended, state);
      }
    } finally {
      close(before);
      close(teacher);
    }
    Files.deleteIfExists(state);
  }

  /** The first phase of an ensemble whose members are artifacts of their own. */
  private void trainFolds(Recipe recipe, long seed, String digest) throws IOException {
    Assembly assembly = assembly(recipe, seed, 1, null, false);
    try (Defended defended = assembly.defended) {
      PhaseTraining.Done done =
          new Folds(recipe, seed, data)
              .train(
                  (Ensemble) assembly.bare,
                  (member, fold, told) -> new Artifacts(this, fold, told).get(member),
                  listener);
      write(recipe, seed, 1, digest, assembly, null, done);
    }
  }

  /**
   * Has those learn that are new in front, what is nearest to the model first.
   *
   * @return seconds
   */
  private double fit(List<Defended.Front> fresh, Path state) throws IOException {
    FrontFits fits = new FrontFits(data, listener);
    double seconds = 0;
    for (int i = fresh.size() - 1; i >= 0; i--) {
      Defended.Front front = fresh.get(i);
      if (!front.defense().learnsAlone()) {
        seconds += fits.fit(front, FrontFits.state(state, i), state.getFileName().toString());
        continue;
      }
      String digest = digest(front);
      synchronized (locks.computeIfAbsent(digest, d -> new Object())) {
        seconds += fits.kept(front, folder.resolve(digest + FRONT), digest);
      }
    }
    return seconds;
  }

  private static void close(Trained trained) {
    if (trained != null) {
      trained.close();
    }
  }

  /** The first phase has the run's own seed. */
  private static long phaseSeed(long seed, int phases) {
    return phases == 1 ? seed : Philox.key(seed, "phase/" + phases);
  }

  private Trained teacher(Recipe recipe, long seed, int phases) throws IOException {
    String name = recipe.phases().get(phases - 1).teacher();
    if (name == null) {
      return null;
    }
    if (isFile(name)) {
      Defended d = Weights.load(Path.of(name), data.train().image(), data.classes());
      return new Trained(d.model(), d, List.of(), 0);
    }
    if (!name.equals(Phase.PREVIOUS)) {
      return get(new Cell(recipe(name), seed));
    }
    if (phases == 1) {
      throw new IllegalArgumentException(
          recipe.name() + ": teacher: previous: there is no phase before the first; name a recipe");
    }
    return upTo(recipe, seed, phases - 1);
  }

  /** A model and the defenses of its phases up to one. */
  private record Assembly(Module bare, Defended defended, Weights.Kind kind) {}

  /**
   * Of earlier phases those defenses stay that do more than change a training; those of members
   * that were trained in folds are the members'.
   *
   * @param teacher null where the phase has none, or it is done
   * @param toTrain whether the phase is still to be done
   */
  private Assembly assembly(
      Recipe recipe, long seed, int phases, Trained teacher, boolean toTrain) {
    Shape image = data.train().image();
    List<Defense> all = new ArrayList<>();
    recipe
        .phases()
        .subList(0, phases - 1)
        .forEach(p -> all.addAll(Defended.standing(p.defenses())));
    if (!recipe.isInFolds(phases)) {
      all.addAll(recipe.phases().get(phases - 1).defenses());
    }
    Weights.Kind kind = new Weights.Kind(recipe.model(), all, image, data.classes(), seed);
    Module bare = kind.bare(seed);
    // Once training is over nobody asks a teacher: any model may stand in its place.
    Module taught = !toTrain ? bare : teacher == null ? null : teacher.model();
    Trainee trainee = new Trainee(bare, image, data.classes(), seed, Optional.ofNullable(taught));
    long trainingSeed = phaseSeed(seed, phases);
    return new Assembly(bare, Defended.of(bare, all, trainee, trainingSeed), kind);
  }

  private void start(Recipe recipe, long seed, Assembly assembly) throws IOException {
    String from = recipe.start();
    if (from == null) {
      return;
    }
    try (Defended other =
        isFile(from)
            ? Weights.load(Path.of(from), data.train().image(), data.classes())
            : get(new Cell(recipe(from), seed)).defended()) {
      Weights.copy(other, assembly.defended);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          recipe.name() + ": start: " + from + ": " + e.getMessage(), e);
    }
  }

  private void write(
      Recipe recipe,
      long seed,
      int phases,
      String digest,
      Assembly assembly,
      Trained before,
      PhaseTraining.Done done)
      throws IOException {
    List<CellResult.Epoch> epochs = new ArrayList<>();
    double seconds = done.seconds();
    if (before != null) {
      epochs.addAll(before.epochs());
      seconds += before.seconds();
    }
    epochs.addAll(done.epochs());
    History history = new History(recipe.name(), seed, phases, epochs, seconds);
    WholeFile.write(
        folder.resolve(digest + ".json"),
        JsonLines.sealed(CellResult.JSON.writeValueAsString(history))
            .getBytes(StandardCharsets.UTF_8));
    Map<String, Tensor> learned = assembly.defended.hooks().state();
    if (!learned.isEmpty()) {
      SafeTensors.write(folder.resolve(digest + LEARNED), learned, Map.of("format", "teak"));
    }
    Weights.save(folder.resolve(digest + WEIGHTS), assembly.kind, assembly.defended.whole());
  }

  private Trained read(Recipe recipe, long seed, int phases, String digest) throws IOException {
    Assembly made = assembly(recipe, seed, phases, null, false);
    load(folder.resolve(digest + WEIGHTS), made.defended.whole().stateDict());
    if (!made.defended.hooks().state().isEmpty()) {
      load(folder.resolve(digest + LEARNED), made.defended.hooks().state());
    }
    History history = history(folder.resolve(digest + ".json"));
    return new Trained(made.bare, made.defended, history.epochs, history.seconds);
  }

  private static History history(Path file) throws IOException {
    History[] history = new History[1];
    JsonLines.read(
        file,
        "a training's history",
        (number, line) -> history[0] = CellResult.JSON.readValue(line, History.class));
    if (history[0] == null) {
      throw new IOException(file + ": is empty, but should have a training's history");
    }
    return history[0];
  }

  private static void load(Path file, Map<String, Tensor> into) throws IOException {
    SafeTensors.Content content = SafeTensors.read(file);
    try {
      StateDict.copy("the weights do not fit", content.tensors(), into);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } finally {
      content.release();
    }
  }

  /** Names what a recipe's first phases leave, from a seed, on this device and these images. */
  String digest(Recipe recipe, long seed, int phases) throws IOException {
    StringBuilder all = new StringBuilder(Devices.current().name());
    all.append('\n').append(images).append('\n').append(Settings.text(recipe.model()));
    all.append("\nseed ").append(seed).append("\nstart ").append(need(recipe.start(), seed));
    all.append(recipe.folds() == null ? "" : "\nfolds");
    for (int i = 0; i < phases; i++) {
      Phase p = recipe.phases().get(i);
      all.append('\n').append(Settings.of(p));
      boolean before = Phase.PREVIOUS.equals(p.teacher());
      all.append("\nteacher ").append(before ? Phase.PREVIOUS : need(p.teacher(), seed));
    }
    return sha256(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Names what something in front learns from these images, on this device. */
  private String digest(Defended.Front front) {
    String all =
        String.join(
            "\n",
            Devices.current().name(),
            images,
            "front " + Settings.text(front.defense()),
            "seed " + front.behind().seed());
    return sha256(all.getBytes(StandardCharsets.UTF_8));
  }

  private String need(String name, long seed) throws IOException {
    if (name == null) {
      return "none";
    }
    if (isFile(name)) {
      return sha256(Files.readAllBytes(Path.of(name)));
    }
    Recipe other = recipe(name);
    return digest(other, seed, other.phases().size());
  }

  private static String sha256(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
