package dev.backline.debugfiles;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The places that a search tried, for the message that nothing was found. Not thread-safe. */
final class SearchLog {
    private final Set<String> installed = new LinkedHashSet<>();
    private final Set<String> tried = new LinkedHashSet<>();
    private final Set<String> searched = new LinkedHashSet<>();
    private final boolean silent;

    SearchLog() {
        this(false);
    }

    /**
     * Creates an empty log.
     *
     * @param silent whether it names no place
     */
    SearchLog(boolean silent) {
        this.silent = silent;
    }

    /** Records a place without the file, or why its file was rejected. */
    void tried(String what) {
        tried.add(what);
    }

    /** Records one of the many places of installed files, which a message does not list. */
    void installed(String place) {
        installed.add(place);
    }

    /** Records a folder that was searched. */
    void searched(String folder) {
        searched.add(folder);
    }

    /**
     * {@return all places as a part of a sentence that begins with a verb; empty if nothing was tried}
     *
     * @param kernel the release or build id with which {@code kernel where} lists the installed places; null if unknown
     */
    String sentence(@Nullable String kernel) {
        List<String> parts = new ArrayList<>();
        if (silent) {
            return "";
        }
        if (!searched.isEmpty()) {
            parts.add("searched " + String.join(", ", searched));
        }
        if (!installed.isEmpty()) {
            parts.add("searched the installed files"
                    + (kernel == null ? "" : " ('backline kernel where " + kernel + "' lists the places)"));
        }
        if (!tried.isEmpty()) {
            parts.add("tried " + String.join(", ", tried));
        }
        return String.join("; ", parts);
    }

    /** {@return all places} */
    List<String> places() {
        if (silent) {
            return List.of();
        }
        List<String> places = new ArrayList<>(searched);
        places.addAll(installed);
        places.addAll(tried);
        return places;
    }
}
