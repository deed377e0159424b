package dev.backline.cli.report;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.diagnose.Grouping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reports a capture while it grows ({@code --follow}): shows new events from time to time, and ends with the whole report. */
final class Following implements FollowedInput.Reader {
    /** After this long without a new line, the stack of the last event counts as complete. */
    private static final long QUIET_MILLIS = 1000;

    /** Shows events while the capture grows. */
    interface Display {
        /**
         * Shows what is new, unless it did a moment ago.
         *
         * @param waits whether everything that was written is read
         */
        void show(boolean waits) throws IOException;

        /** Shows the whole report. */
        void end() throws IOException;
    }

    private final CaptureAnalysis analysis;
    private final String name;
    private final Display display;
    private boolean quiet;

    private Following(CaptureAnalysis analysis, String name, Display display) {
        this.analysis = analysis;
        this.name = name;
        this.display = display;
    }

    /** Reads a capture until it ends or is interrupted. */
    static void read(
            String capture, CaptureAnalysis analysis, Display display, Interruption interruption, Console console)
            throws IOException {
        boolean isStandardInput = capture.equals("-");
        String name = isStandardInput ? Report.STANDARD_INPUT : capture;
        Following following = new Following(analysis, name, display);
        try (FollowedInput in = isStandardInput
                ? FollowedInput.of(console.in(), following, interruption)
                : FollowedInput.of(Path.of(capture), following, interruption)) {
            analysis.read(name, in);
        }
    }

    @Override
    public void waits(long quietMillis) throws IOException {
        boolean now = quietMillis >= QUIET_MILLIS;
        if (now && !quiet) {
            analysis.pause();
        }
        quiet = now;
        display.show(quietMillis >= FollowedInput.PAUSE_MILLIS / 2);
    }

    @Override
    public void startsAnew() throws IOException {
        analysis.startOf(name);
    }

    /** Flushes the lines that a writer prints for single events. */
    static Display flushing(CaptureAnalysis analysis, ReportWriter writer, Output out) {
        return new Display() {
            @Override
            public void show(boolean waits) throws IOException {
                if (waits) {
                    analysis.settle();
                    out.flush();
                }
            }

            @Override
            public void end() throws IOException {
                writer.finish(analysis);
            }
        };
    }

    /** A display that limits how often it shows. */
    private abstract static class Throttled implements Display {
        private final CaptureAnalysis analysis;
        private long shown = -1;
        private long notBefore = System.nanoTime();

        Throttled(CaptureAnalysis analysis) {
            this.analysis = analysis;
        }

        /** Shows what is new. */
        abstract void show() throws IOException;

        /** The pause after a call that took this long; both in nanoseconds. */
        abstract long pause(long took);

        @Override
        public final void show(boolean waits) throws IOException {
            long begin = System.nanoTime();
            if (analysis.events() == shown || begin - notBefore < 0) {
                return;
            }
            shown = analysis.events();
            show();
            long end = System.nanoTime();
            notBefore = end + pause(end - begin);
        }
    }

    /** Rewrites a file: at most every two seconds, and for at most a tenth of the time. */
    static final class ToFile extends Throttled {
        private static final long LEAST = 2_000_000_000L;

        private final CaptureAnalysis analysis;
        private final ReportWriter writer;
        private final ReportFile file;

        ToFile(CaptureAnalysis analysis, ReportWriter writer, ReportFile file) {
            super(analysis);
            this.analysis = analysis;
            this.writer = writer;
            this.file = file;
        }

        @Override
        void show() throws IOException {
            analysis.settle();
            file.publish(() -> writer.finish(analysis));
        }

        @Override
        public void end() throws IOException {
            show();
        }

        @Override
        long pause(long took) {
            return Math.max(LEAST, 10 * took);
        }
    }

    /** Draws the largest groups on a terminal, at most once a second. */
    static final class ToTerminal extends Throttled {
        private static final long EVERY = 1_000_000_000L;
        private static final int GROUPS = 20;
        private static final int WIDTH = 110;
        private static final String HOME = "\u001b[H";
        private static final String TO_LINE_END = "\u001b[K\n";
        private static final String TO_SCREEN_END = "\u001b[J";

        private final CaptureAnalysis analysis;
        private final ReportWriter writer;
        private final Output out;
        private final boolean color;
        private boolean drawn;

        ToTerminal(CaptureAnalysis analysis, ReportWriter writer, Output out, boolean color) {
            super(analysis);
            this.analysis = analysis;
            this.writer = writer;
            this.out = out;
            this.color = color;
        }

        @Override
        void show() throws IOException {
            out.print(drawn ? HOME : "\u001b[2J" + HOME);
            drawn = true;
            List<Grouping.Group> groups = analysis.groups();
            line(
                    Count.of(analysis.events(), "event") + " of " + Count.of(groups.size(), "kind")
                            + "; Ctrl-C ends, and prints the report",
                    true);
            for (Grouping.Group group : groups.subList(0, Math.min(GROUPS, groups.size()))) {
                line(summary(group), false);
            }
            if (groups.size() > GROUPS) {
                line(Count.of(groups.size() - GROUPS, "smaller kind"), false);
            }
            out.print(TO_SCREEN_END);
            out.flush();
        }

        private static String summary(Grouping.Group group) {
            String last = group.to() == null ? "" : ", last at " + group.to();
            String peer = group.peers().isEmpty()
                    ? ""
                    : ", " + group.peers().iterator().next()
                            + (group.peers().size() > 1
                                    ? " and " + (group.peers().size() - 1) + " more"
                                    : "");
            String count = Long.toString(group.count());
            return " ".repeat(Math.max(0, 9 - count.length())) + count + "  "
                    + group.diagnosis().label() + " ("
                    + group.diagnosis().confidence().id() + ")" + peer + last;
        }

        private void line(String text, boolean bold) throws IOException {
            String shown = Printable.of(text);
            shown = shown.length() > WIDTH ? shown.substring(0, WIDTH) : shown;
            out.print(bold && color ? "\u001b[1m" + shown + "\u001b[0m" : shown).print(TO_LINE_END);
        }

        @Override
        public void end() throws IOException {
            if (drawn) {
                out.print(HOME + TO_SCREEN_END);
            }
            writer.finish(analysis);
        }

        @Override
        long pause(long took) {
            return Math.max(EVERY, 10 * took);
        }
    }
}
