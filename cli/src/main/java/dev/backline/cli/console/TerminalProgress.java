package dev.backline.cli.console;

import dev.backline.debugfiles.Progress;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Shows progress on one line of a terminal and clears the line at the end. Not thread-safe. */
public final class TerminalProgress implements Progress {
    private static final long MEGA = 1_000_000;
    private static final int BAR = 20;

    private final PrintStream err;

    private TerminalProgress(PrintStream err) {
        this.err = err;
    }

    /** {@return a progress display on standard error if that is a terminal and DEBUGINFOD_PROGRESS is not 0; else none} */
    public static Progress of(Console console) {
        return console.errIsTerminal() && !"0".equals(console.environment().get("DEBUGINFOD_PROGRESS"))
                ? new TerminalProgress(console.err())
                : SILENT;
    }

    /**
     * {@return what shows a text in place of the text before; an empty text clears the line} Does nothing without a terminal.
     */
    public static Consumer<String> line(Console console) {
        return console.errIsTerminal()
                ? text -> {
                    console.err().print("\r\u001b[K" + Printable.of(text));
                    console.err().flush();
                }
                : text -> {};
    }

    @Override
    public void at(String what, long done, long total) {
        StringBuilder line = new StringBuilder("\r\u001b[K");
        if (done >= 0) {
            line.append(Printable.of(what));
            if (total > 0) {
                int filled = (int) (BAR * Math.min(done, total) / total);
                line.append(" [")
                        .append("#".repeat(filled))
                        .append(" ".repeat(BAR - filled))
                        .append(']');
            }
            line.append(' ').append(done / MEGA);
            line.append(total > 0 ? " of " + total / MEGA + " MB" : " MB");
        }
        err.print(line);
        err.flush();
    }
}
