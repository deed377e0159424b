package dev.backline.elf;

/**
 * What .gnu_debugaltlink says: the file that dwz moved shared entries and strings to.
 *
 * @param fileName absolute, or relative to the folder of the file that names it
 * @param id the build id that file must have
 */
public record AltLink(String fileName, BuildId id) {}
