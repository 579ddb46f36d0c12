/**
 * A look into one training step: what ran forward and backward is written down, drawn and shown
 * step by step; and the op table as a page. Nothing here computes anything of its own.
 */
package dev.teak.lab.explain;
