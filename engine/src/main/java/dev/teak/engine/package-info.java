/**
 * What a user of the engine touches: tensors, scopes, gradients, random streams and devices. How an
 * op computes or differentiates stands in {@code op}, how a device does it in {@code backend}.
 */
package dev.teak.engine;
