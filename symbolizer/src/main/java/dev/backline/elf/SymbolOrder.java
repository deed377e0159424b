package dev.backline.elf;

import dev.backline.io.Hex;
import dev.backline.io.Internal;

/** The orders of symbols in other programs on which answers depend. */
@Internal
public final class SymbolOrder {
    private static final String[] TYPES = {
        "NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS", "", "RELC", "SRELC", "IFUNC"
    };
    private static final String[] BINDINGS = {"LOCAL", "GLOBAL", "WEAK", "", "", "", "", "", "", "", "UNIQUE"};
    private static final String[] VISIBILITIES = {"DEFAULT", "INTERNAL", "HIDDEN", "PROTECTED"};

    private SymbolOrder() {}

    /**
     * Compares two symbols of one section as {@code sort --key=2} (LC_ALL=C) compares their lines in
     * {@code readelf --symbols --wide}: by the text of value, size, type, binding, visibility and
     * name. scripts/faddr2line uses this order.
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

    /** readelf right-aligns a size in 5 columns, and prints a size with more digits in hexadecimal. */
    private static String size(long size) {
        return size >= 0 && size <= 99_999 ? String.format("%5d", size) : Hex.text(size);
    }

    private static String text(String[] names, int value) {
        return value < names.length && !names[value].isEmpty() ? names[value] : "<" + value;
    }

    /**
     * Compares symbols at one address: a stack trace names the first in this order. In a vmlinux
     * (scripts/kallsyms.c): weak symbols last, then symbols of a linker script (__start_x, __x_end)
     * last, then fewer leading underscores first, then by name. In a module
     * (kernel/module/kallsyms.c): by the order of the table. The kernel does not count function descriptors as code.
     */
    static int kallsyms(SymbolTable t, int a, int b) {
        int code = Boolean.compare(t.isDescriptor(a), t.isDescriptor(b));
        if (code != 0) {
            return code;
        }
        if (t.isRelocatable()) {
            return Integer.compare(a, b);
        }
        int order = preference(
                t.binding(a) == SymbolTable.STB_WEAK, t.name(a), t.binding(b) == SymbolTable.STB_WEAK, t.name(b));
        return order != 0 ? order : Integer.compare(a, b);
    }

    /**
     * {@return below 0 if a stack trace names the first symbol rather than the second, above 0 if it names the
     * second; 0 for equal names} This is the part of the order that does not depend on the table.
     *
     * @param weak whether the first symbol is STB_WEAK
     * @param name of the first symbol
     * @param otherWeak whether the second symbol is STB_WEAK
     * @param otherName of the second symbol
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
