package dev.backline.dwarf;

/**
 * Where one unit's parts of a DWARF package file start (DWARF5 7.3.5.3): offsets into its {@code
 * .debug_info.dwo}, {@code .debug_abbrev.dwo}, {@code .debug_str_offsets.dwo} and {@code
 * .debug_rnglists.dwo}.
 */
record SplitContribution(long info, long abbreviations, long stringOffsets, long rangeLists) {}
