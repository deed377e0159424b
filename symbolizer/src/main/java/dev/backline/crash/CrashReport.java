package dev.backline.crash;

import dev.backline.intake.LineOrigin;
import dev.backline.machine.InstructionSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One report of a kernel log, as its text says. Immutable.
 *
 * @param kind what kind of report it is
 * @param headline the line that names the problem, without time stamps
 * @param firstLine the number of its first line in the input, from 1
 * @param lastLine the number of its last line
 * @param time as the log prints it; null if it prints none
 * @param number n of {@code [#n]} in the oops line; 0 if there is none
 * @param cpu null if unknown
 * @param pid null if unknown
 * @param comm null if unknown
 * @param taint the letters that are set, in the order of the log, such as {@code GDOE}; empty if not tainted; null if
 *     unknown
 * @param hardware the text after {@code Hardware name:}; null if there is none
 * @param workqueue the text after {@code Workqueue:}; null if there is none
 * @param release as {@code uname -r} prints it; null if unknown
 * @param version the text after the release in the CPU line: {@code #1 Debian 6.1.192-2}; null if unknown
 * @param buildId of vmlinux in lower-case hex; null if unknown
 * @param set the instruction set; null if unknown
 * @param registers of the context that the report is about
 * @param code the bytes around its program counter; null if the report has none
 * @param facts what only some kinds have, by the names in {@link Fact}
 * @param stacks the frames, in the order of the log
 * @param modules names in {@code Modules linked in:}, with their taint letters by name
 * @param origin host and time by the log's collector, at the line that names the problem
 * @param interleaved whether lines of other reports are mixed into this one
 * @param cut whether the end of the report is missing
 */
public record CrashReport(
        ReportKind kind,
        String headline,
        long firstLine,
        long lastLine,
        @Nullable String time,
        int number,
        @Nullable Integer cpu,
        @Nullable Integer pid,
        @Nullable String comm,
        @Nullable String taint,
        @Nullable String hardware,
        @Nullable String workqueue,
        @Nullable String release,
        @Nullable String version,
        @Nullable String buildId,
        @Nullable InstructionSet set,
        Registers registers,
        @Nullable CodeBytes code,
        Map<Fact, String> facts,
        List<StackGroup> stacks,
        Map<String, String> modules,
        LineOrigin origin,
        boolean interleaved,
        boolean cut) {
    public CrashReport {
        facts = Map.copyOf(facts);
        stacks = List.copyOf(stacks);
        modules = Map.copyOf(modules);
    }

    /**
     * {@return a fact; null if the report does not have it}
     *
     * @param fact its name
     */
    public @Nullable String fact(Fact fact) {
        return facts.get(fact);
    }
}
