package dev.backline.dwarf.types;

/**
 * A range of addresses in an ELF file, unsigned; in an ET_REL, section base plus offset.
 *
 * @param low the first address
 * @param high one past the last address
 */
public record AddressRange(long low, long high) {}
