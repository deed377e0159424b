package dev.backline.intake;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of the JSON objects, and the pairs of logfmt, in an excerpt that tell hosts and times: journald's, those of the
 * Elastic Common Schema, docker's, and of other log stores. Reads the excerpt once, tolerantly, for all messages in it. Not
 * thread-safe.
 */
final class JsonOrigin {
    /** Names of members, in lower case; the first one that has a value counts. */
    private static final List<String> HOSTS = List.of(
            "_hostname",
            "host.hostname",
            "host.name",
            "hostname",
            "host",
            "syslog.hostname",
            "kubernetes.host",
            "node",
            "nodename");

    private static final List<String> TIMES = List.of(
            "_source_realtime_timestamp",
            "__realtime_timestamp",
            "@timestamp",
            "timestamp",
            "_time",
            "time",
            "ts",
            "datetime",
            "date");

    /** The last words of these names. */
    private static final Set<String> WORDS = words();

    private static final int MAX_DEPTH = 32;

    /** The longest name or value that is kept. */
    private static final int MAX_TEXT = 256;

    private final byte[] bytes;
    private final int start;
    private final int end;

    /** Open objects and lists, the outermost first. */
    private final List<Scope> scopes = new ArrayList<>();

    /** The objects that have such members, in the order of their ends. */
    private final List<Scope> found = new ArrayList<>();

    /** The pairs of a line of logfmt, which are around the whole excerpt. */
    private final Scope pairs = new Scope(false, null, 0, null);

    private int at;

    /** An object, or a list. */
    private static final class Scope {
        final boolean list;
        /** In the object around it; null in a list. */
        final @Nullable String name;

        final int start;
        /** The object or list that this one is in. */
        final @Nullable Scope around;

        int end;
        final Map<String, String> members = new HashMap<>();

        @Nullable
        String key;

        Scope(boolean list, @Nullable String name, int start, @Nullable Scope around) {
            this.list = list;
            this.name = name;
            this.start = start;
            this.around = around;
        }

        boolean isAround(int place) {
            return start <= place && place < end;
        }
    }

    private static Set<String> words() {
        Set<String> words = new HashSet<>();
        for (List<String> names : List.of(HOSTS, TIMES)) {
            for (String each : names) {
                words.add(each.substring(each.lastIndexOf('.') + 1));
            }
        }
        return words;
    }

    private JsonOrigin(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.at = start;
    }

    /** {@return the members of the objects in an excerpt} */
    static JsonOrigin of(Excerpt excerpt) {
        JsonOrigin origin = new JsonOrigin(excerpt.bytes(), excerpt.start(), excerpt.end());
        origin.read();
        return origin;
    }

    /**
     * {@return the host that the objects around a place name, the innermost first; null if none does}
     *
     * @param place the offset in the excerpt
     */
    @Nullable
    String host(int place) {
        for (Scope each = around(place); each != null; each = each.around) {
            for (String name : HOSTS) {
                String value = each.isAround(place) ? each.members.get(name) : null;
                if (value != null && LineOrigin.isHost(value)) {
                    return value;
                }
            }
        }
        return null;
    }

    /**
     * {@return the time that the objects around a place name, the innermost first; null if none does}
     *
     * @param place the offset in the excerpt
     */
    @Nullable
    String time(int place) {
        for (Scope each = around(place); each != null; each = each.around) {
            for (String name : TIMES) {
                String value = each.isAround(place) ? each.members.get(name) : null;
                String time = value == null ? null : LineOrigin.epoch(value);
                time = time == null && value != null ? LineOrigin.time(value) : time;
                if (time != null) {
                    return time;
                }
            }
        }
        return null;
    }

    /** The first object that ends after a place: it is around the place, or an object that it is in is. */
    private @Nullable Scope around(int place) {
        int low = 0;
        int high = found.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (found.get(middle).end > place) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low < found.size() ? found.get(low) : null;
    }

    private void read() {
        while (at < end) {
            byte c = bytes[at];
            switch (c) {
                case '{', '[' -> open(c == '[');
                case '}', ']' -> {
                    if (!scopes.isEmpty()) {
                        close(scopes.remove(scopes.size() - 1), at);
                    }
                    at++;
                }
                case '"' -> value(string());
                case ',' -> {
                    key(null);
                    at++;
                }
                default -> {
                    int reach = Math.min(end, at + MAX_TEXT);
                    int equals = scopes.isEmpty() ? Logfmt.nameEnd(bytes, at, reach) : at;
                    if (equals > at && equals < reach && bytes[equals] == '=') {
                        pair(equals);
                    } else if (c > ' ' && c != ':') {
                        value(word());
                    } else {
                        at++;
                    }
                }
            }
        }
        // The excerpt can end inside of an object.
        while (!scopes.isEmpty()) {
            close(scopes.remove(scopes.size() - 1), end);
        }
        close(pairs, end);
    }

    private void open(boolean list) {
        Scope around = scopes.isEmpty() ? pairs : scopes.get(scopes.size() - 1);
        if (scopes.size() < MAX_DEPTH) {
            scopes.add(new Scope(list, around.key, at - start, around));
        }
        key(null);
        at++;
    }

    private void close(Scope scope, int to) {
        scope.end = to - start;
        if (!scope.members.isEmpty()) {
            found.add(scope);
        }
        Scope around = scope.around;
        if (around != null && scope.name != null) {
            // {"host": {"name": "a"}} has the member host.name.
            scope.members.forEach((name, value) -> around.members.putIfAbsent(scope.name + "." + name, value));
        }
    }

    private void key(@Nullable String name) {
        if (!scopes.isEmpty()) {
            scopes.get(scopes.size() - 1).key = name;
        }
    }

    /** Takes a string or a number: the name of a member, or its value. */
    private void value(String text) {
        if (scopes.isEmpty() || scopes.get(scopes.size() - 1).list) {
            return;
        }
        Scope scope = scopes.get(scopes.size() - 1);
        String key = scope.key;
        if (key == null) {
            scope.key = text.toLowerCase(Locale.ROOT);
            return;
        }
        scope.key = null;
        if (WORDS.contains(key)) {
            scope.members.putIfAbsent(key, text);
        }
    }

    /** Takes a pair of logfmt: {@code time=2026-11-22T08:38:06Z host="a"}. */
    private void pair(int equals) {
        String name = text(at, equals).toLowerCase(Locale.ROOT);
        at = equals + 1;
        String value;
        if (at < end && bytes[at] == '"') {
            value = string();
        } else {
            int from = at;
            while (at < end && bytes[at] > ' ') {
                at++;
            }
            value = text(from, at);
        }
        if (WORDS.contains(name)) {
            pairs.members.putIfAbsent(name, value);
        }
    }

    private String string() {
        int from = at + 1;
        int to = Json.stringEnd(bytes, from, end);
        at = to + 1;
        return text(from, to);
    }

    private String word() {
        int from = at;
        while (at < end && bytes[at] > ' ' && ",:{}[]\"".indexOf(bytes[at]) < 0) {
            at++;
        }
        at = Math.max(at, from + 1);
        return text(from, Math.min(at, end));
    }

    private String text(int from, int to) {
        return new String(bytes, from, Math.min(to - from, MAX_TEXT), StandardCharsets.UTF_8);
    }
}
