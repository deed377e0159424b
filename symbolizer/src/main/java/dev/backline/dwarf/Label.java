package dev.backline.dwarf;

/**
 * A label in a function's source that the compiler could place (DWARF5 3.6).
 *
 * @param name as in the source
 * @param address of the first instruction behind it
 * @param inlined whether it is of a function that is inlined there
 */
public record Label(String name, long address, boolean inlined) {}
