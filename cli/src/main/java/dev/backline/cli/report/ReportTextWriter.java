package dev.backline.cli.report;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.cli.console.Wording;
import dev.backline.cli.html.CallTree;
import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.Confidence;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Finding;
import dev.backline.diagnose.Grouping;
import dev.backline.diagnose.Remedy;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report for a person: the conclusion, the causes, then each finding with its groups' stacks and evidence. Unless all
 * is asked for, it is as long as a few screens, and says what it leaves out.
 */
final class ReportTextWriter implements ReportWriter {
    /** The most lines of a report that is not to have all, about three screens. */
    private static final int LINES = 120;

    private static final int WIDTH = 100;
    private static final int PEERS = 8;
    private static final int NAMESPACES = 4;

    /** What a report of few lines has of each kind of thing. */
    private static final int FEW_CAUSES = 40;

    private static final int FEW_GROUPS = 5;
    private static final int FEW_FRAMES = 8;
    private static final int FEW_SENTENCES = 8;
    private static final int FEW_NOTES = 8;

    /** How many groups a report with all has: a hostile capture has any number. */
    private static final int GROUPS = 10_000;

    private final boolean color;
    private final boolean all;
    private final Wording wording;
    private final Output out;
    private long events;

    ReportTextWriter(boolean color, boolean all, Wording wording, Output out) {
        this.color = color;
        this.all = all;
        this.wording = wording;
        this.out = out;
    }

    @Override
    public void event(DiagnosedEvent event) {
        events += event.event().count();
    }

    /** Lines of the report, which are written or left out together. */
    private final class Block {
        private final List<String> lines = new ArrayList<>();

        void line(String text) {
            lines.add(Printable.of(text));
        }

        void heading(String text) {
            lines.add(color ? "\u001b[1m" + Printable.of(text) + "\u001b[0m" : Printable.of(text));
        }

        /** A paragraph, wrapped between words, or between Chinese characters, to the width of a terminal. */
        void paragraph(String first, String indent, String text) {
            StringBuilder line = new StringBuilder(first);
            int width = width(first);
            boolean empty = true;
            String shown = Printable.of(text);
            for (int at = 0; at < shown.length(); ) {
                int end = wordEnd(shown, at);
                String word = shown.substring(at, end);
                int needs = width(word.stripTrailing());
                if (!empty && width + needs > WIDTH) {
                    lines.add(line.toString().stripTrailing());
                    line = new StringBuilder(indent);
                    width = width(indent);
                }
                line.append(word);
                width += width(word);
                empty = false;
                at = end;
            }
            lines.add(line.toString().stripTrailing());
        }

        /** Commands to copy, each on a line of its own, then what they do. */
        void remedy(String indent, Remedy remedy) {
            if (remedy.commands().isEmpty()) {
                paragraph(indent + "- ", indent + "  ", wording.text(remedy.text()));
                return;
            }
            for (String command : remedy.commands()) {
                line(indent + command);
            }
            paragraph(indent + "    ", indent + "    ", wording.text(remedy.text()));
        }

        void remedies(String title, List<Remedy> remedies) {
            if (!remedies.isEmpty()) {
                line("  " + wording.say(title) + ":");
                for (Remedy remedy : remedies) {
                    remedy("    ", remedy);
                }
            }
        }

        void write() throws IOException {
            for (String line : lines) {
                out.print(line).newLine();
            }
        }
    }

    /** The end of a word with the blanks behind it, or of a Chinese character with the punctuation behind it. */
    private static int wordEnd(String text, int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (at == text.length()) {
                break;
            }
            char next = text.charAt(at);
            boolean afterBlank = c == ' ' && next != ' ';
            boolean betweenWide = (isWide(c) || isWide(next)) && next != ' ' && !isPunctuation(next);
            if (afterBlank || betweenWide) {
                break;
            }
        }
        return at;
    }

    private static boolean isWide(char c) {
        return c >= 0x2e80;
    }

    private static boolean isPunctuation(char c) {
        return "，。；：、）”？！,.;:)".indexOf(c) >= 0;
    }

    private static int width(String text) {
        return text.length() + (int) text.chars().filter(c -> isWide((char) c)).count();
    }

    /** A finding below the list of causes. The lines of a group are those of its brief form, or of its whole one. */
    private record Section(Block heading, List<Block> brief, List<Block> whole, Block advice) {
        Section {
            brief = List.copyOf(brief);
            whole = List.copyOf(whole);
        }
    }

    @Override
    public void finish(CaptureAnalysis analysis) throws IOException {
        List<Grouping.Group> groups = analysis.groups();
        List<Finding> findings = Finding.of(groups);
        Block head = head(analysis.kernel(), groups.size());
        head.write();
        int left = LINES - head.lines.size();
        if (!findings.isEmpty()) {
            Block conclusion = conclusion(findings.get(0), findings.size());
            conclusion.write();
            left -= conclusion.lines.size();
        }
        if (findings.size() > 1) {
            Block causes = causes(findings);
            causes.write();
            left -= causes.lines.size();
        }
        Block notes = notes(analysis.notes());
        if (all) {
            everything(findings);
        } else {
            // One empty line and one that says what is left out.
            fit(findings, left - notes.lines.size() - 2);
        }
        notes.write();
    }

    private Block head(@Nullable KernelBuild kernel, int groups) {
        Block block = new Block();
        String release = kernel == null ? null : kernel.identity().release();
        String what = wording.say("{} of {}", wording.count(events, "event"), wording.count(groups, "kind"));
        block.line(release == null ? what : wording.say("{}, kernel {}", what, release));
        return block;
    }

    /** The answer: what happened, how often, when and with whom, and what to type. */
    private Block conclusion(Finding finding, int causes) {
        Block block = new Block();
        Diagnosis diagnosis = finding.diagnosis();
        String first = wording.say(causes == 1 ? "Cause" : "Main cause") + ": ";
        block.line("");
        int line = block.lines.size();
        block.paragraph(first, "  ", wording.text(diagnosis.title()));
        if (color) {
            block.lines.set(line, "\u001b[1m" + block.lines.get(line) + "\u001b[0m");
        }
        String count = finding.count() == events
                ? wording.count(events, "event")
                : wording.say("{} of {} events", finding.count(), events);
        String id = wording.say("{} ({})", diagnosis.label(), confidence(diagnosis));
        String time = time(finding.from(), finding.to());
        block.line("  " + id + ": " + count + (time.isEmpty() ? "" : ", " + time));
        who(finding, block);
        candidates(diagnosis, block, false);
        // Whichever has something to type comes first; of an open cause, what settles it.
        List<Remedy> settling = finding.settling();
        boolean open = diagnosis.confidence() == Confidence.POSSIBLE;
        boolean settlesFirst = hasCommands(settling) && (open || !hasCommands(finding.remedies()));
        if (settlesFirst) {
            block.remedies("To settle it", settling);
        }
        block.remedies("What helps", finding.remedies());
        if (!settlesFirst) {
            block.remedies("To settle it", settling);
        }
        return block;
    }

    private static boolean hasCommands(List<Remedy> remedies) {
        return remedies.stream().anyMatch(remedy -> !remedy.commands().isEmpty());
    }

    private String confidence(Diagnosis diagnosis) {
        return wording.say(diagnosis.confidence().id());
    }

    /** The peers and the network namespaces of a finding. */
    private void who(Finding finding, Block block) {
        list("peers", List.copyOf(finding.peers()), PEERS, block);
        list(
                finding.namespaces().size() == 1 ? "network namespace" : "network namespaces",
                List.copyOf(finding.namespaces()),
                NAMESPACES,
                block);
    }

    private void list(String title, List<String> items, int most, Block block) {
        if (!items.isEmpty()) {
            String shown = String.join(", ", items.subList(0, Math.min(most, items.size())));
            block.line("  " + wording.say(title) + ": "
                    + (items.size() > most ? wording.say("{} and {} more", shown, items.size() - most) : shown));
        }
    }

    private void candidates(Diagnosis diagnosis, Block block, boolean titles) {
        List<Cause> others = diagnosis.candidates().stream()
                .filter(other -> other != diagnosis.cause())
                .toList();
        if (others.isEmpty()) {
            return;
        }
        if (titles) {
            block.line("  " + wording.say("It may also be") + ":");
            for (Cause other : others) {
                block.paragraph("    - ", "      ", other.id() + ": " + wording.text(other.title()));
            }
        } else {
            String ids = String.join(", ", others.stream().map(Cause::id).toList());
            block.paragraph("  " + wording.say("It may also be") + ": ", "    ", ids);
        }
    }

    private Block causes(List<Finding> findings) {
        Block block = new Block();
        block.line("");
        block.heading(wording.say("Causes"));
        int most = all ? findings.size() : FEW_CAUSES;
        for (Finding finding : findings.subList(0, Math.min(most, findings.size()))) {
            String confidence = confidence(finding.diagnosis());
            block.line("  " + confidence + " ".repeat(Math.max(0, 8 - width(confidence))) + "  " + title(finding, ""));
        }
        if (findings.size() > most) {
            block.line("  " + wording.say("{} more", findings.size() - most));
        }
        return block;
    }

    private String title(Finding finding, String confidence) {
        Diagnosis diagnosis = finding.diagnosis();
        String title = wording.text(diagnosis.title());
        String label = diagnosis.label();
        String named = title.startsWith(label + ": ") ? title : label + confidence + ": " + title;
        return finding.count() + " × " + named;
    }

    private String heading(Finding finding) {
        return title(finding, " (" + confidence(finding.diagnosis()) + ")");
    }

    private void everything(List<Finding> findings) throws IOException {
        int left = GROUPS;
        int missing = 0;
        for (Finding finding : findings) {
            int written = Math.min(left, finding.groups().size());
            if (written > 0) {
                Section section = section(finding, written, finding != findings.get(0));
                section.heading.write();
                for (Block group : section.whole) {
                    group.write();
                }
                section.advice.write();
            }
            left -= written;
            missing += finding.groups().size() - written;
        }
        if (missing > 0) {
            out.newLine().print(wording.say("{} smaller groups are left out; --format json has them all", missing));
            out.newLine();
        }
    }

    /**
     * Writes as much of the findings as there is room for: of each the largest group in brief, then the advice, then the stacks
     * and evidence, of the first findings first.
     */
    private void fit(List<Finding> findings, int room) throws IOException {
        List<Section> sections = new ArrayList<>();
        long groups = 0;
        for (Finding finding : findings) {
            groups += finding.groups().size();
            if (sections.size() < FEW_CAUSES) {
                boolean first = sections.isEmpty();
                sections.add(
                        section(finding, Math.min(FEW_GROUPS, finding.groups().size()), !first));
            }
        }
        Fitted fitted = new Fitted(sections, room);
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            if (!fitted.begin(i)) {
                break;
            }
            if (i == 0) {
                fitted.whole(i, 0);
            }
            if (section.advice.lines.isEmpty()) {
                fitted.advice(i);
            }
        }
        fitted.addMore();
        fitted.write();
        long missing = groups - fitted.wholes();
        if (missing > 0) {
            out.newLine();
            out.print(wording.say(
                            fitted.isShort()
                                    ? "This is a part of the report: --all prints every kind of event with its stack,"
                                            + " evidence and advice"
                                    : "--all prints whole stacks and everything else"))
                    .newLine();
        }
    }

    /** What of the sections is written. */
    private static final class Fitted {
        private static final int NONE = 0;
        private static final int BRIEF = 1;
        private static final int WHOLE = 2;

        private final List<Section> sections;
        private final List<int[]> forms = new ArrayList<>();
        private final boolean[] advised;
        private int begun;
        private int room;
        private boolean isShort;

        Fitted(List<Section> sections, int room) {
            this.sections = List.copyOf(sections);
            advised = new boolean[sections.size()];
            this.room = room;
        }

        private boolean takes(int lines) {
            if (lines > room) {
                isShort = true;
                return false;
            }
            room -= lines;
            return true;
        }

        boolean begin(int section) {
            Section its = sections.get(section);
            if (!takes(its.heading.lines.size() + its.brief.get(0).lines.size())) {
                return false;
            }
            int[] groups = new int[its.brief.size()];
            groups[0] = BRIEF;
            forms.add(groups);
            begun++;
            return true;
        }

        void whole(int section, int group) {
            Section its = sections.get(section);
            int[] groups = forms.get(section);
            int has = groups[group] == NONE ? 0 : its.brief.get(group).lines.size();
            if (groups[group] != WHOLE && takes(its.whole.get(group).lines.size() - has)) {
                groups[group] = WHOLE;
            }
        }

        void advice(int section) {
            if (!advised[section] && takes(sections.get(section).advice.lines.size())) {
                advised[section] = true;
            }
        }

        void addMore() {
            for (int i = 0; i < begun; i++) {
                advice(i);
            }
            for (int i = 0; i < begun; i++) {
                whole(i, 0);
            }
            for (int i = 0; i < begun; i++) {
                int[] groups = forms.get(i);
                for (int g = 1; g < groups.length; g++) {
                    if (takes(sections.get(i).brief.get(g).lines.size())) {
                        groups[g] = BRIEF;
                    }
                }
            }
            for (int i = 0; i < begun; i++) {
                for (int g = 1; g < forms.get(i).length; g++) {
                    if (forms.get(i)[g] == BRIEF) {
                        whole(i, g);
                    }
                }
            }
        }

        void write() throws IOException {
            for (int i = 0; i < begun; i++) {
                Section section = sections.get(i);
                section.heading.write();
                for (int g = 0; g < forms.get(i).length; g++) {
                    if (forms.get(i)[g] == WHOLE) {
                        section.whole.get(g).write();
                    } else if (forms.get(i)[g] == BRIEF) {
                        section.brief.get(g).write();
                    }
                }
                if (advised[i]) {
                    section.advice.write();
                }
            }
        }

        boolean isShort() {
            return isShort;
        }

        int wholes() {
            int count = 0;
            for (int[] groups : forms) {
                for (int form : groups) {
                    count += form == WHOLE ? 1 : 0;
                }
            }
            return count;
        }
    }

    /** @param advises whether the advice is written here, not above */
    private Section section(Finding finding, int groups, boolean advises) {
        Block heading = new Block();
        heading.line("");
        heading.heading(heading(finding));
        Block more = new Block();
        if (advises) {
            String time = time(finding.from(), finding.to());
            if (!time.isEmpty()) {
                more.line("  " + time);
            }
            who(finding, more);
        }
        List<Block> brief = new ArrayList<>();
        List<Block> whole = new ArrayList<>();
        for (Grouping.Group group : finding.groups().subList(0, groups)) {
            brief.add(brief(group));
            whole.add(whole(group, finding.groups().size() > 1));
        }
        if (all) {
            heading.lines.addAll(more.lines);
        }
        Block advice = new Block();
        candidates(finding.diagnosis(), advice, true);
        if (advises) {
            advice.remedies("To settle it", finding.settling());
            advice.remedies("What helps", finding.remedies());
        }
        return new Section(heading, brief, whole, advice);
    }

    private static String time(@Nullable Instant from, @Nullable Instant to) {
        if (from == null || to == null) {
            return "";
        }
        return from.truncatedTo(ChronoUnit.MILLIS) + (to.equals(from) ? "" : " – " + to.truncatedTo(ChronoUnit.MILLIS));
    }

    private Block brief(Grouping.Group group) {
        Block block = new Block();
        block.line("  " + wording.count(group.count(), "event") + ": " + CallTree.path(group));
        String facts = facts(group);
        if (!facts.isEmpty()) {
            block.line("    " + facts);
        }
        return block;
    }

    /** What is known of a group's first event, and the namespace that its events share. */
    private String facts(Grouping.Group group) {
        List<String> facts = new ArrayList<>();
        ProbeEvent first = group.first();
        Endpoint source = first.source();
        if (source != null) {
            String ends = wording.say("first") + ": " + source + " → " + first.destination();
            facts.add(first.comm() == null ? ends : wording.say("{}, in {}", ends, first.comm()));
        }
        String namespace = group.namespace();
        if (namespace != null) {
            facts.add(wording.say("network namespace") + " " + namespace);
        }
        if (group.state() != null) {
            facts.add(wording.say("state") + " " + group.state());
        }
        if (group.reason() != null) {
            facts.add(wording.say("reason") + " " + group.reason());
        }
        return String.join("; ", facts);
    }

    private Block whole(Grouping.Group group, boolean several) {
        Block block = new Block();
        if (several) {
            block.line("  " + wording.say("{} on this path", wording.count(group.count(), "event")) + ":");
        }
        String facts = facts(group);
        if (!facts.isEmpty()) {
            block.line("  " + facts);
        }
        List<CallStep> steps = group.steps();
        int frames = all || steps.size() <= FEW_FRAMES + 1 ? steps.size() : FEW_FRAMES;
        for (CallStep step : steps.subList(0, frames)) {
            block.line("    " + step.place() + (step.source() == null ? "" : "  " + step.source()));
        }
        if (frames < steps.size()) {
            block.line("    … " + wording.say("{} more", steps.size() - frames));
        }
        List<String> evidence = group.diagnosis().evidence();
        if (!evidence.isEmpty()) {
            block.line("  " + wording.say("Because") + ":");
            int sentences = all || evidence.size() <= FEW_SENTENCES + 1 ? evidence.size() : FEW_SENTENCES;
            for (String sentence : evidence.subList(0, sentences)) {
                block.paragraph("  - ", "    ", wording.text(sentence));
            }
            if (sentences < evidence.size()) {
                block.line("  … " + wording.say("{} more", evidence.size() - sentences));
            }
        }
        return block;
    }

    private Block notes(List<String> notes) {
        Block block = new Block();
        if (!notes.isEmpty()) {
            block.line("");
            block.heading(wording.say("Notes"));
            int most = all || notes.size() <= FEW_NOTES + 1 ? notes.size() : FEW_NOTES;
            for (String note : notes.subList(0, most)) {
                block.paragraph("- ", "  ", wording.text(note));
            }
            if (most < notes.size()) {
                block.line("… " + wording.say("{} more", notes.size() - most));
            }
        }
        return block;
    }
}
