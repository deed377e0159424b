package dev.backline.dwarf;

/**
 * A label in a function's source that has an address (DWARF5 3.6).
 *
 * @param name as in the source
 * @param address of the first instruction after the label
 * @param inlined whether the label is in a function that was inlined there
 */
public record Label(String name, long address, boolean inlined) {}
