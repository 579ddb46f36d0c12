/**
 * Data sets: where they come from, readers of their files, the built-in synthetic digits, and the
 * downloader. Nothing here knows of models.
 */
package dev.teak.lab.data;
