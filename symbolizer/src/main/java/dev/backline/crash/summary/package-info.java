/**
 * What a report is about, in one line. In comes a {@link dev.backline.crash.CrashReport} with its resolved frames; out come
 * the kind and the title in people's words, the function to blame, and a signature that is equal for reports of one fault
 * in all builds of a kernel.
 *
 * <pre>{@code
 * CrashReader reader = new CrashReader(report -> System.out.println(ReportSummary.of(report).title()));
 * }</pre>
 */
@NullMarked
package dev.backline.crash.summary;

import org.jspecify.annotations.NullMarked;
