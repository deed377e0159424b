package dev.backline.symbolize;

import dev.backline.demangle.RustDemangler;
import org.jspecify.annotations.Nullable;

/**
 * A function that an address belongs to, with its place in the source: the outermost one, or one that
 * was inlined into the next.
 *
 * @param function DW_AT_name; null where no function entry covers the address, as in assembly
 * @param linkageName DW_AT_linkage_name, which C has not; or null
 * @param file the source file with all its directories, as GNU addr2line prints it; null when unknown
 * @param path the same relative to the kernel's source root, or {@code file} where that cannot be told;
 *     null when the line is unknown
 * @param line from 1; 0 when unknown, which is also said of code that belongs to no line (DWARF5 6.2.2)
 * @param column from 1; 0 when unknown
 * @param discriminator of the row in the line table, only in the innermost frame; 0 when there is none
 * @param inlined whether the function was inlined into the next frame's
 */
public record SourceFrame(
        @Nullable String function,
        @Nullable String linkageName,
        @Nullable String file,
        @Nullable String path,
        int line,
        int column,
        int discriminator,
        boolean inlined) {

    /**
     * {@return the name to show: a Rust name demangled, else the function's name, else {@code otherwise}}
     *
     * @param otherwise for code without a function entry, such as {@code ??}
     */
    public String nameOr(String otherwise) {
        String demangled = linkageName == null ? null : RustDemangler.demangle(linkageName);
        if (demangled != null) {
            return demangled;
        }
        if (function != null) {
            return function;
        }
        return linkageName != null ? linkageName : otherwise;
    }

    /** The same place in a function of this name. */
    SourceFrame named(String name) {
        return new SourceFrame(name, linkageName, file, path, line, column, discriminator, inlined);
    }
}
