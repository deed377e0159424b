package dev.backline.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * A script with gaps: <code>{{name}}</code> stands for a value, and the lines between <code>{{if name}}</code>,
 * <code>{{else}}</code> and <code>{{end}}</code>, each on a line of its own, stand there or not as the value is empty or
 * not. Values are put in as they are and not read again: whoever makes them has to make them fit the place. Immutable,
 * thread-safe.
 */
final class Template {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String IF = "{{if ";

    private final String name;
    private final String text;

    private Template(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** {@return the template in this package's resource of that name} */
    static Template load(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + name + " is missing");
            }
            return new Template(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name, e);
        }
    }

    /** {@return a template of this text} */
    static Template of(String text) {
        return new Template("text", text);
    }

    /**
     * Fills the gaps.
     *
     * @param values one for each name in the template; empty is false to an if
     * @throws IllegalStateException when a name has no value, or an if no end
     */
    String render(Map<String, String> values) {
        StringBuilder out = new StringBuilder(text.length() * 2);
        Deque<Boolean> conditions = new ArrayDeque<>();
        int at = 0;
        while (at < text.length()) {
            int newLine = text.indexOf('\n', at);
            int end = newLine < 0 ? text.length() : newLine + 1;
            String line = text.substring(at, end);
            at = end;
            String directive = line.strip();
            if (directive.startsWith(IF) && directive.endsWith(CLOSE)) {
                String condition = directive.substring(IF.length(), directive.length() - CLOSE.length());
                conditions.push(!value(values, condition).isEmpty());
            } else if (directive.equals("{{else}}")) {
                conditions.push(!pop(conditions, directive));
            } else if (directive.equals("{{end}}")) {
                pop(conditions, directive);
            } else if (!conditions.contains(false)) {
                fill(line, values, out);
            }
        }
        if (!conditions.isEmpty()) {
            throw new IllegalStateException(name + ": an {{if}} has no {{end}}");
        }
        return out.toString();
    }

    private boolean pop(Deque<Boolean> conditions, String directive) {
        if (conditions.isEmpty()) {
            throw new IllegalStateException(name + ": " + directive + " without {{if}}");
        }
        return conditions.pop();
    }

    private void fill(String line, Map<String, String> values, StringBuilder out) {
        int at = 0;
        int open;
        while ((open = line.indexOf(OPEN, at)) >= 0) {
            int close = line.indexOf(CLOSE, open);
            if (close < 0) {
                throw new IllegalStateException(name + ": no }} behind {{ in: " + line.strip());
            }
            out.append(line, at, open).append(value(values, line.substring(open + OPEN.length(), close)));
            at = close + CLOSE.length();
        }
        out.append(line, at, line.length());
    }

    private String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalStateException(name + ": no value for " + key);
        }
        return value;
    }
}
