package dev.backline.crash;

import dev.backline.symbolize.LogFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in one report. Immutable.
 *
 * @param report the report
 * @param kind such as {@code null-pointer-dereference}, {@code use-after-free}, {@code warning}
 * @param title one line: what happened, to what, where
 * @param sentence what was touched, through which variable, and why that failed; null if unknown
 * @param severity {@code panic}, {@code oops}, {@code bug}, {@code warning} or {@code info}
 * @param fault null if the report is about no access
 * @param place where it happened: the innermost source function; null if unknown
 * @param variables the live variables at the place that have a value
 * @param code null if neither the report nor the file has the instructions
 * @param frames that matter, in the order of the log
 * @param culprit the function to blame; null if unknown
 * @param signature null if the report has no frame
 * @param notes sentences: what is doubtful, what a mismatch means
 * @param advice sentences: what to do next
 */
public record Explanation(
        CrashReport report,
        String kind,
        String title,
        @Nullable String sentence,
        String severity,
        @Nullable Fault fault,
        @Nullable Place place,
        List<LiveVariable> variables,
        @Nullable Disassembly code,
        List<LogFrame> frames,
        @Nullable Culprit culprit,
        @Nullable Signature signature,
        List<String> notes,
        List<String> advice) {
    public Explanation {
        variables = List.copyOf(variables);
        frames = List.copyOf(frames);
        notes = List.copyOf(notes);
        advice = List.copyOf(advice);
    }

    /**
     * A place in the source.
     *
     * @param function its name
     * @param file relative to the source root; null if unknown
     * @param line from 1; 0 if unknown
     * @param inlinedInto the functions around it, from the inside out
     */
    public record Place(String function, @Nullable String file, int line, List<String> inlinedInto) {
        public Place {
            inlinedInto = List.copyOf(inlinedInto);
        }
    }

    /**
     * A variable with its value.
     *
     * @param function that declares it
     * @param name its name
     * @param type its C type
     * @param value cut to its size
     * @param size in bytes
     * @param register the register that holds it; null if it is computed or a constant
     */
    public record LiveVariable(
            @Nullable String function,
            String name,
            String type,
            long value,
            int size,
            @Nullable String register) {}

    /**
     * The function to blame.
     *
     * @param function its name
     * @param file relative to the source root; null if unknown
     * @param line from 1; 0 if unknown
     * @param module null for the kernel itself
     */
    public record Culprit(
            String function,
            @Nullable String file,
            int line,
            @Nullable String module) {}

    /**
     * What reports of the same fault have in common.
     *
     * @param id {@code class:function[module]:8 hex digits}; the digits tell variants of a bug apart
     * @param group {@code class:function[module]}, equal for all reports of the bug. It ends with {@code ~} if debug
     *     information was missing for the function, so that another one can be inlined into it
     * @param functions the functions that it is made of, innermost first
     */
    public record Signature(String id, String group, List<String> functions) {
        public Signature {
            functions = List.copyOf(functions);
        }
    }
}
