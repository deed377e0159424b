package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * What a function is called.
 *
 * @param name DW_AT_name, or null when no entry on the way has one
 * @param linkageName DW_AT_linkage_name, or null
 */
record FunctionNames(@Nullable String name, @Nullable String linkageName) {
    static final FunctionNames UNKNOWN = new FunctionNames(null, null);
}
