/**
 * Self-contained HTML pages: tables, charts as inline SVG, images as data URIs. What is measured,
 * and how, is decided elsewhere.
 */
package dev.teak.lab.report;
