package dev.teak.nn.attribution;

import dev.teak.nn.settings.Registry;
import dev.teak.nn.settings.Settings;

/** All methods of attribution by name. */
public final class Attributions {
  /** Every method, as {@code smoothgrad samples=50}. A new one is added here. */
  public static final Registry<Attribution> REGISTRY =
      Registry.of("attribution", Attribution.class)
          .add(
              "saliency",
              "the gradient of the class's logit (Simonyan et al. 2014)",
              new Saliency())
          .add(
              "smoothgrad",
              "the mean gradient at noisy copies of the image (Smilkov et al. 2017)",
              new SmoothGrad(50, 0.15, 1))
          .add(
              "integrated_gradients",
              "the way from a black image times the mean gradient along it (Sundararajan et al. 2017)",
              new IntegratedGradients(50, 0))
          .add(
              "gradcam",
              "a layer's feature maps, weighted by the mean gradient there (Selvaraju et al. 2017)",
              new GradCam(null))
          .add(
              "occlusion",
              "how far the logit falls where a grey square hides the image (Zeiler and Fergus 2014)",
              new Occlusion(null, null, 0.5));

  private Attributions() {}

  /**
   * A method of its text, as {@code gradcam @layer4}.
   *
   * @throws dev.teak.nn.settings.SettingsException saying what is wrong, and what there is
   */
  public static Attribution parse(String text) {
    return Settings.parse(Attribution.class, text);
  }
}
