/** Compares kinds, titles and guilty functions of reports with those that others gave to the same reports. */
@NullMarked
package dev.backline.benchmarks.titles;

import org.jspecify.annotations.NullMarked;
