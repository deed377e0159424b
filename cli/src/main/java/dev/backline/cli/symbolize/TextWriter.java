package dev.backline.cli.symbolize;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers as the kernel's faddr2line prints them: the place, and a line for each function from the innermost out. Where
 * the address itself has another line than the call before it, that is added.
 */
final class TextWriter implements AnswerWriter {
    private static final String BOLD = "\u001b[1m";
    private static final String CYAN = "\u001b[36m";
    private static final String PLAIN = "\u001b[0m";

    private final Output out;
    private final boolean color;
    private final boolean inlines;
    private final SourcePrinter source;
    private final @Nullable CallExplanations explanations;
    private boolean first = true;

    /** @param explanations of calls; null where they are not asked for */
    TextWriter(PrintOptions options, Console console, @Nullable CallExplanations explanations) {
        this.out = console.out();
        this.color = options.color().applies(console);
        this.inlines = options.inlines();
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
            // With inlined functions left out, the line shown is the same for both.
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
}
