package dev.backline.elf;

/**
 * The contents of .gnu_debuglink (GDB manual, "Separate Debug Files").
 *
 * @param fileName without directories
 * @param crc CRC-32 of the whole file with this name
 */
public record DebugLink(String fileName, int crc) {}
