package dev.backline.elf;

/**
 * The contents of .gnu_debugaltlink: the file to which dwz moved shared entries and strings.
 *
 * @param fileName absolute, or relative to the directory of the file with the section
 * @param id the build id of that file
 */
public record AltLink(String fileName, BuildId id) {}
