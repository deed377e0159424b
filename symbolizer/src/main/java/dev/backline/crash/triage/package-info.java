/**
 * Which bugs, how many reports, since when, on which hosts and kernels. In come logs; {@link
 * dev.backline.crash.triage.LogTriage} makes a {@link dev.backline.crash.triage.TriagedReport} of each crash report in
 * them, and a {@link dev.backline.crash.triage.Triage} makes groups of these, one for each bug. Triages of parts of the
 * logs, from other threads or machines, can be merged: the groups depend on the reports alone. Memory is bounded.
 *
 * <pre>{@code
 * LogTriage logs = new LogTriage(pool, LogOptions.DEFAULT);
 * Triage triage = new Triage();
 * logs.read("crash.log", new LogReader(in), triage::add);
 * for (TriageGroup group : triage.groups()) {
 *     System.out.println(group.count() + " " + group.title());
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.crash.triage;

import org.jspecify.annotations.NullMarked;
