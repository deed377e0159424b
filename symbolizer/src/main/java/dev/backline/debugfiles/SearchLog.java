package dev.backline.debugfiles;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The places that a search tried, for the message that nothing was found. Not thread-safe. */
final class SearchLog {
    private final Set<String> tried = new LinkedHashSet<>();
    private final Set<String> searched = new LinkedHashSet<>();

    /** Records a place without the file, or why its file was rejected. */
    void tried(String what) {
        tried.add(what);
    }

    /** Records a folder that was searched. */
    void searched(String folder) {
        searched.add(folder);
    }

    /** {@return all places as a part of a sentence that begins with a verb; empty if nothing was tried} */
    String sentence() {
        List<String> parts = new ArrayList<>();
        if (!searched.isEmpty()) {
            parts.add("searched " + String.join(", ", searched));
        }
        if (!tried.isEmpty()) {
            parts.add("tried " + String.join(", ", tried));
        }
        return String.join("; ", parts);
    }
}
