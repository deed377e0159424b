package dev.backline.cli.symbolize;

import dev.backline.cli.console.Printable;
import dev.backline.crash.CodeListings;
import dev.backline.crash.Disassembly;
import dev.backline.intake.KernelLine;
import dev.backline.symbolize.LogFrame;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the instructions of the {@code Code:} lines of a log where {@code --code} asks for them. Not thread-safe. */
final class CodePrinter {
    private static final byte[] NOTHING = {};

    /** No line that matters is longer. */
    private static final int MAX_LINE = 8192;

    private static final int TEXT_WIDTH = 40;

    private CodeListings listings = new CodeListings(true);

    /** {@return what to print before a line: the instructions of the {@code Code:} line that ended above} */
    byte[] before(KernelLine line) {
        return listings.continues(text(line)) ? NOTHING : printed(listings.finish());
    }

    /** {@return what to print after a line} */
    byte[] after(KernelLine line, List<LogFrame> frames) {
        boolean complete = listings.take(text(line), frames);
        // A listing stays within the string of its line.
        return complete || line.isEscaped() ? printed(listings.finish()) : NOTHING;
    }

    /** {@return what to print after the last line of a log} */
    byte[] end() {
        byte[] last = printed(listings.finish());
        listings = new CodeListings(true);
        return last;
    }

    private static String text(KernelLine line) {
        int from = line.start() + line.prefixLength();
        int to = Math.min(line.end(), from + MAX_LINE);
        return new String(line.bytes(), from, Math.max(0, to - from), StandardCharsets.UTF_8);
    }

    private static byte[] printed(CodeListings.@Nullable Listing listing) {
        if (listing == null) {
            return NOTHING;
        }
        int width = 0;
        for (Disassembly.Line line : listing.code().instructions()) {
            width = Math.max(width, place(listing, line).length());
        }
        StringBuilder out = new StringBuilder();
        for (Disassembly.Line line : listing.code().instructions()) {
            String place = place(listing, line);
            out.append(line.trapping() ? "  > " : "    ")
                    .append(place)
                    .append(" ".repeat(width - place.length()))
                    .append("  ");
            int from = out.length();
            out.append(Printable.of(line.text()));
            String file = line.file();
            if (file != null) {
                int length = out.length() - from;
                out.append(" ".repeat(Math.max(2, TEXT_WIDTH - length)))
                        .append(Printable.of(file))
                        .append(':')
                        .append(line.line() == 0 ? "?" : "" + line.line());
            }
            out.append('\n');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The function with the offset; without a function, the offset from the marked instruction. */
    private static String place(CodeListings.Listing listing, Disassembly.Line line) {
        String symbol = listing.symbol();
        long offset = line.address() - (symbol == null ? 0 : listing.start());
        String signed = (offset < 0 ? "-0x" : "+0x") + Long.toHexString(Math.abs(offset));
        return symbol == null ? signed : Printable.of(symbol) + signed;
    }
}
