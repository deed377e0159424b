/**
 * What the probes printed → events.
 *
 * <p>In come the lines of a capture: of backline's own scripts, of the SystemTap scripts that people have
 * (the article's, Red Hat's reset monitor), of bpftrace, of ftrace, trace-cmd and perf. Out go {@link
 * dev.backline.capture.ProbeEvent}s, one for each time a probe was hit, with the stack as {@link
 * dev.backline.trace.FrameReference}s, and a word about every line that could not be read. Lines are read as
 * they come; only the events whose stack may still follow are kept. Nothing here knows files of a kernel:
 * the frames are resolved by {@code dev.backline.symbolize}.
 *
 * <p>What else is known of that time is read beside them and asked event by event: {@link
 * dev.backline.evidence.KernelLog}, {@link dev.backline.evidence.ConntrackEvents} and, from pcap and pcapng files, {@link
 * dev.backline.packet.PacketTraces}.
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
