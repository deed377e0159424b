package dev.backline.capture;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an event line, in the order of their keys. Lines of one script have the same keys, which are kept once.
 * Immutable.
 */
final class EventFields extends AbstractMap<String, String> {
    private final Keys keys;

    /** One value per key; null where a key has none. */
    private final @Nullable String[] values;

    /** @param values not copied */
    EventFields(Keys keys, @Nullable String[] values) {
        this.keys = keys;
        this.values = values;
    }

    /** The keys of a line. Immutable. */
    static final class Keys {
        private final Map<String, Integer> places = new HashMap<>();
        private final String[] names;
        private final Integer[] sorted;

        /** @param names in the order of the line, without duplicates */
        Keys(String[] names) {
            this.names = names;
            sorted = new Integer[names.length];
            for (int i = 0; i < names.length; i++) {
                places.put(names[i], i);
                sorted[i] = i;
            }
            Arrays.sort(sorted, Comparator.comparing(place -> names[place]));
        }

        int size() {
            return names.length;
        }
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        Integer place = keys.places.get(key);
        return place == null ? null : values[place];
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new Entries();
    }

    private final class Entries extends AbstractSet<Entry<String, String>> {
        @Override
        public int size() {
            int size = 0;
            for (String value : values) {
                size += value == null ? 0 : 1;
            }
            return size;
        }

        @Override
        public Iterator<Entry<String, String>> iterator() {
            return new Iterator<>() {
                private int next = behind(0);

                private int behind(int from) {
                    int at = from;
                    while (at < keys.sorted.length && values[keys.sorted[at]] == null) {
                        at++;
                    }
                    return at;
                }

                @Override
                public boolean hasNext() {
                    return next < keys.sorted.length;
                }

                @Override
                public Entry<String, String> next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    int place = keys.sorted[next];
                    String value = values[place];
                    next = behind(next + 1);
                    return Map.entry(keys.names[place], value == null ? "" : value);
                }
            };
        }
    }
}
