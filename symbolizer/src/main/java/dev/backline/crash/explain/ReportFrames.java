package dev.backline.crash.explain;

import dev.backline.crash.CrashReport;
import dev.backline.crash.StackGroup;
import dev.backline.elf.ElfFile;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.Pc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The frames of the context that a report is about. Immutable. */
final class ReportFrames {
    /** Frames of the kernel between the trap and a module's call. */
    private static final int MAX_KERNEL_FRAMES = 5;

    private final @Nullable LogFrame pc;
    private final @Nullable LogFrame link;
    private final List<LogFrame> trace;

    private ReportFrames(@Nullable LogFrame pc, @Nullable LogFrame link, List<LogFrame> trace) {
        this.pc = pc;
        this.link = link;
        this.trace = trace;
    }

    static ReportFrames of(CrashReport report) {
        LogFrame pc = null;
        LogFrame link = null;
        List<LogFrame> trace = new ArrayList<>();
        for (StackGroup group : report.stacks()) {
            if (group.role() == StackGroup.Role.REGISTERS) {
                for (LogFrame each : group.frames()) {
                    if (each.reference().pc() == Pc.EXACT && (pc == null || isNameOf(pc, each))) {
                        pc = each;
                    } else if (link == null && each.reference().pc() == Pc.RETURN) {
                        link = each;
                    }
                }
            } else if (group.role() == StackGroup.Role.TRACE) {
                trace.addAll(group.frames());
            }
        }
        return new ReportFrames(pc, link, List.copyOf(trace));
    }

    /** Whether a frame names the function of a frame that is a bare address; powerpc prints both. */
    private static boolean isNameOf(LogFrame bare, LogFrame named) {
        Long address = bare.reference().address();
        return address != null
                && bare.reference().symbol() == null
                && !(bare.resolution() instanceof Resolution.Resolved)
                && named.reference().symbol() != null
                && address.equals(named.reference().address());
    }

    /** The frame of the program counter; null if the report has none. */
    @Nullable
    LogFrame pc() {
        return pc;
    }

    /** The frame of the link register; null if the report has none. */
    @Nullable
    LogFrame link() {
        return link;
    }

    /** The frames of the call trace, doubtful ones too. */
    List<LogFrame> trace() {
        return trace;
    }

    /** The frames of the call trace above which the program counter's function is: without its own frame. */
    List<LogFrame> callers() {
        List<LogFrame> callers = new ArrayList<>(trace);
        if (!callers.isEmpty() && pc != null && isSame(callers.get(0), pc)) {
            callers.remove(0);
        }
        return callers;
    }

    private static boolean isSame(LogFrame a, LogFrame b) {
        if (a.resolution() instanceof Resolution.Resolved one && b.resolution() instanceof Resolution.Resolved two) {
            return one.address() == two.address() && a.symbolizer() == b.symbolizer();
        }
        Long first = a.reference().address();
        return first != null && first.equals(b.reference().address());
    }

    /**
     * {@return whether the kernel's own code works for a module: its function trapped, and one of the next callers is in a
     * module that is not a part of the kernel's source}
     *
     * @param report the report
     */
    boolean isCalledByModule(CrashReport report) {
        if (pc == null || pc.module() != null) {
            return false;
        }
        int looked = 0;
        for (LogFrame each : callers()) {
            if (!each.frame().reliable()) {
                continue;
            }
            String module = each.module();
            if (module != null) {
                String letters = report.modules().get(module);
                return letters != null && letters.indexOf('O') >= 0;
            }
            if (++looked >= MAX_KERNEL_FRAMES) {
                return false;
            }
        }
        return false;
    }

    /** The instruction set of the files of the frames; null if no frame has an ELF file. */
    @Nullable
    InstructionSet instructionSet() {
        for (LogFrame each : trace) {
            Symbolizer file = each.symbolizer();
            ElfFile elf = file == null ? null : file.elf();
            if (elf != null) {
                return InstructionSet.ofElf(elf.header().machine(), elf.header().is64());
            }
        }
        return null;
    }

    /** The source frames of a frame; empty if there are none. */
    static List<SourceFrame> source(@Nullable LogFrame frame) {
        return frame != null && frame.resolution() instanceof Resolution.Resolved found ? found.frames() : List.of();
    }

    /** The name of a frame's function, without the compiler's suffix; null if unknown. */
    static @Nullable String function(LogFrame frame) {
        List<SourceFrame> source = source(frame);
        if (!source.isEmpty() && source.get(source.size() - 1).function() != null) {
            return source.get(source.size() - 1).function();
        }
        String symbol = frame.reference().symbol();
        if (symbol == null && frame.resolution() instanceof Resolution.Resolved found) {
            symbol = found.symbol();
        }
        if (symbol == null) {
            return null;
        }
        int dot = symbol.indexOf('.', 1);
        return dot < 0 ? symbol : symbol.substring(0, dot);
    }
}
