package dev.backline.debugfiles;

import dev.backline.io.Audience;
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
    private final Audience audience;

    SearchLog() {
        this(Audience.COMMAND);
    }

    /**
     * Creates an empty log.
     *
     * @param audience who reads it; users of a service get no place
     */
    SearchLog(Audience audience) {
        this.audience = audience;
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
        return audience.optional(String.join("; ", parts));
    }

    /** {@return all places} */
    List<String> places() {
        List<String> places = new ArrayList<>(searched);
        places.addAll(installed);
        places.addAll(tried);
        return audience.choose(places, List.of());
    }
}
