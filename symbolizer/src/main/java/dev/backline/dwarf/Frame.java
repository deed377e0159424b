package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * One function that an address belongs to: the outermost one, or one that was inlined into the next.
 *
 * @param function DW_AT_name of the function, or null where no function entry covers the address
 * @param linkageName DW_AT_linkage_name, or null
 * @param file the source file: of the line for the innermost frame, of the call for the others; or null
 * @param line in the file, from 1; 0 when unknown
 * @param column from 1; 0 when unknown
 * @param discriminator of the innermost frame's row in the line table; 0 in other frames and when unknown
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
