/**
 * Compares kinds, titles and guilty functions of reports with those that others gave to the same reports. In: a directory of
 * report files with their titles. Out: a table.
 *
 * <pre>{@code
 * TitlesOfOthers.main(new String[] {"pkg/report/testdata/linux/report"});
 * }</pre>
 */
@NullMarked
package dev.backline.benchmarks.titles;

import org.jspecify.annotations.NullMarked;
