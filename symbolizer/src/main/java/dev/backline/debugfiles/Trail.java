package dev.backline.debugfiles;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a search tried, for the message that it found nothing. Not thread-safe. */
final class Trail {
    private final Set<String> tried = new LinkedHashSet<>();
    private final Set<String> below = new LinkedHashSet<>();

    /** Notes a place where nothing was, or what came of it. */
    void tried(String what) {
        tried.add(what);
    }

    /** Notes a folder that was searched. */
    void below(String folder) {
        below.add(folder);
    }

    /** {@return all of it as one piece of a sentence, beginning with a verb; empty when nothing was tried} */
    String sentence() {
        List<String> parts = new ArrayList<>();
        if (!below.isEmpty()) {
            parts.add("looked below " + String.join(", ", below));
        }
        if (!tried.isEmpty()) {
            parts.add("tried " + String.join(", ", tried));
        }
        return String.join("; ", parts);
    }
}
