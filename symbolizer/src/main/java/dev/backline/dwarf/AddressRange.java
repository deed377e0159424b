package dev.backline.dwarf;

/**
 * Addresses that follow one another, unsigned, as the ELF file has them; in an ET_REL, section base plus
 * offset.
 *
 * @param low the first of them
 * @param high one past the last
 */
public record AddressRange(long low, long high) {}
