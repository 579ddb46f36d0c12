package dev.teak.nn.io;

import dev.teak.engine.Shape;

/**
 * A tensor in a file, without its numbers.
 *
 * @param name in the file
 * @param type of its numbers, as safetensors calls them: F32, BF16, I64, ...
 * @param shape in the file's layout
 */
public record StoredTensor(String name, String type, Shape shape) {}
