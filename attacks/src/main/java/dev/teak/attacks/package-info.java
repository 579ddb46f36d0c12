/**
 * Threat models, attacks, and what an attack did to a model. Nothing here trains; models are
 * callers' and come back as they were.
 */
package dev.teak.attacks;
