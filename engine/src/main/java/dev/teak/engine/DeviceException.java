package dev.teak.engine;

/** A device that is not there, does not open, is lost, or has no memory left. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes the exception from a message that names the device and what would be right. */
  public DeviceException(String message) {
    super(message);
  }

  /** As above, with what went wrong underneath. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
