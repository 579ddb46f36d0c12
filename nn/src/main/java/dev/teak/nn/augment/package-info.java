/**
 * Random changes of training images that do not change their class. They are made on the host, an
 * image at a time, and drawn by the run's seed, the epoch and the image's number alone.
 */
package dev.teak.nn.augment;
