package dev.backline.cli.symbolize;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.intake.Excerpt;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints {@code FILE:LINE: FUNCTION (place in the input)} for each source frame, the innermost first, as editors read the
 * output of a compiler. With a source tree, the files are paths in the tree.
 */
final class QuickfixWriter implements AnswerWriter {
    private final Output out;
    private final boolean inlines;
    private final @Nullable Path tree;
    private String input = "";

    QuickfixWriter(PrintOptions options, Output out) {
        this.out = out;
        this.inlines = options.inlines();
        this.tree = options.source();
    }

    @Override
    public void begin(AnswerOrigin origin) {
        String name = origin.input();
        input = name == null || name.equals("-") ? "" : name + " ";
    }

    @Override
    public void write(Answer answer) throws IOException {
        write(answer.resolution(), answer.text());
    }

    @Override
    public void write(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException {
        for (int i = 0; i < frames.size(); i++) {
            String place = input + "line " + excerpt.lines().get(i).number();
            for (LogFrame frame : frames.get(i)) {
                write(frame.resolution(), frame.frame().reliable() ? place : place + ", not reliable");
            }
        }
    }

    private void write(Resolution resolution, String place) throws IOException {
        if (resolution instanceof Ambiguous ambiguous) {
            for (Resolution candidate : ambiguous.candidates()) {
                write(candidate, place);
            }
        } else if (resolution instanceof Resolved resolved) {
            List<SourceFrame> chain = resolved.frames();
            for (int i = inlines ? 0 : chain.size() - 1; i < chain.size(); i++) {
                SourceFrame frame = chain.get(i);
                String path = frame.path();
                if (path != null && frame.line() != 0) {
                    String symbol = resolved.symbol() == null ? "??" : resolved.symbol();
                    out.print(Printable.of(file(path) + ":" + frame.line() + ": " + frame.nameOr(symbol)
                                    + (frame.inlined() ? " [inline]" : "") + " (" + place + ")"))
                            .newLine();
                }
            }
        }
    }

    private String file(String path) {
        Path root = tree;
        return root == null ? path : root.resolve(path).toString();
    }
}
