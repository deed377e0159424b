package dev.backline.symbolize;

import dev.backline.demangle.RustDemangler;
import org.jspecify.annotations.Nullable;

/**
 * A function at an address, with its place in the source: the outermost function, or a function inlined into
 * the next frame.
 *
 * @param function DW_AT_name; null if no function entry covers the address, as in assembly
 * @param linkageName DW_AT_linkage_name; null for C
 * @param file the source file with all directories, as GNU addr2line prints it; null if unknown
 * @param path the file relative to the kernel's source root, or {@code file} if the root is unknown; null if the
 *     line is unknown, unless no frame of the place has a line
 * @param line from 1; 0 if unknown, or if the code belongs to no line (DWARF5 6.2.2)
 * @param column from 1; 0 if unknown
 * @param discriminator of the row in the line table, only in the innermost frame; 0 if there is none
 * @param inlined whether the function is inlined into the function of the next frame
 * @param approximate whether the code itself belongs to no line (line 0), as merged calls do, and the line is that of the
 *     nearest code of the same function that has one
 */
public record SourceFrame(
        @Nullable String function,
        @Nullable String linkageName,
        @Nullable String file,
        @Nullable String path,
        int line,
        int column,
        int discriminator,
        boolean inlined,
        boolean approximate) {

    /**
     * A frame whose line is not approximate.
     *
     * @param function DW_AT_name, or null
     * @param linkageName DW_AT_linkage_name, or null
     * @param file the source file with all directories, or null
     * @param path the file relative to the kernel's source root, or null
     * @param line from 1; 0 if unknown
     * @param column from 1; 0 if unknown
     * @param discriminator of the row in the line table, or 0
     * @param inlined whether the function is inlined into the function of the next frame
     */
    public SourceFrame(
            @Nullable String function,
            @Nullable String linkageName,
            @Nullable String file,
            @Nullable String path,
            int line,
            int column,
            int discriminator,
            boolean inlined) {
        this(function, linkageName, file, path, line, column, discriminator, inlined, false);
    }

    /**
     * {@return the name to print: the demangled Rust name, else the function's name, else {@code otherwise}}
     *
     * @param otherwise the name of code without a function entry, such as {@code ??}
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

    /** This frame with another function name. */
    SourceFrame named(String name) {
        return new SourceFrame(name, linkageName, file, path, line, column, discriminator, inlined, approximate);
    }

    /** This frame at the line of another one, which is near. */
    SourceFrame near(SourceFrame other) {
        return new SourceFrame(
                function, linkageName, other.file, other.path, other.line, other.column, 0, inlined, true);
    }

    /** This frame with its file, though the line is unknown. */
    SourceFrame in(String known) {
        return new SourceFrame(function, linkageName, file, known, line, column, discriminator, inlined, approximate);
    }
}
