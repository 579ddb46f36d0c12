/**
 * Models as settings: the zoo by name, and models of one's own as lists of layers. A new model is a
 * record and a line in {@link dev.teak.nn.models.Models}, a new autoencoder one in {@link
 * dev.teak.nn.models.Autoencoders}, a new layer one in {@link dev.teak.nn.models.LayerKinds}.
 */
package dev.teak.nn.models;
