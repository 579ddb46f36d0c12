/**
 * Modules that hold parameters, the layers, their initialisers, and the models of the zoo.
 * Training, optimizers and files live in the packages below.
 */
package dev.teak.nn;
