/**
 * Crash reports as a whole. In come the lines of a kernel log with their resolved frames ({@link
 * dev.backline.symbolize}); out comes what went wrong: the kind and title of each report, the statement that trapped,
 * what it touched and through which variable, and why that failed.
 */
@NullMarked
package dev.backline.crash;

import org.jspecify.annotations.NullMarked;
