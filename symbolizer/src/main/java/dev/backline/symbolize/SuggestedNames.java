package dev.backline.symbolize;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The unknown names of one log for which similar names are searched. Each search compares all symbols of a file, and a log can
 * contain thousands of unknown names; so a log has a few for each file. Thread-safe.
 */
final class SuggestedNames {
    private static final int MOST = 4;

    private final Map<Symbolizer, Set<String>> names = new HashMap<>();

    /** {@return whether to search names that are similar to this one in the file} */
    synchronized boolean add(Symbolizer file, String name) {
        Set<String> searched = names.get(file);
        if (searched == null) {
            searched = new HashSet<>();
            names.put(file, searched);
        }
        return searched.contains(name) || (searched.size() < MOST && searched.add(name));
    }
}
