package dev.backline.crash;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the trapping instruction touched, and why that failed. Immutable.
 *
 * @param address that was accessed; null if unknown
 * @param access {@code read}, {@code write} or {@code execute}; null if unknown
 * @param size of the access in bytes; 0 if unknown
 * @param instruction its text; null if unknown
 * @param register the name of the register with the bad pointer or index; null if there is none
 * @param value the bad value; null if unknown
 * @param valueClass what the value looks like; null if it looks good
 * @param errno the error's name, such as {@code ENOENT}, if the value is an ERR_PTR; else null
 * @param variable what holds the bad value; null if unknown
 * @param member what was accessed through it; null if unknown
 * @param expression the access in C; null if unknown
 * @param certainty of variable and member
 * @param evidence sentences
 * @param others other variables and members that fit as well, in C
 */
public record Fault(
        @Nullable Long address,
        @Nullable String access,
        int size,
        @Nullable String instruction,
        @Nullable String register,
        @Nullable Long value,
        @Nullable ValueClass valueClass,
        @Nullable String errno,
        @Nullable Holder variable,
        @Nullable Touched member,
        @Nullable String expression,
        Certainty certainty,
        List<String> evidence,
        List<String> others) {
    public Fault {
        evidence = List.copyOf(evidence);
        others = List.copyOf(others);
    }

    /**
     * A C expression that holds a value.
     *
     * @param name the expression: {@code skb}, {@code slot->sensor}
     * @param type its C type
     */
    public record Holder(String name, String type) {}

    /**
     * A member of a structure.
     *
     * @param struct the C type that contains it: {@code struct sock}
     * @param path as in C: {@code stat.reads}
     * @param offset in bytes
     * @param size in bytes
     */
    public record Touched(String struct, String path, long offset, long size) {}
}
