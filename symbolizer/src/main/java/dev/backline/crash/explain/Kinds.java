package dev.backline.crash.explain;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Fact;
import dev.backline.symbolize.LogFrame;
import org.jspecify.annotations.Nullable;

/** The kinds of explanations. */
final class Kinds {
    private Kinds() {}

    /**
     * {@return the kind of a report that is about no memory access}
     *
     * @param report the report
     * @param frames of it
     */
    static String ofReport(CrashReport report, ReportFrames frames) {
        String headline = report.headline();
        return switch (report.kind()) {
            case TRAP ->
                headline.contains("divide error")
                        ? "divide-error"
                        : headline.contains("invalid opcode")
                                ? "compiler-trap"
                                : headline.contains("lignment") ? "alignment-fault" : "trap";
            case BUG -> isSlubCheck(report) && isFree(frames) ? "double-free" : "bug";
            case REFCOUNT -> "refcount-warning";
            case ATOMIC ->
                headline.contains("scheduling while atomic")
                        ? "scheduling-while-atomic"
                        : headline.contains("sleeping function") ? "sleeping-in-atomic" : "atomic";
            case FORTIFY ->
                headline.contains("field-spanning")
                                || Explainer.text(report, Fact.TEXT).contains("field-spanning")
                        ? "fortify-warning"
                        : "fortify";
            case SLUB -> headline.contains("already free") ? "double-free" : "slab-corruption";
            case STACK_OVERFLOW ->
                headline.contains("double fault") && !headline.contains("guard") && !isRecursive(frames)
                        ? "double-fault"
                        : "stack-overflow";
            default -> report.kind().id();
        };
    }

    private static boolean isSlubCheck(CrashReport report) {
        String place = Explainer.text(report, Fact.PLACE);
        return place.startsWith("mm/slub.c") || place.startsWith("mm/slab");
    }

    private static boolean isFree(ReportFrames frames) {
        String name = frames.pc() == null ? null : frames.pc().reference().symbol();
        return name != null && (name.contains("free") || name.contains("put_cpu_partial"));
    }

    private static boolean isRecursive(ReportFrames frames) {
        int same = 0;
        String last = null;
        for (LogFrame each : frames.trace()) {
            String symbol = each.reference().symbol();
            same = symbol != null && symbol.equals(last) ? same + 1 : 0;
            if (same >= 3) {
                return true;
            }
            last = symbol;
        }
        return false;
    }

    /**
     * {@return the kind of a fault by what the bad value looks like}
     *
     * @param look null if unknown
     * @param value the bad value; null if unknown
     * @param call whether the value was called
     */
    static String ofLook(Values.@Nullable Look look, @Nullable Long value, boolean call) {
        if (look == null) {
            return "page-fault";
        }
        return switch (look.kind()) {
            case NULL -> call ? "null-function-call" : "null-pointer-dereference";
            case ERR_PTR -> "err-ptr-dereference";
            case LIST_POISON -> "list-poison-dereference";
            case SLAB_POISON ->
                value != null && ((value >>> 24) & 0xff) == 0x5a ? "uninitialised-pointer" : "use-after-free";
            case NON_CANONICAL -> call ? "wild-function-call" : "non-canonical-address";
            case ASCII -> call ? "wild-function-call" : "ascii-in-pointer";
            case USER -> call ? "wild-function-call" : "user-pointer-dereference";
            case READ_ONLY -> "write-to-read-only";
            case TEXT -> "write-to-text";
            case NO_EXECUTE -> "execute-data";
            case FREED -> "use-after-vfree";
            case VMALLOC_GUARD -> "vmalloc-out-of-bounds";
            case PERCPU -> "percpu-pointer-misuse";
            case UNALIGNED -> "alignment-fault";
            case INDEX -> "out-of-bounds";
            case WILD -> call ? "wild-function-call" : "wild-pointer";
        };
    }
}
