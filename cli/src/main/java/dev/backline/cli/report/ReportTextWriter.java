package dev.backline.cli.report;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.diagnose.CallStep;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Cause;
import dev.backline.diagnose.DiagnosedEvent;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Finding;
import dev.backline.diagnose.Grouping;
import dev.backline.diagnose.Remedy;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the report for a person: a summary, then each finding with its groups' stacks, their evidence and the remedies. */
final class ReportTextWriter implements ReportWriter {
    private static final int PEERS = 8;
    private static final int GROUPS = 100;
    private static final int WIDTH = 100;

    private final boolean color;
    private final Output out;
    private long events;

    ReportTextWriter(boolean color, Output out) {
        this.color = color;
        this.out = out;
    }

    @Override
    public void event(DiagnosedEvent event) {
        events++;
    }

    @Override
    public void finish(CaptureAnalysis analysis) throws IOException {
        List<Grouping.Group> all = analysis.groups();
        out.print(Count.of(events, "event") + " of " + Count.of(all.size(), "kind"));
        KernelBuild kernel = analysis.kernel();
        String release = kernel == null ? null : kernel.identity().release();
        out.print(release == null ? "\n" : ", kernel " + Printable.of(release) + "\n");
        List<Finding> findings = Finding.of(all);
        if (findings.size() > 1) {
            for (Finding finding : findings) {
                Cause cause = finding.diagnosis().cause();
                String confidence = finding.diagnosis().confidence().id();
                out.print(String.format(
                        "  %-8s  %s × %s: %s%n",
                        confidence,
                        finding.count(),
                        cause.id(),
                        finding.diagnosis().title()));
            }
        }
        int left = GROUPS;
        for (Finding finding : findings) {
            if (left > 0) {
                out.newLine();
                left -= finding(finding, left);
            }
        }
        if (all.size() > GROUPS) {
            out.newLine().print(all.size() - GROUPS + " smaller groups are left out; --format json has them all\n");
        }
        List<String> notes = analysis.notes();
        if (!notes.isEmpty()) {
            out.newLine();
            heading("Notes");
            for (String note : notes) {
                item("", note);
            }
        }
    }

    private static String title(Finding finding) {
        Diagnosis diagnosis = finding.diagnosis();
        return finding.count() + " × " + diagnosis.cause().id() + " ("
                + diagnosis.confidence().id() + "): " + diagnosis.title();
    }

    /**
     * Writes a finding: what its groups share once, and each group's stack and evidence.
     *
     * @param most the most groups to write
     * @return how many were written
     */
    private int finding(Finding finding, int most) throws IOException {
        heading(title(finding));
        time(finding.from(), finding.to());
        if (finding.peers().size() > 1) {
            List<String> peers = List.copyOf(finding.peers());
            out.print("  peers: " + String.join(", ", peers.subList(0, Math.min(PEERS, peers.size())))
                    + (peers.size() > PEERS ? " and " + (peers.size() - PEERS) + " more" : ""));
            out.newLine();
        }
        List<Grouping.Group> groups = finding.groups();
        int written = Math.min(most, groups.size());
        for (Grouping.Group group : groups.subList(0, written)) {
            if (groups.size() > 1) {
                out.print("  " + Count.of(group.count(), "event") + " on this path:\n");
            }
            group(group);
        }
        Diagnosis diagnosis = finding.diagnosis();
        if (!diagnosis.candidates().isEmpty()) {
            list(
                    "It may also be",
                    diagnosis.candidates().stream()
                            .filter(other -> other != diagnosis.cause())
                            .map(other -> other.id() + ": " + other.title())
                            .toList());
        }
        list("To settle it", diagnosis.settling().stream().map(Remedy::toString).toList());
        list("What helps", diagnosis.remedies().stream().map(Remedy::toString).toList());
        return written;
    }

    private void time(@Nullable Instant from, @Nullable Instant to) throws IOException {
        if (from != null && to != null) {
            out.print("  " + from.truncatedTo(ChronoUnit.MILLIS)
                    + (to.equals(from) ? "" : " to " + to.truncatedTo(ChronoUnit.MILLIS)));
            out.newLine();
        }
    }

    private void group(Grouping.Group group) throws IOException {
        ProbeEvent first = group.first();
        Endpoint source = first.source();
        if (source != null) {
            out.print("  first: " + source + " → " + first.destination()
                    + (first.comm() == null ? "" : ", in " + Printable.of(first.comm())));
            out.newLine();
        }
        for (CallStep step : group.steps()) {
            out.print("    " + Printable.of(step.place())
                    + (step.source() == null ? "" : "  " + Printable.of(step.source())));
            out.newLine();
        }
        list("Because", group.diagnosis().evidence());
    }

    private void list(String title, List<String> items) throws IOException {
        if (items.isEmpty()) {
            return;
        }
        out.print("  " + title + ":\n");
        for (String each : items) {
            item("  ", each);
        }
    }

    /** A paragraph after a dash, wrapped between words to the width of a terminal. */
    private void item(String indent, String text) throws IOException {
        StringBuilder line = new StringBuilder(indent).append("- ");
        boolean empty = true;
        for (String word : Printable.of(text).split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                out.print(line.toString()).newLine();
                line = new StringBuilder(indent).append("  ").append(word);
            } else {
                line.append(empty ? "" : " ").append(word);
            }
            empty = false;
        }
        out.print(line.toString()).newLine();
    }

    private void heading(String text) throws IOException {
        out.print(color ? "\u001b[1m" + Printable.of(text) + "\u001b[0m\n" : Printable.of(text) + "\n");
    }
}
