/**
 * The seam between tensors and devices: opaque buffers, the primitives that a device must offer,
 * and the fused forms that it may. No tensor and no gradient lives here.
 */
package dev.teak.engine.backend;
