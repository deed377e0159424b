package dev.backline.debugfiles;

/** The result of a search for a file with debug information: the file, or the reason why none was found. */
public sealed interface DebugFileLookup permits DebugFile, MissingFile {}
