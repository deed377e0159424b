package dev.backline.dwarf;

/**
 * Addresses from {@code low} to before {@code high}, unsigned, as the ELF file has them; in an ET_REL, section base plus
 * offset.
 */
public record AddressRange(long low, long high) {}
