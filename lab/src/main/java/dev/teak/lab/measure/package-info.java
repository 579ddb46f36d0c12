/** What is asked of a trained model: measures with named settings, which find named figures. */
package dev.teak.lab.measure;
