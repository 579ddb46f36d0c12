package dev.teak.attacks;

import dev.teak.engine.Tensor;

/**
 * What an attack made of a batch of N images. The tensor belongs to the scope open around the
 * attack.
 *
 * @param images {@code [N, H, W, C]}, within the threat model
 * @param predictions the model's class for each, on the images as they are stored
 * @param success whether the goal was reached, for each
 * @param gradients gradients of a batch that were taken
 * @param forwards forward passes of a batch, those for gradients included
 * @param zeroGradients images that gave no gradient at all at least once: a sign of a masked
 *     gradient
 */
@SuppressWarnings("ArrayRecordComponent") // a result, never compared
public record AdversarialBatch(
    Tensor images,
    int[] predictions,
    boolean[] success,
    int gradients,
    int forwards,
    int zeroGradients) {}
