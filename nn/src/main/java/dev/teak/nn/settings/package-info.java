/**
 * The one notation for settings: records with named components, written and read alike in files, on
 * the command line, in results and in captions.
 */
package dev.teak.nn.settings;
