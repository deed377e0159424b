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
 * The members of the JSON objects around a message that tell its host and its time: journald's, those of the Elastic Common
 * Schema, docker's, and of other log stores. Reads the excerpt of the message, tolerantly. Not thread-safe.
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
    private final int end;
    private final int message;

    /** Open objects and lists, the outermost first. */
    private final List<Scope> scopes = new ArrayList<>();

    /** What was found, the object around the message first. */
    private final List<Map<String, String>> found = new ArrayList<>();

    private int at;

    /** An object, or a list. */
    private static final class Scope {
        final boolean list;
        /** In the object around it; null in a list. */
        final @Nullable String name;

        final int start;
        final Map<String, String> members = new HashMap<>();

        @Nullable
        String key;

        Scope(boolean list, @Nullable String name, int start) {
            this.list = list;
            this.name = name;
            this.start = start;
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

    private JsonOrigin(byte[] bytes, int start, int end, int message) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
        this.message = message;
    }

    /** {@return the members around a line that is a message in JSON} */
    static JsonOrigin around(KernelLine line) {
        Excerpt excerpt = line.excerpt();
        JsonOrigin origin =
                new JsonOrigin(excerpt.bytes(), excerpt.start(), excerpt.end(), excerpt.start() + line.placeAfter(0));
        origin.read();
        return origin;
    }

    @Nullable
    String host() {
        for (Map<String, String> each : found) {
            for (String name : HOSTS) {
                String value = each.get(name);
                if (value != null && LineOrigin.isHost(value)) {
                    return value;
                }
            }
        }
        return null;
    }

    @Nullable
    String time() {
        for (Map<String, String> each : found) {
            for (String name : TIMES) {
                String value = each.get(name);
                String time = value == null ? null : LineOrigin.epoch(value);
                time = time == null && value != null ? LineOrigin.time(value) : time;
                if (time != null) {
                    return time;
                }
            }
        }
        return null;
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
                    if (scopes.isEmpty() && at > message) {
                        return;
                    }
                }
                case '"' -> value(string());
                case ',' -> {
                    key(null);
                    at++;
                }
                default -> {
                    if (c > ' ' && c != ':') {
                        value(word());
                    } else {
                        at++;
                    }
                }
            }
        }
        // The excerpt can end inside of an object.
        for (int i = scopes.size() - 1; i >= 0; i--) {
            close(scopes.get(i), end);
        }
    }

    private void open(boolean list) {
        Scope around = scopes.isEmpty() ? null : scopes.get(scopes.size() - 1);
        if (scopes.size() < MAX_DEPTH) {
            scopes.add(new Scope(list, around == null ? null : around.key, at));
        }
        key(null);
        at++;
    }

    private void close(Scope scope, int to) {
        if (scope.start <= message && message < to) {
            found.add(scope.members);
        } else if (!scopes.isEmpty() && scope.name != null) {
            // {"host": {"name": "a"}} has the member host.name.
            Map<String, String> around = scopes.get(scopes.size() - 1).members;
            scope.members.forEach((name, value) -> around.putIfAbsent(scope.name + "." + name, value));
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

    private String string() {
        int from = ++at;
        while (at < end && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        int to = Math.min(at, end);
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
