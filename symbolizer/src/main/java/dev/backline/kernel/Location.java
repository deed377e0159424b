package dev.backline.kernel;

/** Where a frame reference points: a place in a file, or why that is not known. */
public sealed interface Location permits Located, NotLocated {}
