package dev.backline.crash.summary;

import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function of a stack as the source has it, inlined ones too. Immutable.
 *
 * @param name without what compilers add
 * @param module null for the kernel itself
 * @param file relative to the source root; null if unknown
 * @param line from 1; 0 if unknown
 * @param reliable whether the unwinder is sure of the frame
 * @param exact whether all builds of a kernel have this name here: debug information or the report itself names the
 *     function; else it can have been inlined into another one
 */
record SourceFunction(
        String name, @Nullable String module, @Nullable String file, int line, boolean reliable, boolean exact) {

    /** {@return whether it is an inline function of the kernel's headers: what it does, its caller asked for} */
    boolean isHeaders() {
        return file != null && file.endsWith(".h") && (file.startsWith("include/") || file.contains("/include/"));
    }

    /** Hand-written: a record's generated methods are linked by invokedynamic on first use (20 to 40 ms). */
    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof SourceFunction other
                && name.equals(other.name)
                && Objects.equals(module, other.module)
                && Objects.equals(file, other.file)
                && line == other.line
                && reliable == other.reliable
                && exact == other.exact;
    }

    @Override
    public int hashCode() {
        return (name.hashCode() * 31 + Objects.hashCode(file)) * 31 + line;
    }

    /**
     * {@return the functions of frames, innermost first}
     *
     * @param printed whether only the functions count that the log prints, as if there were no debug information
     */
    static List<SourceFunction> of(List<LogFrame> frames, boolean printed) {
        List<SourceFunction> all = new ArrayList<>();
        for (LogFrame each : frames) {
            boolean reliable = each.frame().reliable();
            if (!printed && each.resolution() instanceof Resolved resolved) {
                for (SourceFrame source : resolved.frames()) {
                    String symbol = resolved.symbol();
                    all.add(new SourceFunction(
                            FunctionNames.base(source.nameOr(symbol == null ? "??" : symbol)),
                            each.module(),
                            source.path(),
                            source.line(),
                            reliable,
                            true));
                }
            } else if (each.reference().symbol() != null) {
                String module = printed ? each.reference().module() : each.module();
                all.add(new SourceFunction(
                        FunctionNames.base(each.reference().symbol()), module, null, 0, reliable, false));
            }
        }
        return all;
    }
}
