package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * One function at an address: the outermost function, or a function that was inlined into that of the next frame.
 *
 * @param function DW_AT_name of the function, or null if no function entry covers the address
 * @param linkageName DW_AT_linkage_name, or null
 * @param file the source file, or null: of the address for the innermost frame, of the inlined call for the others
 * @param line in the file, from 1; 0 if unknown
 * @param column from 1; 0 if unknown
 * @param discriminator of the row in the line table for the innermost frame; 0 for other frames and if unknown
 * @param inlined whether the function was inlined into that of the next frame
 */
public record Frame(
        @Nullable String function,
        @Nullable String linkageName,
        @Nullable SourceFile file,
        int line,
        int column,
        int discriminator,
        boolean inlined) {}
