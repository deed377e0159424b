package dev.backline.crash.explain;

import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Fault;
import dev.backline.crash.Registers;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/** Writes the title and the sentence of an explanation. */
final class Wording {
    private final String kind;
    private final FaultAnalysis.@Nullable Found found;
    private final TrapAnalysis.@Nullable Found trap;
    private final @Nullable Place place;
    private final @Nullable Culprit culprit;
    /** The function that the report itself names. */
    private final @Nullable String printed;

    private final Registers registers;

    Wording(
            String kind,
            FaultAnalysis.@Nullable Found found,
            TrapAnalysis.@Nullable Found trap,
            @Nullable Place place,
            @Nullable Culprit culprit,
            @Nullable String printed,
            Registers registers) {
        this.kind = kind;
        this.found = found;
        this.trap = trap;
        this.place = place;
        this.culprit = culprit;
        this.printed = printed;
        this.registers = registers;
    }

    /** Null if the report does not even name it. */
    private @Nullable String function() {
        if (culprit != null) {
            return culprit.function();
        }
        return place != null ? place.function() : printed;
    }

    /** The kind in words: {@code NULL pointer dereference}. */
    private String kindInWords() {
        return switch (kind) {
            case "ascii-in-pointer" -> "Text in a pointer";
            case "percpu-pointer-misuse" -> "Per-CPU offset used as a pointer";
            case "null-function-call" -> "Call through a NULL pointer";
            case "wild-function-call" -> "Call through a wild pointer";
            case "list-poison-dereference" -> "Use of a deleted list entry";
            case "vmalloc-out-of-bounds" -> "Access beyond a vmalloc area";
            case "use-after-vfree" -> "Use after vfree";
            case "write-to-read-only" -> "Write to read-only memory";
            case "write-to-text" -> "Write to kernel code";
            case "poisoned-index" -> "Poisoned array index";
            case "out-of-bounds" -> "Array index out of bounds";
            case "execute-data" -> "Execution of data";
            case "rcu-stall" -> "RCU stall";
            case "usercopy" -> "Copy beyond an object (hardened usercopy)";
            case "fortify", "fortify-warning" -> "Copy beyond a buffer (FORTIFY)";
            case "bug" -> "BUG";
            case "compiler-trap" -> "Trap that the compiler placed";
            case "stack-smashing" -> "Overwritten stack";
            default -> {
                String words = kind.replace('-', ' ')
                        .replace("null ", "NULL ")
                        .replace("err ptr", "ERR_PTR")
                        .replace("non canonical", "non-canonical");
                yield Character.toUpperCase(words.charAt(0)) + words.substring(1);
            }
        };
    }

    /** A title with the object of the report: {@code refcount-warning in f(): &s->refs}. */
    String with(String title) {
        Fault object = trap == null ? null : trap.fault();
        String expression = object == null ? null : object.expression();
        return expression == null || title.contains(expression) ? title : title + ", " + expression;
    }

    String title() {
        if (found == null) {
            return with(function() == null ? kindInWords() : kindInWords() + " in " + function() + "()");
        }
        Fault fault = found.fault();
        StringBuilder text = new StringBuilder(kindInWords());
        text.append(": ");
        text.append(function() == null ? "the kernel" : function() + "()")
                .append(' ')
                .append(found.verb())
                .append(' ');
        String object = fault.expression() != null
                ? fault.expression()
                : fault.address() == null ? "memory" : Hex.text(fault.address());
        text.append(object);
        Fault.Holder holder = fault.variable();
        if (holder != null && found.look() != null) {
            text.append(", ")
                    .append(holder.name())
                    .append(" is ")
                    .append(found.look().text());
        } else if (found.look() != null) {
            text.append(", through ").append(found.look().text());
        }
        return text.toString();
    }

    /** What was touched, through which variable, and why that failed; null if unknown. */
    @Nullable
    String sentence() {
        if (found == null) {
            return null;
        }
        Fault fault = found.fault();
        Values.Look look = found.look();
        if (look == null) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        Fault.Holder holder = fault.variable();
        text.append(holder != null ? holder.name() : "The pointer")
                .append(" is ")
                .append(look.text());
        if (fault.register() != null) {
            Long held = registers.get(fault.register());
            boolean isComputed = held != null && fault.value() != null && !held.equals(fault.value());
            text.append(isComputed ? " (computed from " : " (")
                    .append(fault.register())
                    .append(')');
        }
        text.append(": ");
        text.append(found.verb().equals("calls") ? "calling it" : gerund(found.verb()));
        if (!found.verb().equals("calls") && fault.expression() != null) {
            text.append(' ').append(fault.expression());
        } else if (!found.verb().equals("calls") && fault.address() != null) {
            text.append(" memory at ").append(Hex.text(fault.address()));
        }
        if (fault.member() != null && !found.verb().equals("calls")) {
            text.append(" at +").append(Hex.text(fault.member().offset()));
        }
        if (culprit != null && culprit.file() != null) {
            text.append(", ").append(culprit.file());
            if (culprit.line() > 0) {
                text.append(':').append(culprit.line());
            }
        }
        return text.toString();
    }

    private static String gerund(String verb) {
        return switch (verb) {
            case "reads" -> "reading";
            case "writes" -> "writing";
            case "changes" -> "changing";
            default -> "using";
        };
    }
}
