/**
 * The command line: one class a command, on picocli. Results go to standard output, progress and
 * errors to standard error; exit status 0 is done, 1 the work failed, 2 the call was wrong.
 */
package dev.teak.lab.cli;
