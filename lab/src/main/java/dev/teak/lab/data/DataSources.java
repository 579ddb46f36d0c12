package dev.teak.lab.data;

import dev.teak.nn.settings.Registry;
import dev.teak.nn.settings.Settings;

/** All data sources by name. */
public final class DataSources {
  /** Every source; {@code folder:DIR} is {@code folder dir=DIR}. */
  public static final Registry<DataSource> REGISTRY =
      Registry.of("data set", DataSource.class)
          .add("mnist", NamedSets.summary("mnist"), new NamedSets.Mnist())
          .add("fashion", NamedSets.summary("fashion"), new NamedSets.Fashion())
          .add("cifar10", NamedSets.summary("cifar10"), new NamedSets.Cifar10())
          .add("cifar100", NamedSets.summary("cifar100"), new NamedSets.Cifar100())
          .add("synthetic", "digits drawn by code, 28 x 28 grey", new NamedSets.Synthetic())
          .add(
              "folder",
              "a folder of images of your own: PNG, JPEG or TIFF, one folder a class",
              new ImageFolder("DIR", null, null, null, 0.2, 1),
              "dir")
          .add(
              "npz",
              "an .npz file with images and labels, or with x_train, y_train, x_test and y_test",
              new NpzFile("FILE", 0.2, 1),
              "file")
          .add(
              "idx",
              "a folder with idx files of your own that are called like MNIST's",
              new IdxFolder("DIR"),
              "dir");

  private DataSources() {}

  /**
   * The source that a text names, as {@code mnist} or {@code folder:pets size=64}.
   *
   * @throws dev.teak.nn.settings.SettingsException saying what is wrong and what there is
   */
  public static DataSource read(String text) {
    return Settings.parse(DataSource.class, text);
  }
}
