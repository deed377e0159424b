package dev.backline.spark;

import dev.backline.capture.ProbeEvent;
import dev.backline.capture.TcpFlag;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Remedy;
import dev.backline.symbolize.LogFrame;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of RST events, with the names and values of the events of {@code backline report --format json}. */
final class EventTable {
    /** A frame, and its line in the capture. */
    private record Step(long line, LogFrame frame) {}

    private static final Table<Step> STACK = new Table<Step>()
            .bigAlways("line", "the line in the capture", Step::line)
            .all(FrameTable.NESTED, Step::frame);

    private static final Table<Diagnosis> CAUSE = new Table<Diagnosis>()
            .textAlways("id", "the cause, as in diagnosis.md", of -> of.cause().id())
            .textAlways("title", "what happened", Diagnosis::title)
            .textAlways(
                    "confidence",
                    "`certain`, `likely` or `possible`",
                    of -> of.confidence().id())
            .texts("evidence", "the facts behind the cause", Diagnosis::evidence)
            .texts("remedies", "what cures it", of -> texts(of.remedies()))
            .texts("settling", "what would tell the candidates apart", of -> texts(of.settling()))
            .texts(
                    "candidates",
                    "the causes that are left",
                    of -> of.candidates().stream().map(Cause::id).toList());

    /** The events of a capture. */
    static final Table<DiagnosedEvent> OF_CAPTURE = new Table<DiagnosedEvent>()
            .bigAlways(
                    "line",
                    "the first line in the capture, from 1",
                    of -> of.event().line())
            .time("time", "of the event", of -> micros(of.event().time()))
            .textAlways("probe", "the function or tracepoint", of -> of.event().probe())
            .text(
                    "comm",
                    "the running task; in a softirq, any task",
                    of -> of.event().comm())
            .text("source", "such as `203.0.113.10:443`", of -> text(of.event().source()))
            .text("destination", "the other end", of -> text(of.event().destination()))
            .textsOrNull("flags", "of the packet that provoked the RST", of -> flags(of.event()))
            .flag(
                    "sent",
                    "false if the kernel returned without sending",
                    of -> of.event().sent())
            .bigAlways(
                    "count",
                    "how many hits the event stands for",
                    of -> of.event().count())
            .map("fields", "the other printed keys and values", of -> of.event().fields())
            .structs("stack", "innermost first", STACK, EventTable::steps)
            .structAlways("cause", "why the RST was sent", CAUSE, DiagnosedEvent::diagnosis);

    private EventTable() {}

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static @Nullable String text(@Nullable Object endpoint) {
        return endpoint == null ? null : endpoint.toString();
    }

    private static @Nullable List<String> flags(ProbeEvent event) {
        if (event.flags() == null) {
            return null;
        }
        List<String> flags = new ArrayList<>();
        for (TcpFlag flag : TcpFlag.values()) {
            if (event.flags().contains(flag)) {
                flags.add(flag.name());
            }
        }
        return flags;
    }

    private static List<String> texts(List<Remedy> advice) {
        return advice.stream().map(Remedy::toString).toList();
    }

    private static List<Step> steps(DiagnosedEvent event) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < event.frames().size(); i++) {
            steps.add(
                    new Step(event.event().stack().get(i).line(), event.frames().get(i)));
        }
        return steps;
    }
}
