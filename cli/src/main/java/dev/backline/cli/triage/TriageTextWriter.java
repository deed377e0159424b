package dev.backline.cli.triage;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.crash.triage.TriageGroup;
import dev.backline.io.Audience;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes groups as text: a few lines for each, heaviest first, and a summary. */
final class TriageTextWriter {
    private static final int FEW = 4;

    private final Output out;
    private final Audience audience;
    private final boolean color;
    private final int top;
    private final NextCommand next;

    TriageTextWriter(TriageOptions options, Console console, Audience audience, Output out) {
        this.out = out;
        this.audience = audience;
        color = options.color().applies(console) && options.output() == null;
        top = options.top();
        next = new NextCommand(options.kernel());
    }

    void write(List<TriageGroup> groups, Fleet.Counts counts) throws IOException {
        int shown = Math.min(top, groups.size());
        int width = 1;
        int plus = 0;
        for (TriageGroup group : groups.subList(0, shown)) {
            width = Math.max(width, Long.toString(group.weight()).length());
            plus = Math.max(plus, followUps(group).length());
        }
        for (TriageGroup group : groups.subList(0, shown)) {
            group(group, width, plus);
        }
        if (groups.isEmpty()) {
            return;
        }
        if (shown < groups.size()) {
            line(Count.of(groups.size() - shown, "more group")
                    + audience.choose("; --top N prints more, --format json all", "; the JSON answers have all"));
        }
        line(Sentences.found(counts, groups.size()));
        for (String sentence : Sentences.caveats(counts)) {
            line(sentence);
        }
        explain(groups.subList(0, shown));
    }

    /** Prints one command for all groups: with its options, it can be longer than all that is printed of a group. */
    private void explain(List<TriageGroup> groups) throws IOException {
        if (audience == Audience.SERVICE) {
            line("Explain an example: POST its log to /v1/explain");
            return;
        }
        for (TriageGroup group : groups) {
            String command = next.of(group.example().input());
            if (command != null) {
                line("Explain an example: " + command);
                return;
            }
        }
    }

    private static String followUps(TriageGroup group) {
        return group.followUps() == 0 ? "" : " +" + group.followUps();
    }

    private void group(TriageGroup group, int width, int plus) throws IOException {
        String indent = " ".repeat(width + plus + 2);
        out.print(pad(Long.toString(group.weight()), width))
                .print(pad(followUps(group), plus))
                .print("  ");
        out.print(color ? "\u001b[1m" : "").print(Printable.of(group.title())).print(color ? "\u001b[m" : "");
        out.newLine();
        fact(indent, "where", where(group));
        fact(indent, "kernels", kernels(group.kernels()));
        fact(indent, "hosts", hosts(group));
        fact(indent, "time", time(group));
        fact(indent, "example", group.example().input() + ":" + group.example().line());
        fact(
                indent,
                "group",
                group.id()
                        + (group.variants().size() > 1 ? ", " + group.variants().size() + " variants" : ""));
        out.newLine();
    }

    private static String pad(String number, int width) {
        return " ".repeat(width - number.length()) + number;
    }

    private void fact(String indent, String name, @Nullable String text) throws IOException {
        if (text != null) {
            out.print(indent)
                    .print(name)
                    .print(" ".repeat(9 - name.length()))
                    .print(Printable.of(text))
                    .newLine();
        }
    }

    private void line(String text) throws IOException {
        out.print(Printable.of(text)).newLine();
    }

    private static @Nullable String where(TriageGroup group) {
        return group.culprit() != null
                ? group.culprit()
                : group.printedOnly() ? "unknown: its debug file was not found" : null;
    }

    private static @Nullable String kernels(SortedMap<String, Long> counts) {
        if (counts.isEmpty()) {
            return null;
        }
        List<Map.Entry<String, Long>> most = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .toList();
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Long> each : most.subList(0, Math.min(FEW, most.size()))) {
            text.append(text.isEmpty() ? "" : ", ").append(each.getKey());
            text.append(most.size() > 1 ? " (" + each.getValue() + ")" : "");
        }
        return text.append(more(most.size())).toString();
    }

    private static @Nullable String hosts(TriageGroup group) {
        List<String> names = group.hosts();
        return names.isEmpty()
                ? null
                : (group.hostCount() > FEW ? group.hostCount() + ": " : "")
                        + String.join(", ", names.subList(0, Math.min(FEW, names.size())))
                        + more(group.hostCount());
    }

    private static String more(long all) {
        return all > FEW ? " and " + (all - FEW) + " more" : "";
    }

    private static @Nullable String time(TriageGroup group) {
        String first = group.first();
        String last = group.last();
        return first == null || last == null ? null : first.equals(last) ? first : first + " to " + last;
    }
}
