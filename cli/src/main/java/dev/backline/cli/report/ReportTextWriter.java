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
import dev.backline.diagnose.Grouping;
import dev.backline.kernel.KernelBuild;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Writes the report for a person: the groups, largest first, each with one stack, its evidence and its remedies. */
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
        for (Grouping.Group group : all.subList(0, Math.min(GROUPS, all.size()))) {
            out.newLine();
            group(group);
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

    private void group(Grouping.Group group) throws IOException {
        Diagnosis diagnosis = group.diagnosis();
        Cause cause = diagnosis.cause();
        heading(group.count() + " × " + cause.id() + " ("
                + diagnosis.confidence().id() + "): " + cause.title());
        ProbeEvent first = group.first();
        Instant from = group.from();
        Instant to = group.to();
        if (from != null && to != null) {
            out.print("  " + from.truncatedTo(ChronoUnit.MILLIS)
                    + (to.equals(from) ? "" : " to " + to.truncatedTo(ChronoUnit.MILLIS)));
            out.newLine();
        }
        Endpoint source = first.source();
        if (source != null) {
            out.print("  first: " + source + " → " + first.destination()
                    + (first.comm() == null ? "" : ", in " + Printable.of(first.comm())));
            out.newLine();
        }
        if (group.peers().size() > 1) {
            List<String> peers = List.copyOf(group.peers());
            out.print("  peers: " + String.join(", ", peers.subList(0, Math.min(PEERS, peers.size())))
                    + (peers.size() > PEERS ? " and " + (peers.size() - PEERS) + " more" : ""));
            out.newLine();
        }
        for (CallStep step : group.steps()) {
            out.print("    " + Printable.of(step.place())
                    + (step.source() == null ? "" : "  " + Printable.of(step.source())));
            out.newLine();
        }
        list("Because", diagnosis.evidence());
        if (!diagnosis.candidates().isEmpty()) {
            list(
                    "It may also be",
                    diagnosis.candidates().stream()
                            .filter(other -> other != cause)
                            .map(other -> other.id() + ": " + other.title())
                            .toList());
        }
        list("To settle it", diagnosis.settling());
        list("What helps", diagnosis.remedies());
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
