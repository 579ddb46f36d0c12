package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.nn.attribution.Attribution;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.settings.Written;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of {@code teak explain} that ask what a model looks at. */
final class LookOptions {
  private static final String ALL = "all";

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description =
          "instead of a training step, what the model of --weights looks at in this image (PNG,"
              + " JPEG or TIFF); may be repeated")
  private List<Path> images = List.of();

  @Option(
      names = "--index",
      paramLabel = "N",
      description = "the same of test image N of --data, from 0; may be repeated")
  private List<Integer> indices = List.of();

  @Option(
      names = "--method",
      paramLabel = "A",
      description =
          "gradcam, saliency, smoothgrad, integrated_gradients or occlusion, with settings of its"
              + " own as 'gradcam @layer4'; may be repeated; 'all' for all that the model has;"
              + " gradcam by default")
  private List<String> methods = List.of();

  @Option(
      names = "--target",
      paramLabel = "CLASS",
      description = "the class to look for, from 0; by default the model's own answer")
  private Integer target;

  @Option(
      names = "--attack",
      paramLabel = "A",
      description =
          "show the image after it as well, as 'fgsm(eps=8/255)'; see 'teak attack --attack list'")
  private String attack;

  /** Whether it is images that are asked about. */
  boolean isAsked() {
    return !images.isEmpty() || !indices.isEmpty();
  }

  List<Path> images() {
    return images;
  }

  List<Integer> indices() {
    return indices;
  }

  /** The class that is looked for; null for the model's answer. */
  Integer target() {
    return target;
  }

  /** Fails before any work where the call is wrong. */
  void check(Path weights, String data) {
    boolean settings = !methods.isEmpty() || target != null || attack != null;
    if (!isAsked() && settings) {
      throw new UsageException("--method, --target, --attack: of which image? give --image FILE");
    }
    if (isAsked() && weights == null) {
      throw new UsageException("--image: needs --weights, what 'teak train' wrote");
    }
    if (!indices.isEmpty() && data == null) {
      throw new UsageException("--index: needs --data, the set that the image is of");
    }
    indices.forEach(i -> Options.atLeast("--index", i, 0));
    Options.atLeast("--target", target == null ? 0 : target, 0);
  }

  /** Whether methods that do not fit the model are left out. */
  boolean isAll() {
    return methods.equals(List.of(ALL));
  }

  List<Attribution> methods() {
    List<String> texts = methods.isEmpty() ? List.of("gradcam") : methods;
    try {
      return (isAll() ? Attributions.REGISTRY.names() : texts)
          .stream().map(Attributions::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--method " + e.getMessage());
    }
  }

  /** The attack; null for none. */
  Attack attack(long seed) {
    try {
      return attack == null ? null : Attacks.read(Written.of(attack), null, null, seed);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--attack " + e.getMessage());
    }
  }
}
