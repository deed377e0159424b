/**
 * Explains crash reports. In comes a {@link dev.backline.crash.CrashReport} with resolved frames; out comes an {@link
 * dev.backline.crash.Explanation}: the statement that trapped, what it touched and through which variable, and why that
 * failed.
 *
 * <pre>{@code
 * try (CrashAnalysis analysis = new CrashAnalysis(kernels, LogOptions.DEFAULT)) {
 *     analysis.read(log, explanation -> System.out.println(explanation.title()));
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.crash.explain;

import org.jspecify.annotations.NullMarked;
