package dev.backline.diagnose;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table of {@code rules.txt}. Immutable. */
final class Rules {
    /**
     * The rows for some functions.
     *
     * @param when the conditions of the section, apart from the function
     */
    record Section(Condition function, List<Condition> when, Cause otherwise, List<Row> rows) {
        /** Whether any condition depends on the stack. */
        boolean asksForCallers() {
            return when.stream().anyMatch(Condition::asksForCallers)
                    || rows.stream().anyMatch(row -> row.conditions.stream().anyMatch(Condition::asksForCallers));
        }
    }

    record Row(Cause cause, Confidence confidence, List<Condition> conditions) {}

    private final List<Section> sections;

    private Rules(List<Section> sections) {
        this.sections = List.copyOf(sections);
    }

    /** The table that is packaged with this class. */
    static Rules own() {
        try (InputStream in = Rules.class.getResourceAsStream("rules.txt")) {
            if (in == null) {
                throw new IllegalStateException("rules.txt is missing beside " + Rules.class.getName());
            }
            return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Rules read(BufferedReader lines) throws IOException {
        List<Section> sections = new ArrayList<>();
        Map<String, Cause> causes = new HashMap<>();
        for (Cause cause : Cause.values()) {
            causes.put(cause.id(), cause);
        }
        List<Row> rows = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String text = line.strip();
            if (text.startsWith("[")) {
                rows = new ArrayList<>();
                int close = text.indexOf(']');
                sections.add(new Section(
                        new Condition(
                                "function",
                                Condition.Operator.IS,
                                List.of(text.substring(1, close).split(" ", -1))),
                        Condition.all(text.substring(close + 1)),
                        Cause.UNKNOWN,
                        rows));
            } else if (!text.isEmpty() && !text.startsWith("#")) {
                String[] words = text.split(" +", 3);
                Cause cause = causes.get(words[0].equals("otherwise") ? words[1] : words[0]);
                if (cause == null) {
                    throw new IllegalArgumentException("no cause: " + text);
                }
                if (words[0].equals("otherwise")) {
                    Section last = sections.remove(sections.size() - 1);
                    sections.add(new Section(last.function(), last.when(), cause, rows));
                } else {
                    Confidence confidence = Confidence.valueOf(words[1].toUpperCase(Locale.ROOT));
                    rows.add(new Row(cause, confidence, Condition.all(words.length < 3 ? "" : words[2])));
                }
            }
        }
        return new Rules(sections);
    }

    /** The section for a function whose conditions all hold; of several the one with the most conditions. Null when none fits. */
    @Nullable
    Section section(String function, Facts facts) {
        Section found = null;
        for (Section section : sections) {
            if (section.function().matches(function)
                    && all(section.when(), facts) == Condition.Truth.HOLDS
                    && (found == null || section.when().size() > found.when().size())) {
                found = section;
            }
        }
        return found;
    }

    /** Fails when one condition fails; open when none fails and one is open. */
    static Condition.Truth all(List<Condition> conditions, Facts facts) {
        Condition.Truth truth = Condition.Truth.HOLDS;
        for (Condition condition : conditions) {
            Condition.Truth one = condition.test(facts);
            if (one == Condition.Truth.FAILS) {
                return one;
            }
            truth = one == Condition.Truth.OPEN ? one : truth;
        }
        return truth;
    }
}
