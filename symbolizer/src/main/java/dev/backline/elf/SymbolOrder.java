package dev.backline.elf;

import dev.backline.io.Internal;

/** The orders that other programs put symbols in, where the answer depends on them. */
@Internal
public final class SymbolOrder {
    private static final String[] TYPES = {
        "NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "", "RELC", "SRELC", "IFUNC"
    };
    private static final String[] BINDINGS = {"LOCAL", "GLOBAL", "WEAK", "", "", "", "", "", "", "", "UNIQUE"};
    private static final String[] VISIBILITIES = {"DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"};

    private SymbolOrder() {}

    /**
     * Two symbols of one section in the order of {@code sort --key=2} (LC_ALL=C) over the lines of
     * {@code readelf --symbols --wide}: by the text of value, size, type, binding, visibility and
     * name. scripts/faddr2line walks them so.
     */
    static int readelf(SymbolTable t, int a, int b) {
        int order = Long.compareUnsigned(t.address(a), t.address(b));
        if (order != 0) {
            return order;
        }
        if (t.elfSize(a) != t.elfSize(b)) {
            return size(t.elfSize(a)).compareTo(size(t.elfSize(b)));
        }
        order = text(TYPES, t.type(a)).compareTo(text(TYPES, t.type(b)));
        if (order == 0) {
            order = text(BINDINGS, t.binding(a)).compareTo(text(BINDINGS, t.binding(b)));
        }
        if (order == 0) {
            order = text(VISIBILITIES, t.visibility(a)).compareTo(text(VISIBILITIES, t.visibility(b)));
        }
        return order != 0 ? order : t.compareNames(a, b);
    }

    /** readelf prints a size right-aligned in 5 columns, and one with more digits in hexadecimal. */
    private static String size(long size) {
        return size >= 0 && size <= 99_999 ? String.format("%5d", size) : Words.hex(size);
    }

    private static String text(String[] names, int value) {
        return value < names.length && !names[value].isEmpty() ? names[value] : "<" + value;
    }

    /**
     * Which of several symbols at one address a stack trace names. In a vmlinux (scripts/kallsyms.c):
     * any before a weak one, any before one that a linker script makes (__start_x, __x_end), fewer
     * leading underscores first, then by name. In a module (kernel/module/kallsyms.c): the first of
     * the table.
     */
    static int kallsyms(SymbolTable t, int a, int b) {
        if (t.isRelocatable()) {
            return Integer.compare(a, b);
        }
        int order = preference(
                t.binding(a) == SymbolTable.STB_WEAK, t.name(a), t.binding(b) == SymbolTable.STB_WEAK, t.name(b));
        return order != 0 ? order : Integer.compare(a, b);
    }

    /**
     * {@return below 0 where a stack trace names the one symbol rather than the other, above 0 where the
     * other; 0 for two of one name} It is the part of the order that the table's own has no say in.
     *
     * @param weak whether the one is STB_WEAK
     * @param name of the one
     * @param otherWeak whether the other is
     * @param otherName of the other
     */
    public static int preference(boolean weak, String name, boolean otherWeak, String otherName) {
        int order = Boolean.compare(weak, otherWeak);
        if (order == 0) {
            order = Boolean.compare(mayBeOfLinkerScript(name), mayBeOfLinkerScript(otherName));
        }
        if (order == 0) {
            order = Integer.compare(leadingUnderscores(name), leadingUnderscores(otherName));
        }
        return order != 0 ? order : name.compareTo(otherName);
    }

    private static boolean mayBeOfLinkerScript(String name) {
        return name.length() >= 8
                && name.startsWith("__")
                && (name.startsWith("__start_")
                        || name.startsWith("__stop_")
                        || name.startsWith("__end_")
                        || name.endsWith("_start")
                        || name.endsWith("_end"));
    }

    private static int leadingUnderscores(String name) {
        int n = 0;
        while (n < name.length() && name.charAt(n) == '_') {
            n++;
        }
        return n;
    }
}
