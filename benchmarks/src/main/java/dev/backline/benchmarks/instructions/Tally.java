package dev.backline.benchmarks.instructions;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Counts of one file, and examples of differences. */
final class Tally {
    /** What can differ. */
    enum Kind {
        LENGTH,
        OPERAND,
        TEXT,
        /** The tools differ from each other: not counted against backline. */
        TOOLS
    }

    static final String HEAD = "%-44s %12s %8s %8s %9s %9s %8s"
            .formatted("file", "instructions", "length", "operand", "text", "text =", "tools");

    private final int mostExamples;
    private long instructions;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Set<String> words = new HashSet<>();
    private final Map<Kind, List<String>> examples = new EnumMap<>(Kind.class);

    Tally(int mostExamples) {
        this.mostExamples = mostExamples;
    }

    void instruction() {
        instructions++;
    }

    /**
     * Counts a difference. {@return whether the caller must add an example} Each example has another mnemonic.
     *
     * @param text of the tool, which starts with the mnemonic
     */
    boolean differs(Kind kind, String text) {
        counts.merge(kind, 1L, Long::sum);
        int blank = text.indexOf(' ');
        String word = kind + " " + (blank < 0 ? text : text.substring(0, blank));
        return examples(kind).size() < mostExamples && words.add(word);
    }

    void example(Kind kind, String text) {
        examples.computeIfAbsent(kind, ignored -> new ArrayList<>()).add(text);
    }

    void add(Tally other) {
        instructions += other.instructions;
        other.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
    }

    long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    List<String> examples(Kind kind) {
        return examples.getOrDefault(kind, List.of());
    }

    double equalTexts() {
        return instructions == 0 ? 1 : 1 - ((double) count(Kind.TEXT) / instructions);
    }

    boolean passes() {
        return count(Kind.LENGTH) == 0 && count(Kind.OPERAND) == 0 && equalTexts() >= 0.999;
    }

    String row(String name) {
        String end = name.length() > 44 ? name.substring(name.length() - 44) : name;
        return String.format(
                Locale.ROOT,
                "%-44s %,12d %,8d %,8d %,9d %8.4f%% %,8d",
                end,
                instructions,
                count(Kind.LENGTH),
                count(Kind.OPERAND),
                count(Kind.TEXT),
                equalTexts() * 100,
                count(Kind.TOOLS));
    }
}
