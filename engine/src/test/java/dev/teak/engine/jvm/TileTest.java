package dev.teak.engine.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every form of the register tile, whichever this machine would choose, against its definition. */
class TileTest {
  private static final int A_ROW = 77;
  private static final int A_STEP = 9;

  /** What A is multiplied by at step k of row i. */
  private interface Walk {
    float at(float[] a, int row, int k);
  }

  @TestFactory
  List<DynamicTest> everyTileSumsItsProducts() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Tile tile : tiles()) {
      for (int depth : new int[] {0, 1, 2, 3, 4, 5, 16, 33, 70}) {
        String name = tile.getClass().getSimpleName() + ", depth " + depth;
        tests.add(DynamicTest.dynamicTest(name, () -> check(tile, depth)));
      }
    }
    return tests;
  }

  private static List<Tile> tiles() {
    List<Tile> tiles = new ArrayList<>(List.of(new Tile()));
    if (JavaBackend.vectorAvailable()) {
      tiles.add(new VectorTile());
      tiles.add(new HalvedVectorTile());
    }
    return tiles;
  }

  private static float[] values(Random random, int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextFloat() - 0.5f;
    }
    return v;
  }

  private static void check(Tile tile, int depth) {
    Random random = new Random(depth);
    int columns = tile.columns();
    int bStep = columns + 5;
    float[] a = values(random, 4000);
    float[] b = values(random, depth * bStep + columns + 3);
    float[] from = values(random, tile.size() + 2);
    int[] rowAt = random.ints(Tile.ROWS, 0, 500).toArray();
    int[] stepAt = random.ints(depth, 0, 500).toArray();

    if (depth % 2 == 0) {
      float[] strips = new float[tile.size() + 1];
      int step = Tile.STRIP_STEP + 32;
      tile.strips(depth, a, 7, step, b, 3, from, 2, strips, 1);
      Walk walk = (x, i, k) -> x[7 + k / Tile.STRIP * step + i * Tile.STRIP + k % Tile.STRIP];
      expect(tile, depth, a, walk, b, columns, from, strips);
    }

    float[] strided = new float[tile.size() + 1];
    System.arraycopy(from, 2, strided, 1, tile.size());
    tile.strided(depth, a, 7, A_STEP, b, 3, bStep, strided, 1);
    expect(tile, depth, a, (x, i, k) -> x[7 + k * A_STEP + i], b, bStep, from, strided);

    float[] gathered = new float[tile.size() + 1];
    tile.gathered(depth, a, 7, rowAt, stepAt, b, 3, bStep, from, 2, gathered, 1);
    expect(tile, depth, a, (x, i, k) -> x[7 + rowAt[i] + stepAt[k]], b, bStep, from, gathered);

    float[] spaced = new float[tile.size() + 1];
    tile.spaced(depth, a, 7, stepAt, b, 3, bStep, from, 2, spaced, 1);
    Walk apart = (x, i, k) -> x[7 + i * Tile.SPACE + stepAt[k]];
    expect(tile, depth, a, apart, b, bStep, from, spaced);
  }

  @TestFactory
  List<DynamicTest> rowsOfAnySizeArePackedAndPut() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Tile tile : tiles()) {
      for (int depth : new int[] {1, 15, 16, 17, 40}) {
        for (int rows : new int[] {1, 7, 8}) {
          String name = tile.getClass().getSimpleName() + ", " + rows + " rows of " + depth;
          tests.add(DynamicTest.dynamicTest(name, () -> checkPacking(tile, rows, depth)));
        }
      }
    }
    return tests;
  }

  /** Strips and panels are read back by the walk that multiplies them with a unit matrix. */
  private static void checkPacking(Tile tile, int rows, int depth) {
    Random random = new Random(depth);
    float[] a = values(random, rows * A_ROW + 3);
    float[] strips = values(random, Tile.stripped(depth) + 1);
    tile.packRows(a, 3, A_ROW, rows, depth, strips, 1);
    int columns = tile.columns();
    int valid = Math.min(columns, depth);
    float[] unit = new float[depth * valid];
    for (int i = 0; i < valid; i++) {
      unit[i * valid + i] = 1;
    }
    int steps = depth + depth % 2;
    float[] panel = new float[steps * columns];
    tile.packPanel(unit, 0, valid, valid, depth, panel, 0);
    float[] t = new float[tile.size()];
    tile.strips(steps, strips, 1, Tile.STRIP_STEP, panel, 0, tile.zeros(), 0, t, 0);
    float[] c = values(random, Tile.ROWS * A_ROW + columns);
    float[] before = c.clone();
    tile.put(t, 0, c, 2, A_ROW, rows, valid);
    for (int at = 0; at < c.length; at++) {
      int row = (at - 2) / A_ROW;
      int column = (at - 2) % A_ROW;
      boolean inside = at >= 2 && row < rows && column < valid;
      float expected = inside ? a[3 + row * A_ROW + column] : before[at];
      assertEquals(expected, c[at], "row " + row + ", column " + column);
    }
  }

  private static void expect(
      Tile tile, int depth, float[] a, Walk walk, float[] b, int bStep, float[] from, float[] t) {
    for (int i = 0; i < Tile.ROWS; i++) {
      for (int j = 0; j < tile.columns(); j++) {
        double sum = from[2 + i * tile.columns() + j];
        for (int k = 0; k < depth; k++) {
          sum += (double) walk.at(a, i, k) * b[3 + k * bStep + j];
        }
        assertEquals(sum, t[1 + i * tile.columns() + j], 1e-5, "row " + i + ", column " + j);
      }
    }
  }
}
