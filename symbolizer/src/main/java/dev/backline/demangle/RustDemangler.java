package dev.backline.demangle;

import dev.backline.io.Ascii;
import org.jspecify.annotations.Nullable;

/**
 * Demangles Rust symbols to paths as written in the source.
 *
 * <p>Supports both schemes of rustc: the legacy scheme ({@code _ZN4core3fmt5write17h0123456789abcdefE}) and v0
 * ({@code _RNvNtCs1_4core3fmt5write}, RFC 2603 and the "v0 Symbol Format" chapter of the rustc book, pattern types and
 * structured constants included).
 *
 * <p>No standard defines the spelling of demangled names. The rules here, with their origin:
 *
 * <ul>
 *   <li>v0: llvm-cxxfilt 19, GNU {@code c++filt -i} 2.40 and rustc's demangler (with {@code {:#}}) agree on all names
 *       that they can read, and this class agrees with them: no crate hashes, no constant types, no instantiating
 *       crate. Only rustc's demangler reads string, structured and reference constants and pattern types; this class
 *       prints the same. This class also follows rustc's demangler where the other tools are wrong: it prints
 *       printable non-ASCII characters unescaped, 128-bit constants completely, and the 27th lifetime of a binder as
 *       {@code '_26}.
 *   <li>legacy: LLVM's tools treat these symbols as C++ and print the hash and raw {@code $LT$} escapes. GNU's and
 *       rustc's demanglers print only the path, as this class does. A symbol without the hash element is C++.
 *   <li>suffixes: {@code .llvm.HASH}, which only makes a promoted local name unique, is dropped. Other suffixes, such
 *       as {@code .cold} or {@code .isra.0}, name a separate piece of code and are appended unchanged, as rustc's
 *       demangler does (LLVM prints brackets around suffixes, GNU drops them).
 * </ul>
 *
 * <p>Symbols can be hostile: time, depth and length of the result are limited (see {@link RustV0}). A symbol that
 * violates the grammar is not demangled at all.
 *
 * <p>Thread-safe.
 */
public final class RustDemangler {
    private static final String LLVM_SUFFIX = ".llvm.";

    private RustDemangler() {}

    /**
     * Demangles one symbol.
     *
     * @param symbol a symbol from an ELF symbol table, a {@code DW_AT_linkage_name} or a stack trace
     * @return the Rust path, or null if the symbol is not a mangled Rust name or violates the grammar
     */
    public static @Nullable String demangle(String symbol) {
        boolean legacy = symbol.startsWith("_ZN");
        if (!legacy && !symbol.startsWith("_R")) {
            return null;
        }
        int firstDot = symbol.indexOf('.');
        // Legacy names can contain dots; the name ends with the E after the hash.
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

    /** {@return whether the rest from {@code start} is empty, or a dot and visible ASCII characters} */
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

    /** LLVM writes a decimal number; the demanglers of LLVM and rustc also accept upper-case hex and {@code @}. */
    private static boolean isLlvmHash(char c) {
        return Ascii.isDigit(c) || (c >= 'A' && c <= 'F') || c == '@';
    }
}
