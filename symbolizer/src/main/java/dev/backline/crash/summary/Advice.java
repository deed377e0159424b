package dev.backline.crash.summary;

import dev.backline.crash.CrashReport;
import dev.backline.crash.StackGroup;
import dev.backline.io.Internal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Suggests what to do next, by the rules in {@code advice.txt}. Immutable, thread-safe. */
@Internal
public final class Advice {
    private static final int MAX_SENTENCES = 4;

    private final List<Rule> rules;

    /** A sentence and the terms that must all hold. */
    private record Rule(List<String> terms, String sentence) {}

    private Advice(List<Rule> rules) {
        this.rules = rules;
    }

    /** Loads the rules once. */
    private static final class Holder {
        static final Advice ADVICE = load();

        private Holder() {}
    }

    /** {@return the rules} */
    public static Advice get() {
        return Holder.ADVICE;
    }

    private static Advice load() {
        List<Rule> rules = new ArrayList<>();
        try (InputStream in = Advice.class.getResourceAsStream("advice.txt")) {
            if (in == null) {
                throw new IllegalStateException("advice.txt is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("version ")) {
                    rules.add(rule(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Advice(List.copyOf(rules));
    }

    private static Rule rule(String line) {
        List<String> terms = new ArrayList<>();
        int at = 0;
        while (true) {
            int end = line.indexOf(' ', at);
            String term = line.substring(at, end);
            if (term.indexOf('=') < 0 && term.indexOf('>') < 0) {
                return new Rule(List.copyOf(terms), line.substring(at));
            }
            terms.add(term);
            at = end;
            while (line.charAt(at) == ' ') {
                at++;
            }
        }
    }

    /**
     * {@return sentences, the most useful first}
     *
     * @param report the report
     * @param kind of the explanation
     */
    public List<String> of(CrashReport report, String kind) {
        List<String> found = new ArrayList<>();
        for (Rule rule : rules) {
            boolean holds = found.size() < MAX_SENTENCES;
            for (String term : rule.terms()) {
                holds = holds && holds(term, report, kind);
            }
            if (holds) {
                found.add(rule.sentence());
            }
        }
        return found;
    }

    private static boolean holds(String term, CrashReport report, String kind) {
        String taint = report.taint();
        if (term.startsWith("kind=")) {
            return term.substring(5).equals(kind);
        }
        if (term.startsWith("taint=")) {
            return taint != null && taint.contains(term.substring(6));
        }
        return switch (term) {
            case "number>1" -> report.number() > 1;
            case "number=1" -> report.number() == 1;
            case "freed=unknown" -> report.stacks().stream().noneMatch(each -> each.role() == StackGroup.Role.FREED);
            default -> false;
        };
    }
}
