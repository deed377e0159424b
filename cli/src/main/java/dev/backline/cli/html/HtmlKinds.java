package dev.backline.cli.html;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Wording;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Confidence;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Finding;
import dev.backline.diagnose.Grouping;
import dev.backline.diagnose.Remedy;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the causes, each with its groups of events. Not thread-safe. */
public final class HtmlKinds {
    private static final int PEERS = 12;
    private static final int NAMESPACES = 4;
    private static final int MAX_FIELDS = 50;

    /**
     * The events of a group that were kept.
     *
     * @param frames the frames of the first event, by line number; null when they were not kept
     * @param more events after the first one, without their stacks
     */
    public record Examples(@Nullable Map<Long, LogFrame> frames, List<Example> more) {}

    /** An event with its cause. */
    public record Example(ProbeEvent event, Diagnosis diagnosis) {}

    private final Html html;
    private final HtmlStack stacks;
    private final CaptureAnalysis analysis;
    private final TimeText time;
    private final Map<Integer, Examples> examples;
    private int exchanges;

    public HtmlKinds(
            Html html, HtmlStack stacks, CaptureAnalysis analysis, TimeText time, Map<Integer, Examples> examples) {
        this.html = html;
        this.stacks = stacks;
        this.analysis = analysis;
        this.time = time;
        this.examples = examples;
    }

    private Wording wording() {
        return html.wording();
    }

    private static String id(Finding finding) {
        return "cause-" + finding.id();
    }

    /** Writes the summary of a finding. */
    public void summary(Finding finding) throws IOException {
        Diagnosis diagnosis = finding.diagnosis();
        html.open("li").open("span", "count").text(Long.toString(finding.count()));
        html.element("span", "aloud", " " + wording().say(finding.count() == 1 ? "event" : "events") + ": ")
                .close();
        html.open("div").open("a", "title").attribute("href", "#" + id(finding));
        html.text(sentence(wording().text(diagnosis.title()))).close();
        facts(finding);
        html.close().close();
    }

    private void facts(Finding finding) throws IOException {
        html.open("p", "facts");
        confidence(finding.diagnosis());
        html.text(" ").open("code").text(finding.diagnosis().label()).close();
        when(finding.from(), finding.to());
        List<String> peers = List.copyOf(finding.peers());
        if (!peers.isEmpty()) {
            html.text(" ").open("span", "peers-of").text(wording().say(peers.size() == 1 ? "peer" : "peers") + " ");
            String some = String.join(", ", peers.subList(0, Math.min(PEERS, peers.size())));
            int more = peers.size() - PEERS;
            html.text(more > 0 ? wording().say("{} and {} more", some, more) : some)
                    .close();
        }
        List<String> namespaces = List.copyOf(finding.namespaces());
        if (!namespaces.isEmpty()) {
            html.text(" ").open("span", "namespaces");
            html.text(wording().say(namespaces.size() == 1 ? "network namespace" : "network namespaces") + " ");
            String some = String.join(", ", namespaces.subList(0, Math.min(NAMESPACES, namespaces.size())));
            int more = namespaces.size() - NAMESPACES;
            html.text(more > 0 ? wording().say("{} and {} more", some, more) : some)
                    .close();
        }
        html.close();
    }

    private void when(@Nullable Instant from, @Nullable Instant to) throws IOException {
        if (from != null && to != null) {
            html.text(" ").open("span", "when");
            time.write(html, from, to);
            html.close();
        }
    }

    private void confidence(Diagnosis diagnosis) throws IOException {
        String id = diagnosis.confidence().id();
        html.element("span", "confidence " + id, wording().say(id));
    }

    /** Writes the answer: what happened, how often, when and with whom, and what to type. */
    public void conclusion(Finding finding, long events, boolean only) throws IOException {
        Diagnosis diagnosis = finding.diagnosis();
        html.open("section", "answer").attribute("id", "answer").attribute("aria-labelledby", "answer-title");
        html.open("h2")
                .attribute("id", "answer-title")
                .text(wording().say(only ? "Cause" : "Main cause"))
                .close();
        html.open("p", "title").open("a").attribute("href", "#" + id(finding));
        html.text(sentence(wording().text(diagnosis.title()))).close();
        html.text(" ").open("span", "count");
        html.text(
                finding.count() == events
                        ? wording().count(events, "event")
                        : wording().say("{} of {} events", finding.count(), events));
        html.close().close();
        facts(finding);
        if (diagnosis.confidence() == Confidence.POSSIBLE) {
            remedies("h3", "To settle it", finding.settling(), "settling");
        }
        remedies("h3", "What helps", finding.remedies(), "remedies");
        html.close();
    }

    private void remedies(String heading, String title, List<Remedy> remedies, String styleClass) throws IOException {
        if (remedies.isEmpty()) {
            return;
        }
        html.open("div", styleClass).element(heading, wording().say(title)).open("ul");
        for (Remedy remedy : remedies) {
            html.open("li");
            // One click selects all of a command; no script is needed to copy it.
            for (String command : remedy.commands()) {
                html.open("pre", "command")
                        .attribute("tabindex", "0")
                        .text(command)
                        .close()
                        .newLine();
            }
            html.text(wording().text(remedy.text())).close();
        }
        html.close().close();
    }

    /** Begins the section of a finding with what all of its groups share. */
    public void begin(Finding finding) throws IOException {
        Diagnosis diagnosis = finding.diagnosis();
        html.open("section", "finding").attribute("id", id(finding));
        html.attribute("aria-labelledby", id(finding) + "-title");
        html.open("h3").attribute("id", id(finding) + "-title");
        html.element("span", "count", finding.count() + " ×").text(" ");
        html.text(sentence(wording().text(diagnosis.title()))).close();
        facts(finding);
        html.open("div", "advice");
        remedies("h4", "What helps", finding.remedies(), "remedies");
        remedies("h4", "To settle it", finding.settling(), "settling");
        List<String> candidates = new ArrayList<>();
        for (Cause candidate : diagnosis.candidates()) {
            if (candidate != diagnosis.cause()) {
                candidates.add(candidate.id() + ": " + wording().text(candidate.title()));
            }
        }
        list("h4", "It may also be", candidates, "candidates");
        html.close();
    }

    /**
     * Writes a group.
     *
     * @param open whether its details are shown at first
     */
    public void kind(Grouping.Group kind, boolean open) throws IOException {
        html.open("details", "kind");
        if (open) {
            html.attribute("open", "");
        }
        html.open("summary")
                .open("span", "count")
                .text(wording().count(kind.count(), "event"))
                .close()
                .text(" ");
        html.open("code").text(CallTree.path(kind)).close();
        when(kind.from(), kind.to());
        html.close();
        html.open("h4").attribute("id", "kind-" + kind.number());
        html.text(wording()
                .say("Kind {}, first seen at {}", kind.number() + 1, wording().text(place(kind.first()))));
        word("network namespace", kind.namespace());
        word("state", kind.state());
        word("reason", kind.reason());
        html.close();
        Examples kept = examples.get(kind.number());
        html.open("div", "event");
        event(kind.first(), kind.diagnosis());
        html.close();
        html.element("h5", wording().say("Call path"));
        stacks.write(kind.steps(), kept == null ? null : kept.frames());
        if (kept != null && !kept.more().isEmpty()) {
            html.element("h5", wording().say("More events of this kind"));
            for (Example example : kept.more()) {
                html.open("details", "more").open("summary");
                headline(example.event());
                html.close().open("div", "event");
                event(example.event(), example.diagnosis());
                html.close().close();
            }
            long left = kind.count() - 1 - kept.more().size();
            if (left > 0) {
                html.element(
                        "p",
                        "hint",
                        wording().say(left == 1 ? "{} more is not shown." : "{} more are not shown.", left));
            }
        }
        html.close();
    }

    private void word(String name, @Nullable String value) throws IOException {
        if (value != null) {
            html.text("; " + wording().say(name) + " " + value);
        }
    }

    /** Ends a finding's section. */
    public void end() throws IOException {
        html.close();
    }

    private void event(ProbeEvent event, Diagnosis diagnosis) throws IOException {
        html.open("div", "because");
        list("h5", "Because", diagnosis.evidence(), "evidence");
        fields(event);
        html.close();
        HtmlExchange.write(html, analysis.exchange(event, diagnosis), "exchange-" + ++exchanges);
    }

    private void headline(ProbeEvent event) throws IOException {
        Instant when = event.time();
        if (when != null) {
            time.write(html, when);
            html.text(" ");
        }
        html.open("code");
        Endpoint source = event.source();
        Endpoint destination = event.destination();
        if (source != null && destination != null) {
            html.text(source + " → " + destination);
        } else {
            html.text(place(event));
        }
        html.close();
    }

    private void fields(ProbeEvent event) throws IOException {
        Map<String, String> fields = new TreeMap<>(event.fields());
        fields.values().removeIf(value -> value.equals("-") || value.isEmpty());
        String comm = event.comm();
        html.open("details", "fields").element("summary", wording().say("As it was captured"));
        html.open("dl");
        field("where", place(event));
        field("probe", event.probe());
        if (comm != null) {
            field("comm", comm);
        }
        if (event.source() != null) {
            field("source", event.source().toString());
        }
        if (event.destination() != null) {
            field("destination", event.destination().toString());
        }
        int left = MAX_FIELDS;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (left-- > 0) {
                field(field.getKey(), field.getValue());
            }
        }
        html.close().close();
    }

    private void field(String name, String value) throws IOException {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    private void list(String heading, String title, List<String> items, String styleClass) throws IOException {
        if (items.isEmpty()) {
            return;
        }
        html.open("div", styleClass).element(heading, wording().say(title)).open("ul");
        for (String item : items) {
            html.element("li", wording().text(item));
        }
        html.close().close();
    }

    private static String place(ProbeEvent event) {
        return event.file() + " line " + event.line();
    }

    /** Makes a sentence of a clause. */
    private static String sentence(String clause) {
        return Character.toUpperCase(clause.charAt(0)) + clause.substring(1);
    }
}
