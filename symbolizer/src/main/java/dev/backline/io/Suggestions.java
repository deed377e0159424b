package dev.backline.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** The number of classes of ASCII characters; upper and lower case of a letter are in one class. */
    private static final int CLASSES = 0x80;

    private final String wanted;
    private final String stem;
    private final int limit;

    /** The largest distance of a name that would be suggested; -1 if no name would be. */
    private int bound;

    private final List<String> names = new ArrayList<>();
    private final List<Integer> distances = new ArrayList<>();

    /** Three rows of the table of edit distances between prefixes. */
    private int[] beforeLast = new int[MAX_LENGTH + 2];

    private int[] last = new int[MAX_LENGTH + 2];
    private int[] row = new int[MAX_LENGTH + 2];

    /** The number of characters of the unknown name by class; null if the name is not ASCII. */
    private final int @Nullable [] counts;

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
        this.bound = this.limit <= 0 ? -1 : Math.min(8, wanted.length() / 4);
        this.counts = counts(wanted);
    }

    private static int @Nullable [] counts(String name) {
        int[] counts = new int[CLASSES];
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= CLASSES) {
                return null;
            }
            counts[name.charAt(i) | 0x20]++;
        }
        return counts;
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
        int distance = distance(name);
        if (distance >= 0) {
            insert(name, distance);
        }
    }

    /**
     * Compares a name in a string table with the unknown name; skips a name longer than {@link #MAX_BYTES}. Decodes a
     * name only if its characters do not exclude that it is similar: few of a kernel's names pass.
     *
     * @param table NUL-terminated names in UTF-8
     * @param start of the name
     */
    public void consider(byte[] table, int start) {
        if (bound < 0 || !maySuggest(table, start)) {
            return;
        }
        int last = (int) Math.min(table.length, (long) start + MAX_BYTES + 1);
        int end = start;
        while (end < last && table[end] != 0) {
            end++;
        }
        if (end - start <= MAX_BYTES) {
            consider(new String(table, start, end - start, UTF_8));
        }
    }

    /**
     * Compares some names of a string table. A loop over all names calls it for a few at a time: the JVM compiles a
     * method that is called often sooner than a long loop.
     *
     * @param table NUL-terminated names in UTF-8
     * @param starts of the names
     * @param from the index of the first start
     * @param to the index after the last start
     */
    public void consider(byte[] table, int[] starts, int from, int to) {
        for (int i = from; i < to; i++) {
            consider(table, starts[i]);
        }
    }

    /**
     * Whether a name can be suggested. Each edit adds at most one character that the other name lacks, and a change of
     * case adds none, so a name with more such characters than the bound is refused, often after a few bytes.
     */
    private boolean maySuggest(byte[] table, int start) {
        int[] free = counts;
        int bound = this.bound;
        if (free == null || startsWithStem(table, start)) {
            return true;
        }
        int longest = Math.min(MAX_BYTES, wanted.length() + bound);
        int last = (int) Math.min(table.length, (long) start + longest + 1);
        int end = start;
        while (end < last && table[end] > 0) {
            end++;
        }
        if (end < last && table[end] < 0) {
            // A byte outside ASCII: leave the name to the comparison of strings
            return true;
        }
        // Most names are too long or too short, which is cheaper to see than what they lack
        boolean isWhole = end < last || last == table.length;
        int missing = wanted.length() - (end - start);
        if (!isWhole || missing > bound) {
            return false;
        }
        int most = bound - Math.max(0, missing);
        int lacking = 0;
        int at = start;
        while (at < end && lacking <= most) {
            if (--free[table[at++] | 0x20] < 0) {
                lacking++;
            }
        }
        for (int i = start; i < at; i++) {
            free[table[i] | 0x20]++;
        }
        return lacking <= most;
    }

    private boolean startsWithStem(byte[] table, int start) {
        int length = stem.length();
        if (table.length - start < length || table[start] != stem.charAt(0)) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (table[start + i] != stem.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the most similar names so far, the likeliest first} */
    public List<String> names() {
        return List.copyOf(names);
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
        if (names.size() == limit) {
            bound = distances.get(limit - 1) - 1;
        }
    }

    /** The edit distance; 0 for names with the same stem or in another case, -1 above the bound. */
    private int distance(String name) {
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
            // Cells farther from the diagonal than the bound are above the bound
            int from = Math.max(1, i - bound);
            int to = Math.min(n, i + bound);
            row[from - 1] = from == 1 ? i : bound + 1;
            row[to + 1] = bound + 1;
            if (fill(i, from, to, name) > bound) {
                return -1;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[n] <= bound ? last[n] : -1;
    }

    /** Fills a part of a row; returns its least distance. */
    private int fill(int i, int from, int to, String name) {
        int[] twoAbove = beforeLast;
        int[] above = last;
        int[] here = row;
        char letter = wanted.charAt(i - 1);
        char before = i > 1 ? wanted.charAt(i - 2) : 0;
        int d = here[from - 1];
        int least = i;
        for (int j = from; j <= to; j++) {
            char other = name.charAt(j - 1);
            d = Math.min(above[j - 1] + (letter == other ? 0 : 1), 1 + Math.min(above[j], d));
            if (i > 1 && j > 1 && before == other && letter == name.charAt(j - 2)) {
                d = Math.min(d, twoAbove[j - 2] + 1);
            }
            here[j] = d;
            least = Math.min(least, d);
        }
        return least;
    }
}
