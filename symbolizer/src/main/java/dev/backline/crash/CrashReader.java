package dev.backline.crash;

import dev.backline.crash.Headline.Role;
import dev.backline.crash.OpenReport.Phase;
import dev.backline.intake.KernelLine;
import dev.backline.intake.LineOrigin;
import dev.backline.symbolize.LogFrame;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the crash reports in the lines of a kernel's log, and hands over each one when it has ended. Where printk names
 * its callers ({@code [T123]}, {@code [C1]}), the reports of several CPUs are told apart by them. Time per line is
 * proportional to its length, and memory is bounded. Not thread-safe.
 */
public final class CrashReader {
    /** Contexts that print a report at the same time. */
    private static final int MAX_OPEN = 8;

    /** No line of the kernel is longer; the rest of a line is not a part of a report. */
    private static final int MAX_LINE = 8192;

    /** Panics that only end an earlier report (kernel/panic.c, kernel/exit.c and their callers). */
    private static final String[] ENDINGS = {
        "Fatal exception",
        "panic_on_warn",
        "panic_on_oops",
        "kernel: panic_on_warn",
        "Oops",
        "softlockup: hung tasks",
        "hung_task: blocked tasks",
        "Hard LOCKUP",
        "hardlockup",
        "RCU Stall",
        "KASAN",
        "kasan",
        "KMSAN",
        "kmsan",
        "KFENCE",
        "kfence",
        "UBSAN",
        "Attempted to kill init",
        "Attempted to kill the idle task",
        "Aiee",
        "kernel stack overflow",
        "Machine halted",
        "BUG!",
        "Fatal error",
        "Asynchronous SError",
        "Watchdog detected hard LOCKUP"
    };

    private final Consumer<CrashReport> sink;

    /** The open reports by the caller that prints them, oldest first; the empty name without callers. */
    private final Map<String, OpenReport> open = new LinkedHashMap<>();

    /** The line with a rule of = before the next line; 0 if there is none. */
    private long ruled;

    private @Nullable String ruledBy;

    /** The line that is read, as it was collected; null if only its text is known. */
    private @Nullable KernelLine collected;

    /**
     * A reader at the start of a log.
     *
     * @param sink takes each report when it has ended
     */
    public CrashReader(Consumer<CrashReport> sink) {
        this.sink = sink;
    }

    /**
     * Takes the next line of the kernel.
     *
     * @param line the line, which is not kept
     * @param frames its resolved frames, from left to right
     */
    public void next(KernelLine line, List<LogFrame> frames) {
        int from = line.start() + line.prefixLength();
        int to = Math.min(line.end(), from + MAX_LINE);
        collected = line;
        next(line.number(), new String(line.bytes(), from, to - from, StandardCharsets.UTF_8), frames);
        collected = null;
    }

    /**
     * Takes the next line of the kernel.
     *
     * @param lineNumber in the input, from 1
     * @param text the line without its collector's prefix; level, time and caller of printk can stand in front
     * @param frames its resolved frames, from left to right
     */
    public void next(long lineNumber, String text, List<LogFrame> frames) {
        CrashLine line = CrashLine.of(lineNumber, text.length() > MAX_LINE ? text.substring(0, MAX_LINE) : text);
        if (line.text().startsWith("Linux version ")) {
            end();
            return;
        }
        String key = line.caller() == null ? "" : line.caller();
        OpenReport current = open.get(key);
        Headline head = Headlines.find(line.text());
        if (head == null) {
            text(line, key, current, frames);
        } else {
            headline(head, line, key, current, frames);
        }
    }

    /** The log has no more lines: hands over what is open. */
    public void end() {
        while (!open.isEmpty()) {
            close(open.keySet().iterator().next());
        }
        ruled = 0;
    }

    private void text(CrashLine line, String key, @Nullable OpenReport current, List<LogFrame> frames) {
        if (Scan.isRule(line.text(), '=')) {
            ruled = line.number();
            ruledBy = line.caller();
        }
        if (current != null) {
            if (!current.take(line, frames)) {
                close(key);
            }
            return;
        }
        OpenReport parent = nmiParent();
        if (parent != null && !line.isEmpty() && key.startsWith("C") && !parent.take(line, frames)) {
            close(parent.caller() == null ? "" : parent.caller());
        }
    }

    /** The report that asked other CPUs for their stacks. */
    private @Nullable OpenReport nmiParent() {
        for (OpenReport each : open.values()) {
            if (each.sendsNmi() && each.phase() != Phase.TAIL) {
                return each;
            }
        }
        return null;
    }

    private void headline(
            Headline head, CrashLine line, String key, @Nullable OpenReport current, List<LogFrame> frames) {
        if (head.role() == Role.DUMP && line.text().startsWith("NMI backtrace for ")) {
            OpenReport parent = current != null && current.isStall() ? current : nmiParent();
            if (parent != null) {
                parent.take(line, frames);
                return;
            }
        }
        if (current != null) {
            if (head.role() == Role.PANIC) {
                if (isEndedBy(current, head)) {
                    current.panic(line, String.valueOf(head.facts().get(Fact.TEXT)));
                    return;
                }
            } else if (current.join(head, line, frames)) {
                return;
            }
            if (head.role() == Role.TENTATIVE && current.phase() != Phase.TAIL) {
                text(line, key, current, frames);
                return;
            }
            boolean isMixed = current.expectsEnd();
            if (isMixed) {
                current.setInterleaved();
            }
            close(key);
            OpenReport next = begin(head, line, key, frames);
            if (isMixed) {
                next.setInterleaved();
            }
            return;
        }
        begin(head, line, key, frames);
    }

    private static boolean isEndedBy(OpenReport report, Headline panic) {
        if (report.isDump() || report.kind() == null) {
            return false;
        }
        if (panic.kind() == ReportKind.PANIC && report.isStarted()) {
            // The panic's stack is the report's.
            return true;
        }
        String text = panic.facts().get(Fact.TEXT);
        for (String each : ENDINGS) {
            if (text != null && text.startsWith(each)) {
                return true;
            }
        }
        return false;
    }

    private OpenReport begin(Headline head, CrashLine line, String key, List<LogFrame> frames) {
        boolean isRuled = ruled > 0 && ruled == line.number() - 1 && Objects.equals(ruledBy, line.caller());
        KernelLine source = collected;
        LineOrigin origin = source == null ? LineOrigin.UNKNOWN : LineOrigin.of(source);
        OpenReport report = new OpenReport(head, line, isRuled ? ruled : line.number(), origin);
        report.first(line, frames);
        if (open.size() >= MAX_OPEN) {
            close(open.keySet().iterator().next());
        }
        open.put(key, report);
        return report;
    }

    private void close(String key) {
        OpenReport report = open.remove(key);
        if (report != null && report.isReport()) {
            sink.accept(report.build());
        }
    }
}
