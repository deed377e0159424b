package dev.backline.kernel;

/** Where a frame reference points: a place in a debug file, or the reason why the place is unknown. */
public sealed interface Location permits Located, NotLocated {}
