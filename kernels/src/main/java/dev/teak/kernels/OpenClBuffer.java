package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Buffer;
import java.lang.ref.Cleaner;

/** Device memory of one {@link OpenClMemory}: a block of it, lent until the buffer is released. */
final class OpenClBuffer extends Buffer {
  private final OpenClMemory owner;
  private final OpenClMemory.Block block;
  private Cleaner.Cleanable loan;
  private volatile boolean released;

  OpenClBuffer(DType dtype, int size, OpenClMemory owner, OpenClMemory.Block block) {
    super(dtype, size);
    this.owner = owner;
    this.block = block;
  }

  /** Has the block given back, too, where the buffer is dropped; once, after construction. */
  void loan(Cleaner.Cleanable cleanable) {
    loan = cleanable;
  }

  OpenClMemory owner() {
    return owner;
  }

  OpenClMemory.Block block() {
    return block;
  }

  boolean released() {
    return released;
  }

  /** Bytes that the elements take. */
  long bytes() {
    return (long) size() * dtype().bytes();
  }

  /** Notes the first command that used it, which is the one that fills it. */
  void usedBy(String command) {
    if (block.user == null) {
      block.user = command;
    }
  }

  /** Gives the block back; false if that was done before. */
  synchronized boolean release() {
    if (released) {
      return false;
    }
    released = true;
    block.released = true;
    if (loan == null) {
      owner.giveBack(block);
    } else {
      loan.clean();
    }
    return true;
  }
}
