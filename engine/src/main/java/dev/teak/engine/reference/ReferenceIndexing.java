package dev.teak.engine.reference;

import dev.teak.engine.backend.IndexGeometry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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

  static void argSort(
      double[] x, int outer, int extent, int inner, int k, boolean descending, int[] y) {
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int line = o * extent * inner + i;
        // 0 is added so that -0 equals it; Double.compare takes NaN for largest.
        Comparator<Integer> bySize =
            (a, b) -> Double.compare(x[line + a * inner] + 0, x[line + b * inner] + 0);
        List<Integer> places = new ArrayList<>();
        for (int e = 0; e < extent; e++) {
          places.add(e);
        }
        places.sort(descending ? bySize.reversed() : bySize); // which is stable
        for (int j = 0; j < k; j++) {
          y[(o * k + j) * inner + i] = places.get(j);
        }
      }
    }
  }
}
