package dev.teak.engine.backend;

import java.util.Arrays;

/**
 * A matrix with few entries that are not 0, row by row: how one axis of an image is resized, padded
 * or filtered. Row r has the entries {@code starts[r]} (with) to {@code starts[r + 1]} (without).
 * No entry is 0, so that a NaN or an infinity reaches only what it has a part in.
 *
 * @param rows extent of the axis it makes
 * @param columns extent of the axis it reads
 * @param starts first entry of each row, and behind the last one their number: {@code rows + 1}
 * @param places column of each entry; a row's are all different, and summed in this order
 * @param weights value of each entry
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SparseMatrix(int rows, int columns, int[] starts, int[] places, double[] weights) {

  /** Number of entries. */
  public int size() {
    return places.length;
  }

  /** Rows and columns exchanged. */
  public SparseMatrix transpose() {
    int[] next = new int[columns + 1];
    for (int place : places) {
      next[place + 1]++;
    }
    for (int c = 0; c < columns; c++) {
      next[c + 1] += next[c];
    }
    int[] first = next.clone();
    int[] from = new int[size()];
    double[] values = new double[size()];
    for (int r = 0; r < rows; r++) {
      for (int e = starts[r]; e < starts[r + 1]; e++) {
        int to = next[places[e]]++;
        from[to] = r;
        values[to] = weights[e];
      }
    }
    return new SparseMatrix(columns, rows, first, from, values);
  }

  /** The product with another: what makes of an axis what both make of it, {@code b} first. */
  public SparseMatrix times(SparseMatrix b) {
    Builder product = new Builder(rows, b.columns);
    for (int r = 0; r < rows; r++) {
      for (int e = starts[r]; e < starts[r + 1]; e++) {
        for (int f = b.starts[places[e]]; f < b.starts[places[e] + 1]; f++) {
          product.add(b.places[f], weights[e] * b.weights[f]);
        }
      }
      product.endRow();
    }
    return product.build();
  }

  /** Whether it leaves an axis as it is. */
  public boolean isIdentity() {
    boolean same = rows == columns && size() == rows;
    for (int r = 0; same && r < rows; r++) {
      same = starts[r] == r && places[r] == r && weights[r] == 1;
    }
    return same;
  }

  /** Takes the entries row by row. */
  public static final class Builder {
    private final int columns;
    private final int[] starts;
    private int[] places;
    private double[] weights;
    private int row;
    private int size;
    private int last = -1; // largest column of the row at hand

    /** Of a matrix of so many rows and columns. */
    public Builder(int rows, int columns) {
      this.columns = columns;
      starts = new int[rows + 1];
      places = new int[2 * rows];
      weights = new double[2 * rows];
    }

    /** Adds to the entry of a column in the row at hand. */
    public Builder add(int column, double weight) {
      int at = column > last ? size : starts[row];
      while (at < size && places[at] != column) {
        at++;
      }
      if (at == places.length) {
        places = Arrays.copyOf(places, 2 * at + 1);
        weights = Arrays.copyOf(weights, 2 * at + 1);
      }
      places[at] = column;
      weights[at] = at == size ? weight : weights[at] + weight;
      size = Math.max(size, at + 1);
      last = Math.max(last, column);
      return this;
    }

    /** Goes on to the next row. */
    public void endRow() {
      int kept = starts[row];
      for (int e = kept; e < size; e++) {
        if (weights[e] != 0) {
          places[kept] = places[e];
          weights[kept++] = weights[e];
        }
      }
      size = kept;
      starts[++row] = kept;
      last = -1;
    }

    /** The matrix, once all rows have ended. */
    public SparseMatrix build() {
      return new SparseMatrix(
          row, columns, starts, Arrays.copyOf(places, size), Arrays.copyOf(weights, size));
    }
  }
}
