package dev.teak.nn.settings;

/**
 * Settings that cannot be: the message says where they stand, what is wrong and what would be
 * right.
 */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With a message for people. */
  public SettingsException(String message) {
    super(message);
  }
}
