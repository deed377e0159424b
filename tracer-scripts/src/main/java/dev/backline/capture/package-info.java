/**
 * What the probes printed → events.
 *
 * <p>In come the lines of a capture: from backline's own scripts, from other SystemTap scripts (the article's, Red Hat's reset
 * monitor), from bpftrace, ftrace, trace-cmd and perf. Out go {@link dev.backline.capture.ProbeEvent}s, one for each hit of a
 * probe, with the stack as {@link dev.backline.trace.FrameReference}s, and a message for each line that could not be read. Only
 * events whose stack may be incomplete are kept. {@code dev.backline.symbolize} resolves the frames.
 *
 * <pre>{@code
 * CaptureReader reader = new CaptureReader(listener);
 * reader.read("rst.log", Files.newInputStream(log));   // listener.event(...) for each
 * reader.finish();
 * }</pre>
 */
@NullMarked
package dev.backline.capture;

import org.jspecify.annotations.NullMarked;
