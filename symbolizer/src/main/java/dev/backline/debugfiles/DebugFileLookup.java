package dev.backline.debugfiles;

/** What a search for a file with debug information ended with: the file, or why there is none. */
public sealed interface DebugFileLookup permits DebugFile, MissingFile {}
