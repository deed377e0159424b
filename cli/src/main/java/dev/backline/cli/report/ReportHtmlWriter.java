package dev.backline.cli.report;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.BuildInfo;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Wording;
import dev.backline.cli.html.CallTree;
import dev.backline.cli.html.Html;
import dev.backline.cli.html.HtmlCallTree;
import dev.backline.cli.html.HtmlKinds;
import dev.backline.cli.html.HtmlPeers;
import dev.backline.cli.html.HtmlStack;
import dev.backline.cli.html.HtmlTimeLine;
import dev.backline.cli.html.PeerCounts;
import dev.backline.cli.html.TimeLine;
import dev.backline.cli.html.TimeText;
import dev.backline.cli.symbolize.PrintOptions;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Finding;
import dev.backline.diagnose.Grouping;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report as one HTML file that loads nothing and runs nothing. Keeps only what it shows of the events: counts, and
 * a few events of each group. Not thread-safe.
 */
final class ReportHtmlWriter implements ReportWriter {
    /** How many groups' stacks are kept with their resolved frames. */
    private static final int MAX_STACKS = 1000;

    /** How many events of a group are kept after the first one. */
    private static final int MORE = 3;

    private static final int MAX_MORE = 1500;

    /** How many groups of a finding are shown. */
    private static final int MAX_KINDS = 25;

    /** At this length no further group is started: with the last one the file stays below 5 MB. */
    private static final long LONG_ENOUGH = 4_000_000;

    private static final int MAX_NOTES = 200;

    private final PrintOptions options;
    private final Wording wording;
    private final Output out;
    private final TimeLine timeLine = new TimeLine();
    private final PeerCounts peers = new PeerCounts();
    private final Map<Integer, HtmlKinds.Examples> examples = new HashMap<>();
    private long events;
    private int more;

    ReportHtmlWriter(PrintOptions options, Wording wording, Output out) {
        this.options = options;
        this.wording = wording;
        this.out = out;
    }

    @Override
    public void event(DiagnosedEvent diagnosed) {
        ProbeEvent event = diagnosed.event();
        events += event.count();
        Diagnosis diagnosis = diagnosed.diagnosis();
        Integer group = diagnosed.group();
        Instant time = event.time();
        if (time != null) {
            timeLine.add(diagnosis.label(), time, event.count());
        }
        Endpoint peer = event.peer();
        if (peer != null) {
            peers.add(peer.address(), diagnosis.label(), time, event.count());
        }
        if (group == null) {
            return;
        }
        HtmlKinds.Examples kept = examples.get(group);
        if (kept == null) {
            if (examples.size() < MAX_STACKS) {
                examples.put(group, new HtmlKinds.Examples(byLine(event, diagnosed.frames()), new ArrayList<>(MORE)));
            }
        } else if (kept.more().size() < MORE && more < MAX_MORE) {
            more++;
            // The stack is that of the group's first event.
            kept.more().add(new HtmlKinds.Example(event.withStack(List.of()), diagnosis));
        }
    }

    private static Map<Long, LogFrame> byLine(ProbeEvent event, List<LogFrame> stack) {
        Map<Long, LogFrame> frames = new HashMap<>(stack.size() * 2);
        for (int i = 0; i < stack.size(); i++) {
            frames.put(event.stack().get(i).line(), stack.get(i));
        }
        return frames;
    }

    @Override
    public void finish(CaptureAnalysis analysis) throws IOException {
        List<Grouping.Group> all = analysis.groups();
        List<Finding> findings = Finding.of(all);
        TimeText time = timeLine.isEmpty() ? TimeText.DATED : new TimeText(timeLine.from(), timeLine.to());
        Html html = Html.begin(out, wording.say("Why RSTs were sent"), "report.css", wording);
        HtmlStack stacks = new HtmlStack(html, options);
        HtmlKinds kinds = new HtmlKinds(html, stacks, analysis, time, examples);

        html.open("a", "skip")
                .attribute("href", "#content")
                .text(wording.say("Skip to the findings"))
                .close()
                .newLine();
        head(html, analysis.kernel(), all.size(), findings.size());
        html.open("main").attribute("id", "content");
        if (!findings.isEmpty()) {
            kinds.conclusion(findings.get(0), events, findings.size() == 1);
        }
        section(html, "findings", "What was found");
        html.open("ol", "findings");
        for (Finding finding : findings) {
            kinds.summary(finding);
        }
        html.close();
        if (findings.isEmpty()) {
            html.element("p", wording.say("No event was found."));
        }
        html.close();

        if (!timeLine.isEmpty()) {
            section(html, "time", "When");
            HtmlTimeLine.write(html, timeLine, time);
            html.close();
        }
        section(html, "peers", "Peers");
        HtmlPeers.write(html, peers, time);
        html.close();
        section(html, "paths", "Call paths");
        CallTree tree = tree(all);
        if (tree.root().count() > 0) {
            HtmlCallTree.write(html, tree, shown(findings));
        } else {
            html.element("p", wording.say("No event has a stack."));
        }
        html.close();
        section(html, "causes", "Causes and evidence");
        long left = causes(html, kinds, findings);
        html.close();

        List<String> said = new ArrayList<>();
        for (String note : analysis.notes()) {
            said.add(wording.text(note));
        }
        if (left > 0) {
            said.add(wording.say("{} smaller kinds of events are left out here; the JSON has them all", left));
        }
        if (stacks.unreadable() > 0) {
            said.add(wording.say(
                    "{} places have no source below {}; --source needs the source tree of that kernel",
                    stacks.unreadable(),
                    String.valueOf(options.source())));
        }
        notes(html, said);
        html.close();
        html.open("footer")
                .element("p", wording.say("{}. This file loads nothing and runs no script.", BuildInfo.describe()[0]));
        html.end();
    }

    private void head(Html html, @Nullable KernelBuild kernel, int kinds, int findings) throws IOException {
        html.open("header").element("h1", wording.say("Why RSTs were sent"));
        html.open("p", "lead")
                .open("strong")
                .text(wording.count(events, "event"))
                .close();
        html.text(findings == 1 ? wording.say(", one cause") : wording.say(", {} causes", findings));
        html.text(kinds == findings ? "" : wording.say(", {} call paths", kinds));
        String release = kernel == null ? null : kernel.identity().release();
        if (release != null) {
            html.text("; ")
                    .text(wording.say("kernel"))
                    .text(" ")
                    .open("code")
                    .text(release)
                    .close();
        }
        if (!timeLine.isEmpty()) {
            html.text("; ");
            TimeText.DATED.write(html, timeLine.from(), timeLine.to());
            html.text(" UTC");
        }
        html.close();
        html.open("nav").attribute("aria-label", wording.say("Contents")).open("ul");
        link(html, "findings", "Found");
        if (!timeLine.isEmpty()) {
            link(html, "time", "When");
        }
        link(html, "peers", "Peers");
        link(html, "paths", "Call paths");
        link(html, "causes", "Causes");
        link(html, "notes", "Notes");
        html.close().close().close();
    }

    private void link(Html html, String id, String title) throws IOException {
        html.open("li")
                .open("a")
                .attribute("href", "#" + id)
                .text(wording.say(title))
                .close()
                .close();
    }

    private void section(Html html, String id, String title) throws IOException {
        html.open("section").attribute("id", id).attribute("aria-labelledby", id + "-title");
        html.open("h2").attribute("id", id + "-title").text(wording.say(title)).close();
    }

    /** Writes the causes with their largest groups; returns how many groups are left out. */
    private static long causes(Html html, HtmlKinds kinds, List<Finding> findings) throws IOException {
        long left = 0;
        boolean first = true;
        for (Finding finding : findings) {
            kinds.begin(finding);
            int written = 0;
            for (Grouping.Group kind : finding.groups()) {
                if (written == MAX_KINDS || html.written() > LONG_ENOUGH) {
                    break;
                }
                kinds.kind(kind, first || finding.groups().size() == 1);
                first = false;
                written++;
            }
            int missing = finding.groups().size() - written;
            if (missing > 0) {
                html.element(
                        "p",
                        "hint",
                        html.wording()
                                .say(
                                        missing == 1
                                                ? "{} smaller kind is left out."
                                                : "{} smaller kinds are left out.",
                                        missing));
                left += missing;
            }
            kinds.end();
        }
        return left;
    }

    private static Set<Integer> shown(List<Finding> findings) {
        Set<Integer> shown = new HashSet<>();
        for (Finding finding : findings) {
            for (Grouping.Group kind : finding.groups()
                    .subList(0, Math.min(MAX_KINDS, finding.groups().size()))) {
                shown.add(kind.number());
            }
        }
        return shown;
    }

    private static CallTree tree(List<Grouping.Group> groups) {
        CallTree tree = new CallTree();
        for (Grouping.Group group : groups) {
            if (!group.steps().isEmpty()) {
                tree.add(group);
            }
        }
        return tree;
    }

    private void notes(Html html, List<String> notes) throws IOException {
        section(html, "notes", "Notes");
        if (notes.isEmpty()) {
            html.element("p", wording.say("Nothing was left out, and all of the capture could be read."));
        } else {
            html.open("ul");
            for (String note : notes.subList(0, Math.min(MAX_NOTES, notes.size()))) {
                html.element("li", note);
            }
            if (notes.size() > MAX_NOTES) {
                html.element("li", wording.say("{} more notes", notes.size() - MAX_NOTES));
            }
            html.close();
        }
        html.close();
    }
}
