package dev.backline.cli.triage;

import dev.backline.cli.console.BuildInfo;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Wording;
import dev.backline.cli.explain.ExplainedReport;
import dev.backline.cli.html.Html;
import dev.backline.crash.triage.TriageGroup;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes groups as one HTML file that loads nothing and runs no script: all groups in a table by weight, then each one with its
 * hosts, kernels and members, the heaviest with their explained example.
 */
final class TriageHtmlWriter {
    /** Examples that are explained: more would be a long page that nobody reads. */
    static final int EXPLAINED = 10;

    private static final String TITLE = "Which bugs do these logs show?";

    /** At this length no further group is described: the file stays below 5 MB. */
    private static final long LONG_ENOUGH = 4_000_000;

    private static final int MANY = 100;

    private final TriageOptions options;
    private final Examples examples;
    private final NextCommand next;
    private final Html html;

    TriageHtmlWriter(TriageOptions options, Examples examples, Output out) throws IOException {
        this.options = options;
        this.examples = examples;
        next = new NextCommand(options.kernel());
        html = Html.begin(out, TITLE, "report.css", Wording.ENGLISH);
    }

    void write(List<TriageGroup> all, Fleet.Counts counts) throws IOException {
        List<TriageGroup> groups = all.subList(0, Math.min(options.top(), all.size()));
        Sparkline sparkline = Sparkline.of(groups);
        html.open("a", "skip")
                .attribute("href", "#content")
                .text("Skip to the groups")
                .close()
                .newLine();
        html.open("header").element("h1", TITLE);
        html.open("p", "lead").text(Sentences.found(counts, all.size()) + ".").close();
        for (String sentence : Sentences.caveats(counts)) {
            html.element("p", "hint", sentence + ".");
        }
        html.close();
        html.open("main").attribute("id", "content");
        if (groups.isEmpty()) {
            html.element("p", "No crash report was found.");
        } else {
            table(groups, sparkline);
            if (groups.size() < all.size()) {
                html.element(
                        "p",
                        "hint",
                        Count.of(all.size() - groups.size(), "more group")
                                + "; --top N shows more, --format json all.");
            }
        }
        int described = 0;
        for (TriageGroup group : groups) {
            if (html.written() > LONG_ENOUGH) {
                html.element(
                        "p",
                        "hint",
                        "This page leaves out the details of " + Count.of(groups.size() - described, "more group")
                                + "; --format json prints all.");
                break;
            }
            described++;
            group(group, described, sparkline);
        }
        html.close();
        html.open("footer").element("p", BuildInfo.describe()[0] + ". This file loads nothing and runs no script.");
        html.end();
    }

    private void table(List<TriageGroup> groups, @Nullable Sparkline sparkline) throws IOException {
        html.open("div", "wide").attribute("tabindex", "0").attribute("role", "region");
        html.attribute("aria-label", "Groups by weight").open("table", "groups");
        html.open("caption").text("Groups by weight");
        html.text(sparkline == null ? "" : "; the bars are " + sparkline.scale())
                .close();
        html.open("thead").open("tr");
        for (String head : List.of("Reports", "Bug", "Time", "Hosts", "Kernels", "Last")) {
            html.open("th").attribute("scope", "col").text(head).close();
        }
        html.close().close().open("tbody");
        int number = 0;
        for (TriageGroup group : groups) {
            number++;
            html.open("tr");
            html.open("td", "number").element("strong", Long.toString(group.weight()));
            html.text(followUps(group)).close();
            html.open("td").open("a").attribute("href", "#group-" + number);
            html.text(group.title()).close().close();
            html.open("td");
            if (sparkline != null) {
                sparkline.write(html, group);
            }
            html.close();
            html.element("td", "number", group.hostCount() == 0 ? "" : Long.toString(group.hostCount()));
            html.element(
                    "td",
                    "number",
                    group.kernels().isEmpty()
                            ? ""
                            : Integer.toString(group.kernels().size()));
            String last = group.last();
            html.element("td", "date", last == null ? "" : last.substring(0, Math.min(10, last.length())));
            html.close();
        }
        html.close().close().close();
    }

    private static String followUps(TriageGroup group) {
        return group.followUps() == 0 ? "" : " +" + group.followUps();
    }

    private void group(TriageGroup group, int number, @Nullable Sparkline sparkline) throws IOException {
        String id = "group-" + number;
        html.open("article", "crash").attribute("aria-labelledby", id);
        html.open("h2").attribute("id", id).text(group.title()).close();
        html.element("p", "hint", about(group));
        if (sparkline != null) {
            sparkline.write(html, group);
        }
        html.open("dl", "touched");
        fact("where", group.culprit(), group.printedOnly() ? "unknown: its debug file was not found" : "");
        fact("group", group.id(), group.variants().size() > 1 ? group.variants().size() + " variants" : "");
        fact("example", group.example().input() + ":" + group.example().line(), "");
        fact("next", next.of(group.example().input()), "");
        html.close();
        kernels(group);
        hosts(group);
        members(group);
        if (number <= EXPLAINED) {
            explained(group, number);
        }
        html.close();
    }

    private static String about(TriageGroup group) {
        StringBuilder text = new StringBuilder(Count.of(group.count(), "report"));
        if (group.followUps() > 0) {
            text.append(", ").append(group.followUps()).append(" of them after an earlier oops in the same boot");
        }
        String first = group.first();
        String last = group.last();
        if (first != null && last != null) {
            text.append(first.equals(last) ? ", " + first : ", from " + first + " to " + last);
        }
        return text.append(", ").append(group.severity()).append('.').toString();
    }

    private void fact(String name, @Nullable String value, String meaning) throws IOException {
        if (value == null && meaning.isEmpty()) {
            return;
        }
        html.open("div").element("dt", name).open("dd");
        if (value != null) {
            html.element("code", value).text(" ");
        }
        html.text(meaning).close().close();
    }

    private void kernels(TriageGroup group) throws IOException {
        if (group.kernels().isEmpty()) {
            return;
        }
        html.element("h3", "Kernels").open("ul");
        for (Map.Entry<String, Long> each : group.kernels().entrySet()) {
            html.open("li").element("code", each.getKey());
            html.text(": " + Count.of(each.getValue(), "report")).close();
        }
        html.close();
    }

    private void hosts(TriageGroup group) throws IOException {
        if (group.hosts().isEmpty()) {
            return;
        }
        html.element("h3", "Hosts");
        List<String> shown =
                group.hosts().subList(0, Math.min(MANY, group.hosts().size()));
        long more = group.hostCount() - shown.size();
        html.element("p", String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "") + ".");
    }

    private void members(TriageGroup group) throws IOException {
        List<TriageGroup.Member> shown =
                group.members().subList(0, Math.min(MANY, group.members().size()));
        html.open("details").element("summary", Count.of(group.count(), "report"));
        html.open("ul");
        for (TriageGroup.Member each : shown) {
            html.open("li").element("code", each.input() + ":" + each.line()).close();
        }
        html.close();
        if (group.count() > shown.size()) {
            html.element(
                    "p",
                    "hint",
                    group.count() - shown.size() + " more; --format json lists up to a thousand of a group.");
        }
        html.close();
    }

    private void explained(TriageGroup group, int number) throws IOException {
        ExplainedReport report = examples.of(group);
        if (report == null) {
            html.element(
                    "p",
                    "hint",
                    group.example().input().equals(TriageCommand.STANDARD_INPUT)
                            ? "The example is not explained: standard input can be read only once."
                            : "The example is not explained: its log could not be read again.");
            return;
        }
        html.open("details");
        if (number == 1) {
            html.attribute("open", "");
        }
        html.element("summary", "The example, explained");
        report.write(html, "example-" + number);
        html.close();
    }
}
