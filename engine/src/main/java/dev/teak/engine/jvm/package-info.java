/**
 * The default backend, {@code java}: float32 on all cores, with the Vector API where the JDK offers
 * it and a scalar twin where it does not. No native library lives here.
 */
package dev.teak.engine.jvm;
