package dev.backline.io;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the function names that are similar to an unknown name: first those that differ only in case or in a compiler's
 * suffix, then by edit distance. Not thread-safe.
 */
@Internal
public final class Suggestions {
    /** Longer names are not compared, because the work for each symbol is the product of both lengths. */
    private static final int MAX_LENGTH = 200;

    /** Longer names are skipped: the kernel truncates names to this length. */
    public static final int MAX_BYTES = 512;

    private final String wanted;
    private final String stem;
    private final int limit;
    private final int bound;
    private final List<String> names = new ArrayList<>();
    private final List<Integer> distances = new ArrayList<>();

    /** Three rows of the table of edit distances between prefixes. */
    private int[] beforeLast = new int[MAX_LENGTH + 1];

    private int[] last = new int[MAX_LENGTH + 1];
    private int[] row = new int[MAX_LENGTH + 1];

    /**
     * An empty list of suggestions for one name.
     *
     * @param wanted the unknown name
     * @param limit the largest number of suggestions
     */
    public Suggestions(String wanted, int limit) {
        this.wanted = wanted;
        this.stem = stem(wanted);
        this.limit = wanted.isEmpty() ? 0 : limit;
        // A third of a short name is any other short name.
        this.bound = Math.min(8, wanted.length() / 4);
    }

    /** The name without the compiler's suffix (.isra.0, .cold, .part.1, .constprop.0). */
    private static String stem(String name) {
        int dot = name.indexOf('.', 1);
        return dot < 0 ? name : name.substring(0, dot);
    }

    /**
     * Compares a function's name with the unknown name.
     *
     * @param name a name of at most {@link #MAX_BYTES} bytes
     */
    public void consider(String name) {
        if (limit <= 0) {
            return;
        }
        int distance = distance(name, full() ? distances.get(limit - 1) - 1 : bound);
        if (distance >= 0) {
            insert(name, distance);
        }
    }

    /** {@return the most similar names so far, the likeliest first} */
    public List<String> names() {
        return List.copyOf(names);
    }

    private boolean full() {
        return names.size() == limit;
    }

    private void insert(String name, int distance) {
        if (name.equals(wanted) || names.contains(name)) {
            return;
        }
        int at = names.size();
        while (at > 0 && distances.get(at - 1) > distance) {
            at--;
        }
        names.add(at, name);
        distances.add(at, distance);
        if (names.size() > limit) {
            names.remove(limit);
            distances.remove(limit);
        }
    }

    /** The edit distance; 0 for names with the same stem or in another case, -1 above the bound. */
    private int distance(String name, int bound) {
        if (bound < 0 || name.isEmpty()) {
            return -1;
        }
        if (name.startsWith(stem) && (name.length() == stem.length() || name.charAt(stem.length()) == '.')) {
            return 0;
        }
        if (name.equalsIgnoreCase(wanted)) {
            return 0;
        }
        int m = wanted.length();
        int n = name.length();
        if (m > MAX_LENGTH || n > MAX_LENGTH || Math.abs(m - n) > bound) {
            return -1;
        }
        for (int j = 0; j <= n; j++) {
            last[j] = j;
        }
        for (int i = 1; i <= m; i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= n; j++) {
                boolean same = wanted.charAt(i - 1) == name.charAt(j - 1);
                int d = Math.min(last[j - 1] + (same ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
                if (i > 1
                        && j > 1
                        && wanted.charAt(i - 1) == name.charAt(j - 2)
                        && wanted.charAt(i - 2) == name.charAt(j - 1)) {
                    d = Math.min(d, beforeLast[j - 2] + 1);
                }
                row[j] = d;
                least = Math.min(least, d);
            }
            if (least > bound) {
                return -1;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[n] <= bound ? last[n] : -1;
    }
}
