package dev.teak.engine.reference;

import dev.teak.engine.backend.IndexGeometry;

/** What the reference backend does through indices, by its definition. */
final class ReferenceIndexing {
  private ReferenceIndexing() {}

  /** Is told of every entry: its element in the tensor that is indexed, and its own. */
  interface Entry {
    void accept(int line, int entry);
  }

  static void eachEntry(IndexGeometry g, int[] index, Entry body) {
    for (int o = 0; o < g.outer(); o++) {
      for (int j = 0; j < g.count(); j++) {
        for (int i = 0; i < g.inner(); i++) {
          int k = index[o * g.outerStride() + j * g.countStride() + i * g.innerStride()];
          body.accept((o * g.extent() + k) * g.inner() + i, (o * g.count() + j) * g.inner() + i);
        }
      }
    }
  }
}
