package dev.backline.cli.symbolize;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.io.ByteLines;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints queries as the kernel's faddr2line does: the place, and a line for each function from the innermost out. Where the
 * exact address has another line than the call before it, that line is added.
 *
 * <p>Prints a log as it came, byte for byte, with the source line after each frame that has one. Inlined functions get lines
 * of their own before the frame's line, innermost first, with the same prefix.
 */
final class TextWriter implements AnswerWriter {
    private static final String BOLD = "\u001b[1m";
    private static final String CYAN = "\u001b[36m";
    private static final String PLAIN = "\u001b[0m";

    private final Output out;
    private final boolean color;
    private final boolean inlines;
    private final boolean edges;
    private final SourcePrinter source;
    private final @Nullable CallExplanations explanations;
    private boolean first = true;

    /** @param explanations of calls; null without {@code --explain} */
    TextWriter(PrintOptions options, Console console, @Nullable CallExplanations explanations) {
        this.out = console.out();
        this.color = options.color().applies(console);
        this.inlines = options.inlines();
        this.edges = options.edges();
        this.source = new SourcePrinter(options, console);
        this.explanations = explanations;
    }

    @Override
    public void write(Answer answer) throws IOException {
        write(answer, answer.resolution());
    }

    private void write(Answer answer, Resolution resolution) throws IOException {
        if (resolution instanceof Resolved resolved) {
            if (!first) {
                out.newLine();
            }
            first = false;
            heading(answer, resolved);
            frames(resolved);
            call(answer, resolved);
        } else if (resolution instanceof Ambiguous ambiguous) {
            for (Resolution candidate : ambiguous.candidates()) {
                write(answer, candidate);
            }
        }
    }

    private void heading(Answer answer, Resolved resolved) throws IOException {
        StringBuilder place = new StringBuilder();
        Long address = answer.reference().address();
        if (resolved.symbol() != null) {
            place.append(resolved.symbol()).append("+0x").append(Long.toHexString(resolved.offset()));
            if (resolved.size() != 0) {
                place.append("/0x").append(Long.toHexString(resolved.size()));
            }
        }
        if (answer.reference().module() != null) {
            place.append(" [").append(answer.reference().module()).append(']');
        }
        String text = place.toString();
        if (address != null) {
            text = answer.text().strip() + (text.isEmpty() ? "" : " " + text);
        }
        out.print(styled(BOLD, Printable.of(text) + ":")).newLine();
    }

    private void frames(Resolved resolved) throws IOException {
        List<SourceFrame> frames = resolved.frames();
        int innermost = inlines ? 0 : frames.size() - 1;
        for (int i = innermost; i < frames.size(); i++) {
            SourceFrame frame = frames.get(i);
            String symbol = resolved.symbol() == null ? "??" : resolved.symbol();
            out.print(i > innermost ? "(inlined by) " : "");
            out.print(Printable.of(frame.nameOr(symbol))).print(" at ").print(styled(CYAN, place(frame)));
            if (frame.discriminator() != 0 && frame.line() != 0) {
                out.print(" (discriminator ").print(frame.discriminator()).print(")");
            }
            SourceFrame exact = resolved.exact();
            // Without inlined functions both addresses may have the same line.
            if (i == 0 && exact != null) {
                out.print(" (exact: ").print(place(exact)).print(")");
            }
            out.newLine();
            source.print(frame);
        }
    }

    private void call(Answer answer, Resolved resolved) throws IOException {
        Call call = explanations == null ? null : explanations.of(answer, resolved);
        if (call != null) {
            out.print("(calls ").print(CallExplanations.text(call)).print(")").newLine();
        }
    }

    private static String place(SourceFrame frame) {
        String path = frame.path() == null ? "??" : Printable.of(frame.path());
        return path + ":" + (frame.line() == 0 ? "?" : frame.line());
    }

    private String styled(String style, String text) {
        return color ? style + text + PLAIN : text;
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
                    addition(logPlace(outermost));
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
            before(lines, frame, Printable.of(inlined.nameOr("??")) + " " + logPlace(inlined), "inline");
        }
    }

    /** Prints a line before the frame's own line, with the same prefix. */
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

    /** Line 0 stays a number here, so that every addition to a log has the form FILE:LINE. */
    private static String logPlace(SourceFrame frame) {
        String path = frame.path();
        return path == null ? "??:?" : Printable.of(path) + ":" + frame.line();
    }
}
