/**
 * What else is known of the time of a capture: lines of the kernel's log, conntrack's events, and how the clocks of these
 * differ from the capture's. Text comes in; answers about one event of a probe go out.
 *
 * <pre>{@code
 * KernelLog log = new KernelLog();
 * log.read("dmesg.txt", Files.newInputStream(Path.of("dmesg.txt")));
 * List<KernelLogLine> lines = log.about(event);
 * }</pre>
 */
@NullMarked
package dev.backline.evidence;

import org.jspecify.annotations.NullMarked;
