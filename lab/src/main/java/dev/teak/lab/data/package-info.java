/**
 * Data sets: readers of their files, the built-in synthetic digits, and the downloader. Nothing
 * here knows of tensors or models.
 */
package dev.teak.lab.data;
