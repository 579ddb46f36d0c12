package dev.teak.nn.models;

/** For what images a network begins. */
public enum Stem {
  /** Of about 32 x 32: nothing is made smaller at the beginning. */
  SMALL,
  /** Of about 224 x 224, as in the paper and in torchvision. */
  IMAGENET
}
