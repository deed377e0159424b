package dev.backline.crash.explain;

import dev.backline.crash.CodeBytes;
import dev.backline.crash.CodeMatch;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Disassembler;
import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.LiveVariable;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.ReportKind;
import dev.backline.crash.StackGroup;
import dev.backline.crash.summary.Advice;
import dev.backline.crash.summary.ReportSummary;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Explains one report. Stateless, thread-safe. */
final class Explainer {
    private static final int MAX_NOTES = 20;

    Explanation explain(CrashReport report) {
        Set<String> notes = new LinkedHashSet<>();
        FrameCode.Problems problems = problem -> {
            if (notes.size() < MAX_NOTES) {
                notes.add(problem);
            }
        };
        ReportFrames frames = ReportFrames.of(report);
        InstructionSet set = report.set() != null ? report.set() : frames.instructionSet();
        FaultAnalysis.Found found = null;
        InstructionSet supposed = set != null ? set : supposed(report);
        if (supposed != null && isAccess(report)) {
            found = new FaultAnalysis(report, supposed, frames, problems).find();
        }
        TrapAnalysis.Found trap = found == null ? new TrapAnalysis(report, frames, problems).find() : null;
        Place place = place(frames.pc());
        Ascent.Step statement = found != null ? found.statement() : trap == null ? null : trap.statement();
        List<SourceFrame> blamedSource = statement != null ? statement.source() : ReportFrames.source(frames.pc());
        String module = statement != null
                ? statement.module()
                : frames.pc() == null ? null : frames.pc().module();
        Culprit culprit = culprit(blamedSource, module, statement == null ? null : statement.function());
        if (place == null && statement != null) {
            place = place(statement.source());
        }
        List<LiveVariable> variables = List.of();
        if (found != null && found.code() != null && found.variablesAt() != null && set != null) {
            variables = LiveVariables.at(found.code(), found.variablesAt(), new RegisterFile(report.registers(), set));
        } else if (trap != null && trap.code() != null && set != null) {
            variables = LiveVariables.at(trap.code(), trap.code().address(), new RegisterFile(report.registers(), set));
        }
        CodeMatch match = match(report, frames);
        if (match != null) {
            match.notes(isSameBuild(report, frames)).forEach(problems::add);
        }
        ReportSummary summary = ReportSummary.of(report);
        String kind = kind(report, found, trap, summary);
        culprit = culprit(report, found, culprit, summary.culprit());
        ObjectAnalysis.Found object =
                ObjectAnalysis.isAbout(report) ? ObjectAnalysis.of(report, set, culprit, problems) : null;
        if (object != null && trap != null && !kind.equals("double-free")) {
            // What a check found was damaged before, and not by the function that called the check
            trap = new TrapAnalysis.Found(null, trap.kind(), trap.statement(), trap.code());
        }
        Fault fault = found != null ? found.fault() : trap != null ? trap.fault() : null;
        Boolean matches = match == null ? null : match.matchesFile();
        fault = Hints.added(fault == null && object != null ? object.fault() : fault, report, matches);
        FrameCode frame = found != null ? found.code() : trap == null ? null : trap.code();
        Disassembly code = code(report, frames, frame, found, matches, problems);
        Wording wording = new Wording(
                kind,
                found,
                trap,
                place,
                culprit,
                frames.pc() == null ? null : ReportFrames.function(frames.pc()),
                report.registers());
        String sentence = found != null ? wording.sentence() : object == null ? null : object.sentence();
        return new Explanation(
                report,
                kind,
                title(found, kind, wording, summary, culprit),
                sentence != null ? sentence : sentence(report, frames, culprit, fault, code),
                summary.severity(),
                fault,
                place,
                variables,
                code,
                frames(report),
                culprit,
                summary.signature(),
                List.copyOf(notes),
                Advice.get().of(report, kind));
    }

    /** The sentence about a report that is about no access. */
    private static @Nullable String sentence(
            CrashReport report,
            ReportFrames frames,
            @Nullable Culprit culprit,
            @Nullable Fault object,
            @Nullable Disassembly code) {
        return switch (report.kind()) {
            case TRAP, UBSAN, BUG, KASAN -> FailedCheck.sentence(code);
            default -> new Waiting(report, frames, culprit, object).sentence();
        };
    }

    private static String kind(
            CrashReport report,
            FaultAnalysis.@Nullable Found found,
            TrapAnalysis.@Nullable Found trap,
            ReportSummary summary) {
        if (found != null) {
            return found.kind();
        }
        return trap == null || trap.kind().equals(report.kind().id()) ? summary.kind() : trap.kind();
    }

    /** The culprit that the analysis found, where it looks at the stack that the report is about. */
    private static @Nullable Culprit culprit(
            CrashReport report,
            FaultAnalysis.@Nullable Found found,
            @Nullable Culprit analysed,
            @Nullable Culprit summarised) {
        boolean ownStack = switch (report.kind()) {
            case KASAN,
                    KFENCE,
                    KMSAN,
                    KCSAN,
                    UBSAN,
                    LOCKDEP,
                    LEAK,
                    MEMORY,
                    WORKQUEUE,
                    HARDWARE,
                    PANIC,
                    OTHER,
                    NETDEV_WATCHDOG,
                    HARD_LOCKUP -> false;
            default -> true;
        };
        return analysed != null && (found != null || ownStack || summarised == null) ? analysed : summarised;
    }

    private static String title(
            FaultAnalysis.@Nullable Found found,
            String kind,
            Wording wording,
            ReportSummary summary,
            @Nullable Culprit culprit) {
        Culprit other = summary.culprit();
        boolean same = culprit != null && other != null && culprit.function().equals(other.function());
        boolean isKind = kind.equals(summary.kind());
        return found == null && (same || culprit == null) && isKind ? wording.with(summary.title()) : wording.title();
    }

    /** The instructions around the trap; for a call through a bad pointer, around the call. */
    private static @Nullable Disassembly code(
            CrashReport report,
            ReportFrames frames,
            @Nullable FrameCode known,
            FaultAnalysis.@Nullable Found found,
            @Nullable Boolean matches,
            FrameCode.Problems problems) {
        LogFrame pc = frames.pc();
        FrameCode frame = known == null && pc != null ? FrameCode.of(pc, problems) : known;
        Disassembly own = ofReport(report);
        if (frame == null) {
            return own;
        }
        Ascent.Step statement = found == null ? null : found.statement();
        boolean isCall = found != null && found.verb().equals("calls") && statement != null;
        long at = isCall && statement != null
                ? statement.code().get(statement.index()).address()
                : frame.address();
        // The report's bytes are those of the called address, unless the call itself trapped.
        boolean isCaller = at != frame.address();
        Disassembly view = CodeView.of(frame, at, isCaller ? null : report.code(), isCaller ? null : matches);
        return view != null ? view : own;
    }

    /** The report's own bytes; null if it has none. Addresses count from the trap. */
    private static @Nullable Disassembly ofReport(CrashReport report) {
        CodeBytes bytes = report.code();
        return bytes == null || bytes.unreadable() != null || bytes.size() == 0 ? null : Disassembler.of(bytes, 0);
    }

    /** The bytes that ran against those of the file of the program counter; null if there is nothing to compare. */
    private static @Nullable CodeMatch match(CrashReport report, ReportFrames frames) {
        LogFrame pc = frames.pc();
        ElfFile file = file(pc);
        CodeBytes bytes = report.code();
        if (bytes == null || pc == null || file == null || !(pc.resolution() instanceof Resolution.Resolved resolved)) {
            return null;
        }
        return CodeMatch.of(bytes, file, resolved.address());
    }

    private static @Nullable ElfFile file(@Nullable LogFrame pc) {
        Symbolizer symbolizer = pc == null ? null : pc.symbolizer();
        return symbolizer == null ? null : symbolizer.elf();
    }

    private static boolean isSameBuild(CrashReport report, ReportFrames frames) {
        LogFrame pc = frames.pc();
        ElfFile file = file(pc);
        try {
            BuildId build = file == null ? null : file.buildId();
            // The report's build id is the kernel's
            return pc != null
                    && pc.module() == null
                    && build != null
                    && build.toString().equals(report.buildId());
        } catch (IOException e) {
            // A file without a readable build id is not known to be of the same build
            return false;
        }
    }

    /** The instruction set that writes such a headline, where the report ends before its registers; null if unknown. */
    private static @Nullable InstructionSet supposed(CrashReport report) {
        String headline = report.headline();
        int digits = 0;
        for (int i = headline.length(); i > 0 && Hex.digit(headline.charAt(i - 1)) >= 0; i--) {
            digits++;
        }
        boolean isX86 = headline.startsWith("BUG: ");
        // riscv's addresses are classified as arm64's
        return switch (digits) {
            case 8 -> isX86 ? InstructionSet.I386 : null;
            case 16 -> isX86 ? InstructionSet.X86_64 : InstructionSet.ARM64;
            default -> null;
        };
    }

    private static boolean isAccess(CrashReport report) {
        return report.kind() == ReportKind.PAGE_FAULT
                || report.kind() == ReportKind.GENERAL_PROTECTION
                || Condition.isStackSegment(report);
    }

    private static List<LogFrame> frames(CrashReport report) {
        List<LogFrame> all = new ArrayList<>();
        for (StackGroup each : report.stacks()) {
            all.addAll(each.frames());
        }
        return all;
    }

    private static @Nullable Place place(@Nullable LogFrame pc) {
        return pc == null ? null : place(ReportFrames.source(pc));
    }

    private static @Nullable Place place(List<SourceFrame> source) {
        if (source.isEmpty()) {
            return null;
        }
        List<String> around = new ArrayList<>();
        for (SourceFrame each : source.subList(1, source.size())) {
            around.add(each.nameOr("?"));
        }
        SourceFrame first = source.get(0);
        return new Place(first.nameOr("?"), first.path(), first.line(), around);
    }

    /** The innermost function that is no helper inlined from a header. */
    private static @Nullable Culprit culprit(
            List<SourceFrame> source, @Nullable String module, @Nullable String otherwise) {
        for (SourceFrame each : source) {
            if (!each.inlined() || !Helpers.isHelperFile(each.path())) {
                return new Culprit(each.nameOr("?"), each.path(), each.line(), module);
            }
        }
        return otherwise == null ? null : new Culprit(otherwise, null, 0, module);
    }

    /** A fact of a report as text; empty if it has none. */
    static String text(CrashReport report, Fact fact) {
        String value = report.fact(fact);
        return value == null ? "" : value;
    }
}
