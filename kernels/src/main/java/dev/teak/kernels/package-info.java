/**
 * The OpenCL backend: device discovery, memory and launches through JOCL, and beside it the kernels
 * as {@code .cl} resources. No tensor, no gradient and no arithmetic on the host lives here.
 */
package dev.teak.kernels;
