package dev.teak.lab.data;

import dev.teak.engine.Home;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of images, one folder a class, the classes in the order of their names. Where there is a
 * folder {@code train}, it has the classes, and so has {@code test}, or else {@code val}; where
 * there is neither, a share of each class is the test.
 *
 * @param dir where it is
 * @param size height and width of the images as they are given: a square from the middle
 * @param resize what the shorter side is scaled to before that; by default {@code size}
 * @param channels 1 for grey and 3 for colors; by default 1 where all files are grey
 * @param testShare of each class, where there is no test part
 * @param seed that the test part and the order of the images are drawn by; no run's seed changes it
 */
public record ImageFolder(
    String dir,
    @Optional Integer size,
    @Optional Integer resize,
    @Optional Integer channels,
    double testShare,
    long seed)
    implements DataSource {
  private static final Set<String> SUFFIXES = Set.of("png", "jpg", "jpeg", "tif", "tiff");

  /** Rejects sizes that cannot be, and numbers of channels other than 1 and 3. */
  public ImageFolder {
    new Parts(testShare, seed);
    if (size != null && size < 1) {
      throw new IllegalArgumentException("size: " + size + " must be 1 or more");
    }
    if (resize != null && (size == null || resize < size)) {
      throw new IllegalArgumentException(
          "resize: "
              + resize
              + (size == null
                  ? " needs a size too, which is cut out of it"
                  : " is less than the size " + size + ", which is cut out of it"));
    }
    if (channels != null && channels != 1 && channels != 3) {
      throw new IllegalArgumentException("channels: " + channels + " must be 1 or 3");
    }
  }

  @Override
  public Dataset load(boolean train, Path data, long seedOfRun, int limit) throws IOException {
    Path folder = Home.resolve(dir);
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder + ": there is no such folder");
    }
    Path trainFolder = folder.resolve("train");
    Path testFolder =
        Files.isDirectory(folder.resolve("test")) ? folder.resolve("test") : folder.resolve("val");
    Parts parts = new Parts(testShare, seed);
    boolean inTwo = Files.isDirectory(trainFolder);
    Path root = inTwo ? trainFolder : folder;
    List<String> classes = classes(root);
    if (inTwo && Files.isDirectory(testFolder)) {
      if (!train) {
        requireSame(classes, classes(testFolder), testFolder);
        root = testFolder;
      }
      return dataset(parts.mixed(examples(root, classes)), classes, limit);
    }
    Examples part = parts.of(dir, examples(root, classes), train);
    return dataset(parts.mixed(part), classes, limit);
  }

  private Dataset dataset(Examples examples, List<String> classes, int limit) {
    return new Dataset(dir, examples, classes).take(limit);
  }

  private Examples examples(Path root, List<String> classes) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int c = 0; c < classes.size(); c++) {
      for (Path file : images(root.resolve(classes.get(c)))) {
        files.add(file);
        labels.add(c);
      }
    }
    Fit fit = size == null ? null : new Fit(resize == null ? size : resize, size);
    return new Examples(
        FolderImages.of(files, fit, channels), labels.stream().mapToInt(i -> i).toArray());
  }

  private static List<String> classes(Path root) throws IOException {
    List<String> classes;
    try (Stream<Path> inside = Files.list(root)) {
      classes =
          inside
              .filter(p -> Files.isDirectory(p) && !isHidden(p))
              .map(p -> p.getFileName().toString())
              .sorted()
              .toList();
    }
    if (classes.size() < 2) {
      throw new DataException(
          root
              + ": has "
              + (classes.isEmpty() ? "no folders in it" : "only the folder " + classes.get(0))
              + "; expects two or more, one a class, with images in them");
    }
    return classes;
  }

  private static void requireSame(List<String> train, List<String> test, Path testFolder) {
    Set<String> different = new TreeSet<>(train);
    Set<String> both = new TreeSet<>(train);
    both.retainAll(test);
    different.addAll(test);
    different.removeAll(both);
    for (String name : different) {
      throw new DataException(
          testFolder
              + (train.contains(name)
                  ? ": has no folder for the class " + name + ", which there is to train on"
                  : ": has a folder for the class "
                      + name
                      + ", which there is none of to train on"));
    }
  }

  /** The image files of a class, by name. */
  private static List<Path> images(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(folder)) {
      files =
          inside
              .filter(p -> SUFFIXES.contains(suffix(p)) && Files.isRegularFile(p) && !isHidden(p))
              .sorted()
              .toList();
    }
    if (files.isEmpty()) {
      throw new DataException(
          folder
              + ": the class has no image; expects files that end in "
              + SUFFIXES.stream().sorted().map(s -> "." + s).collect(Collectors.joining(", ")));
    }
    return files;
  }

  private static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static String suffix(Path path) {
    return path.getFileName().toString().replaceFirst(".*\\.", "").toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean isPresent(Path data) {
    return Files.isDirectory(Home.resolve(dir));
  }
}
