package dev.backline.cli;

import dev.backline.capture.CaptureListener;
import dev.backline.capture.CaptureReader;
import dev.backline.capture.ConntrackEvents;
import dev.backline.capture.KernelLog;
import dev.backline.capture.PacketTraces;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.RunNotes;
import dev.backline.diagnose.Diagnoser;
import dev.backline.diagnose.Diagnosis;
import dev.backline.diagnose.Grouping;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backline report}: why the RSTs of a capture were sent. */
final class Report implements Command {
    @Override
    public CommandSpec spec() {
        return Specs.report();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException, UsageException {
        ReportOptions options = ReportOptions.parse(arguments);
        if (options == null) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        Path file = options.output();
        if (file == null) {
            report(options, console, console.out());
            return ExitStatus.DONE;
        }
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Output output = new Output(out);
            report(options, console, output);
            output.flush();
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " is there already, and nothing is overwritten; remove it or name another", e);
        }
        return ExitStatus.DONE;
    }

    private static void report(ReportOptions options, Console console, Output out) throws IOException {
        KernelLog log = new KernelLog();
        for (Path path : options.kernelLogs()) {
            try (InputStream in = Files.newInputStream(path)) {
                log.read(path.toString(), in);
            }
        }
        ConntrackEvents conntrack = new ConntrackEvents();
        for (Path path : options.conntrack()) {
            try (InputStream in = Files.newInputStream(path)) {
                conntrack.read(path.toString(), in);
            }
        }
        PacketTraces packets = new PacketTraces();
        for (ReportOptions.PacketSource source : options.packets()) {
            try (InputStream in = Files.newInputStream(source.file())) {
                packets.read(source.name(), source.file().toString(), in);
            }
        }
        SymbolizeOptions symbolize = options.symbolize().ofRelease(log.release());
        try (LogSymbolizer symbolizer = new LogSymbolizer(symbolize, false, console, null)) {
            Diagnoser diagnoser = new Diagnoser(log, conntrack, packets);
            ReportWriter writer = switch (options.format()) {
                case JSON -> new ReportJsonWriter(options.symbolize(), out);
                case HTML -> new ReportHtmlWriter(options.symbolize(), diagnoser, out);
                case TEXT ->
                    new ReportTextWriter(options.symbolize().color().applies(console) && options.output() == null, out);
            };
            Reading reading = new Reading(symbolizer, diagnoser, writer);
            CaptureReader reader = new CaptureReader(reading);
            reading.reader = reader;
            try {
                for (String capture : options.captures()) {
                    read(reader, capture, console);
                }
                reader.finish();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            List<String> notes = new ArrayList<>(reading.notes());
            notes.addAll(symbolizer.doubts());
            notes.addAll(log.notes());
            notes.addAll(conntrack.notes());
            notes.addAll(packets.notes());
            writer.finish(symbolizer.build(), reading.groups, notes);
        }
    }

    private static void read(CaptureReader reader, String capture, Console console) throws IOException {
        if (capture.equals("-")) {
            reader.read("standard input", console.in());
            return;
        }
        Path path = Path.of(capture);
        if (Files.isDirectory(path)) {
            throw new IOException(capture + " is a folder, not a capture");
        }
        try (InputStream in = Files.newInputStream(path)) {
            reader.read(capture, in);
        }
    }

    /** Resolves and diagnoses each event as it comes. */
    private static final class Reading implements CaptureListener {
        /** So many of the lines that could not be read are shown. */
        private static final int SHOWN = 5;

        private final ResolvedStacks stacks;
        private final Diagnoser diagnoser;
        private final ReportWriter writer;
        private final Grouping groups = new Grouping();
        private final Complaints complaints = new Complaints();
        private final RunNotes runs = new RunNotes();
        private final List<String> unread = new ArrayList<>();
        private long unreadLines;
        private long lost;
        private long events;
        private @Nullable CaptureReader reader;

        Reading(LogSymbolizer symbolizer, Diagnoser diagnoser, ReportWriter writer) {
            this.stacks = new ResolvedStacks(symbolizer);
            this.diagnoser = diagnoser;
            this.writer = writer;
        }

        @Override
        public void event(ProbeEvent event) {
            events++;
            runs.event(event);
            try {
                ResolvedStacks.Stack stack =
                        stacks.of(event, Objects.requireNonNull(reader).kernelFacts());
                for (LogFrame missing : stack.missing()) {
                    complaints.note(missing);
                }
                Diagnosis diagnosis = diagnoser.diagnose(event, stack.path());
                writer.event(event, stack.frames(), diagnosis, groups.add(event, stack.path(), diagnosis));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void unread(String file, long line, String text, String why) {
            unreadLines++;
            if (unread.size() < SHOWN) {
                unread.add(file + " line " + line + ": " + why + ": " + text);
            }
        }

        @Override
        public void lost(String file, long line, long count, String text) {
            lost += count;
        }

        /** What a person should know of how whole the report is, a sentence each. */
        List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (events == 0) {
                notes.add("no event was found: is this the output of a RST probe? backline generate writes one");
            }
            if (lost > 0) {
                notes.add(lost + " events were lost before they were written: the tools say so");
            }
            if (unreadLines > 0) {
                notes.add(unreadLines + (unreadLines == 1 ? " line was" : " lines were") + " no part of an event");
                notes.addAll(unread);
            }
            if (groups.left() > 0) {
                notes.add(groups.left() + " events are in no group: their stacks differ in too many ways");
            }
            notes.addAll(runs.notes());
            notes.addAll(complaints.sentences());
            return notes;
        }
    }
}
