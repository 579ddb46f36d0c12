/** Detectors: scores that tell attacked images from others. */
package dev.teak.defenses.detect;
