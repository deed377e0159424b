package dev.backline.elf;

/**
 * What .gnu_debuglink says (GDB manual, "Separate Debug Files").
 *
 * @param fileName without folders
 * @param crc CRC-32 of that whole file
 */
public record DebugLink(String fileName, int crc) {}
