package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A tile whose operands are packed, and whose sums are put away, a vector at a time. */
abstract class VectorPacking extends Tile {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  @Override
  int columns() {
    return 2 * VL;
  }

  @Override
  void space(float[] a, int n, int groups, float[] to, int at) {
    for (int i = 0; i < groups; i++, at += SPACE) {
      for (int j = 0; j < SPACE; j += VL) {
        FloatVector.fromArray(S, a, i * n + j).intoArray(to, at + j);
      }
    }
  }

  @Override
  void packRows(float[] a, int ao, int aRow, int rows, int depth, float[] strips, int to) {
    if (rows < ROWS || depth % STRIP != 0) {
      super.packRows(a, ao, aRow, rows, depth, strips, to);
      return;
    }
    for (int i = 0; i < ROWS; i++) {
      int from = ao + i * aRow;
      for (int k = 0, at = to + i * STRIP; k < depth; k += STRIP, at += ROWS * STRIP) {
        for (int j = 0; j < STRIP; j += VL) {
          FloatVector.fromArray(S, a, from + k + j).intoArray(strips, at + j);
        }
      }
    }
  }

  @Override
  void copy(float[] a, int from, int n, float[] to, int at) {
    if (from + n + VL > a.length) {
      super.copy(a, from, n, to, at);
      return;
    }
    for (int i = 0; i < n; i += VL) {
      FloatVector.fromArray(S, a, from + i).intoArray(to, at + i);
    }
  }

  @Override
  void putPieces(float[] a, int from, int n, float[] to, int at, int step, int k) {
    if (k % STRIP != 0) {
      super.putPieces(a, from, n, to, at, step, k);
      return;
    }
    int whole = n - n % STRIP;
    int piece = at + k / STRIP * step;
    for (int i = 0; i < whole; i += STRIP, piece += step) {
      for (int j = 0; j < STRIP; j += VL) {
        FloatVector.fromArray(S, a, from + i + j).intoArray(to, piece + j);
      }
    }
    if (whole < n) {
      super.putPieces(a, from + whole, n - whole, to, at, step, k + whole);
    }
  }

  @Override
  void packPanel(float[] b, int bo, int bRow, int valid, int depth, float[] panel, int to) {
    if (valid < 2 * VL) {
      super.packPanel(b, bo, bRow, valid, depth, panel, to);
      return;
    }
    for (int k = 0; k < depth; k++, bo += bRow, to += 2 * VL) {
      FloatVector.fromArray(S, b, bo).intoArray(panel, to);
      FloatVector.fromArray(S, b, bo + VL).intoArray(panel, to + VL);
    }
  }

  @Override
  void putRow(float[] t, int to, float[] c, int co, int columns) {
    if (columns < 2 * VL) {
      super.putRow(t, to, c, co, columns);
      return;
    }
    FloatVector.fromArray(S, t, to).intoArray(c, co);
    FloatVector.fromArray(S, t, to + VL).intoArray(c, co + VL);
  }

  @Override
  void put(float[] t, int to, float[] c, int co, int cRow, int rows, int columns) {
    if (rows < ROWS || columns < 2 * VL) {
      super.put(t, to, c, co, cRow, rows, columns);
      return;
    }
    for (int i = 0; i < ROWS; i++) {
      FloatVector.fromArray(S, t, to + 2 * VL * i).intoArray(c, co);
      FloatVector.fromArray(S, t, to + 2 * VL * i + VL).intoArray(c, co + VL);
      co += cRow;
    }
  }
}
