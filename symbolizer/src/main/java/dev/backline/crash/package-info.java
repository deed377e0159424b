/**
 * Crash reports as a whole. In come the lines of a kernel log with their resolved frames ({@link
 * dev.backline.symbolize}); out comes what went wrong: the kind and title of each report, the statement that trapped,
 * what it touched and through which variable, and why that failed.
 *
 * <pre>{@code
 * CrashReader reader = new CrashReader(report -> System.out.println(report.kind() + ": " + report.headline()));
 * log.read(lines, (excerpt, frames) -> {
 *     for (int i = 0; i < excerpt.lines().size(); i++) {
 *         reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
 *     }
 * });
 * reader.end();
 * }</pre>
 */
@NullMarked
package dev.backline.crash;

import org.jspecify.annotations.NullMarked;
