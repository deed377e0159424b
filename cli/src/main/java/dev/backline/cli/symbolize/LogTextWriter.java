package dev.backline.cli.symbolize;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.io.ByteLines;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log as it came, byte for byte, with the source line behind each frame that has one; inlined functions stand on
 * lines of their own before it, innermost first, with the line's own prefix.
 */
final class LogTextWriter implements LogWriter {
    private static final byte[] CYAN = "\u001b[36m".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLAIN = "\u001b[0m".getBytes(StandardCharsets.US_ASCII);

    private final Output out;
    private final boolean color;
    private final boolean inlines;
    private final boolean edges;
    private final SourcePrinter source;
    private final @Nullable CallExplanations explanations;

    /** @param explanations of calls; null where they are not asked for */
    LogTextWriter(PrintOptions options, Console console, @Nullable CallExplanations explanations) {
        this.out = console.out();
        this.color = options.color().applies(console);
        this.inlines = options.inlines();
        this.edges = options.edges();
        this.source = new SourcePrinter(options, console);
        this.explanations = explanations;
    }

    @Override
    public void write(long number, ByteLines lines, List<LogFrame> frames) throws IOException {
        byte[] bytes = lines.bytes();
        int start = lines.start();
        if (frames.isEmpty()) {
            out.print(bytes, start, lines.end());
            return;
        }
        for (LogFrame frame : frames) {
            Call call = explanations == null ? null : explanations.of(frame);
            if (call != null) {
                before(lines, frame, CallExplanations.text(call), "call");
            }
            if (inlines && frame.resolution() instanceof Resolved resolved) {
                inlined(lines, frame, resolved);
            }
        }
        int written = start;
        for (LogFrame frame : frames) {
            if (frame.resolution() instanceof Resolved resolved) {
                int at = Math.max(written, start + frame.frame().end());
                out.print(bytes, written, at);
                written = at;
                SourceFrame outermost = resolved.frames().get(resolved.frames().size() - 1);
                if (outermost.path() != null) {
                    addition(place(outermost));
                }
                Edge edge = frame.edge();
                if (edges && edge != null) {
                    addition(text(edge));
                }
            }
        }
        out.print(bytes, written, lines.end());
        if (source.isAsked()) {
            if (lines.end() == lines.contentEnd()) {
                out.newLine();
            }
            for (LogFrame frame : frames) {
                if (frame.resolution() instanceof Resolved resolved) {
                    source.print(resolved.frames().get(0));
                }
            }
        }
    }

    private void inlined(ByteLines lines, LogFrame frame, Resolved resolved) throws IOException {
        List<SourceFrame> chain = resolved.frames();
        for (int i = 0; i < chain.size() - 1; i++) {
            SourceFrame inlined = chain.get(i);
            before(lines, frame, Printable.of(inlined.nameOr("??")) + " " + place(inlined), "inline");
        }
    }

    /** A line that stands before the frame's own, with its prefix. */
    private void before(ByteLines lines, LogFrame frame, String text, String what) throws IOException {
        out.print(lines.bytes(), lines.start(), lines.start() + frame.frame().prefixLength());
        if (color) {
            out.print(CYAN);
        }
        out.print(text).print(" [").print(what).print("]");
        if (color) {
            out.print(PLAIN);
        }
        out.newLine();
    }

    private void addition(String text) throws IOException {
        out.print(" ");
        if (color) {
            out.print(CYAN);
        }
        out.print(text);
        if (color) {
            out.print(PLAIN);
        }
    }

    private static String text(Edge edge) {
        return edge.skipped().isEmpty()
                ? "(" + edge.kind().id() + ")"
                : "(" + edge.kind().id() + " through " + Printable.of(String.join(", ", edge.skipped())) + ")";
    }

    private static String place(SourceFrame frame) {
        String path = frame.path();
        return path == null ? "??:?" : Printable.of(path) + ":" + frame.line();
    }
}
