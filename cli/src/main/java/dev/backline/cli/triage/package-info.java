/**
 * {@code backline triage}: logs, directories and archives in; out come the bugs that they show, heaviest first, as text, JSON
 * Lines or a page for a browser. The groups are those of {@link dev.backline.crash.triage.Triage}; this package finds and reads
 * the logs, several at a time, and prints.
 *
 * <pre>{@code
 * int status = Main.run(console, "triage", "--format", "json", "/var/crash");
 * }</pre>
 */
@NullMarked
package dev.backline.cli.triage;

import org.jspecify.annotations.NullMarked;
