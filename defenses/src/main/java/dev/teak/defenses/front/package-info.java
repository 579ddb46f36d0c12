/** Defenses that stand in front of a model and make other images of its images. */
package dev.teak.defenses.front;
