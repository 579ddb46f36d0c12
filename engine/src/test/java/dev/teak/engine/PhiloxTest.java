package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * Philox against the known answers that its authors publish with Random123 ({@code kat_vectors}).
 */
class PhiloxTest {
  private static int[] block(long key, int c0, int c1, int c2, int c3) {
    int[] out = new int[4];
    Philox.block(key, c0, c1, c2, c3, out);
    return out;
  }

  @Test
  void givesTheKnownAnswerToZeros() {
    int[] expected = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    assertArrayEquals(expected, block(0, 0, 0, 0, 0));
    int[] out = new int[4];
    Philox.block(0, 0, out);
    assertArrayEquals(expected, out);
  }

  @Test
  void givesTheKnownAnswerToOnes() {
    int[] expected = {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    assertArrayEquals(expected, block(-1, -1, -1, -1, -1));
  }

  @Test
  void givesTheKnownAnswerToTheDigitsOfPi() {
    int[] expected = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    long key = 0x299f31d0a4093822L; // its low word is key[0]
    assertArrayEquals(expected, block(key, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344));
  }

  @Test
  void aCounterOf64BitsFillsTheTwoLowWords() {
    int[] out = new int[4];
    Philox.block(42, 0x0000_0007_8000_0001L, out);
    assertArrayEquals(block(42, 0x8000_0001, 7, 0, 0), out);
  }

  @Test
  void uniformNumbersAreMultiplesOfTwoToTheMinus24BelowOne() {
    assertEquals(0f, Philox.toUniform(0xFF));
    assertEquals(0x1p-24f, Philox.toUniform(0x100));
    assertEquals(1 - 0x1p-24f, Philox.toUniform(-1));
  }

  @Test
  void uniformNumbersFillTheUnitIntervalEvenly() {
    int[] counts = new int[10];
    int[] words = new int[4];
    int blocks = 25_000;
    for (int i = 0; i < blocks; i++) {
      Philox.block(123, i, words);
      for (int word : words) {
        counts[(int) (Philox.toUniform(word) * 10)]++;
      }
    }
    for (int count : counts) {
      // 100000 draws in ten bins: mean 10000, standard deviation 95; six of them is 570.
      assertTrue(Math.abs(count - 10_000) < 570, "bin holds " + count);
    }
  }

  @Test
  void keysDifferBySeedAndByName() {
    assertEquals(Philox.key(1, "init"), Philox.key(1, "init"));
    assertNotEquals(Philox.key(1, "init"), Philox.key(2, "init"));
    assertNotEquals(Philox.key(1, "init"), Philox.key(1, "shuffle"));
    assertNotEquals(Philox.key(1, "ab"), Philox.key(1, "ba"));
  }
}
