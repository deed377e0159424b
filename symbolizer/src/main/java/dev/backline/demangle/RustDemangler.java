package dev.backline.demangle;

import dev.backline.io.Ascii;
import org.jspecify.annotations.Nullable;

/**
 * Turns mangled Rust symbols into the paths that were written in the source.
 *
 * <p>Both schemes of rustc are read: the legacy one ({@code _ZN4core3fmt5write17h0123456789abcdefE}) and v0
 * ({@code _RNvNtCs1_4core3fmt5write}, RFC 2603 and the "v0 Symbol Format" chapter of the rustc book, pattern types and
 * structured constants included).
 *
 * <p>No standard says how a name is to be shown. The rules here, and whose they are:
 *
 * <ul>
 *   <li>v0: where llvm-cxxfilt 19, GNU {@code c++filt -i} 2.40 and rustc's own demangler (its {@code {:#}} format) can
 *       read a symbol, they print the same thing, and so does this class: no crate hashes, no constant types, no
 *       instantiating crate. String, structured and reference constants and pattern types are read by rustc's
 *       demangler alone; the spelling is its. It is also followed where the others err: printable characters beyond
 *       ASCII stand as themselves, 128-bit constants are whole, the 27th lifetime of a binder is {@code '_26}.
 *   <li>legacy: LLVM's tools take these for C++ and print the hash and the raw {@code $LT$} escapes. GNU's and rustc's
 *       demangler print the path alone, and so does this class. A symbol without the hash element is C++.
 *   <li>suffixes: {@code .llvm.HASH}, which only makes a promoted local name unique, is dropped. Any other, such as
 *       {@code .cold} or {@code .isra.0}, names a separate piece of code and stays as it is after the name, as rustc's
 *       demangler prints it (LLVM puts it into brackets, GNU drops it).
 * </ul>
 *
 * <p>Symbols may be hostile. Work, depth and length of the answer are bounded (see {@link RustV0}), and a symbol that
 * breaks the grammar anywhere is not demangled at all.
 *
 * <p>Stateless, safe for use by any number of threads.
 */
public final class RustDemangler {
    private static final String LLVM_SUFFIX = ".llvm.";

    private RustDemangler() {}

    /**
     * Demangles one symbol.
     *
     * @param symbol a symbol as it stands in an ELF symbol table, a {@code DW_AT_linkage_name} or a stack trace
     * @return its Rust path, or null when the symbol is not a mangled Rust name, or breaks the grammar
     */
    public static @Nullable String demangle(String symbol) {
        boolean legacy = symbol.startsWith("_ZN");
        if (!legacy && !symbol.startsWith("_R")) {
            return null;
        }
        int firstDot = symbol.indexOf('.');
        // Legacy names contain dots of their own; the name ends with the E after the hash.
        int end = legacy ? RustLegacy.end(symbol) : firstDot < 0 ? symbol.length() : firstDot;
        if (end < 0 || !isSuffix(symbol, end)) {
            return null;
        }
        String path = legacy ? RustLegacy.demangle(symbol, end) : RustV0.demangle(symbol.substring(2, end));
        if (path == null || path.isEmpty()) {
            return null;
        }
        return end == symbol.length() ? path : path + withoutLlvmHash(symbol.substring(end));
    }

    /** {@return whether nothing, or a dot and visible ASCII characters, follow from {@code start}} */
    private static boolean isSuffix(String symbol, int start) {
        if (start == symbol.length()) {
            return true;
        }
        return symbol.charAt(start) == '.' && symbol.chars().skip(start).allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static String withoutLlvmHash(String suffix) {
        int start = suffix.indexOf(LLVM_SUFFIX);
        if (start < 0) {
            return suffix;
        }
        int hash = start + LLVM_SUFFIX.length();
        int end = hash;
        while (end < suffix.length() && isLlvmHash(suffix.charAt(end))) {
            end++;
        }
        boolean whole = end > hash && (end == suffix.length() || suffix.charAt(end) == '.');
        return whole ? suffix.substring(0, start) + suffix.substring(end) : suffix;
    }

    /** LLVM writes a decimal number; its own demangler and rustc's take upper-case hex and {@code @} as well. */
    private static boolean isLlvmHash(char c) {
        return Ascii.isDigit(c) || (c >= 'A' && c <= 'F') || c == '@';
    }
}
