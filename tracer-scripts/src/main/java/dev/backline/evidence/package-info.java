/**
 * What was recorded beside a capture: lines of the kernel log, conntrack events, counters, and the offsets of their clocks from the
 * capture's. Text comes in; answers about one event of a probe go out.
 *
 * <pre>{@code
 * KernelLog log = new KernelLog();
 * log.read("dmesg.txt", Files.newInputStream(Path.of("dmesg.txt")));
 * KernelLog.Match match = log.match(event);   // null when the log has no line about it
 * }</pre>
 */
@NullMarked
package dev.backline.evidence;

import org.jspecify.annotations.NullMarked;
