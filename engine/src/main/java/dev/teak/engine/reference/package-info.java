/**
 * The oracle: naive loops in double precision, written to be read. Speed has no say here; every
 * other backend is tested against it.
 */
package dev.teak.engine.reference;
