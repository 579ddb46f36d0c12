package dev.teak.nn.train;

/** Pixel values on the host, read as floats in whatever form they are kept. */
public interface Pixels {
  /** How many values there are. */
  int length();

  /** Writes {@code n} values from number {@code from} to {@code to[at..]}. */
  void read(int from, float[] to, int at, int n);

  /** Floats as they are. */
  static Pixels of(float... values) {
    return new Pixels() {
      @Override
      public int length() {
        return values.length;
      }

      @Override
      public void read(int from, float[] to, int at, int n) {
        System.arraycopy(values, from, to, at, n);
      }
    };
  }

  /** Bytes 0..255 as 0..1: a quarter of the memory. */
  static Pixels ofBytes(byte[] values) {
    return new Pixels() {
      @Override
      public int length() {
        return values.length;
      }

      @Override
      public void read(int from, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
          to[at + i] = (values[from + i] & 0xFF) / 255f;
        }
      }
    };
  }

  /** The values {@code from} (with) to {@code to} (without), not copied. */
  default Pixels slice(int first, int last) {
    Pixels whole = this;
    return new Pixels() {
      @Override
      public int length() {
        return last - first;
      }

      @Override
      public void read(int from, float[] to, int at, int n) {
        whole.read(first + from, to, at, n);
      }
    };
  }
}
