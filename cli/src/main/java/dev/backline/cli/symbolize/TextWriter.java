package dev.backline.cli.symbolize;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.intake.Excerpt;
import dev.backline.intake.KernelLine;
import dev.backline.intake.Utf16;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.Edge;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints queries as the kernel's faddr2line does: the place, and a line for each function from the innermost out. Where the
 * exact address has another line than the call before it, that line is added.
 *
 * <p>Prints a log byte for byte, with the source line after each frame that has one. Inlined functions get lines
 * of their own before the frame's line, innermost first, with the same prefix.
 */
final class TextWriter implements AnswerWriter {
    private static final byte[] NOTHING = {};
    private static final byte[] INLINE = utf8(" [inline]");
    private static final byte[] UNKNOWN = utf8("??");

    /** The names and paths that are kept as they are printed. A power of 2; those with the same slot replace each other. */
    private static final int PRINTED = 1 << 11;

    /** A longer text is not kept. */
    private static final int MAX_PRINTED = 256;

    private static final String BOLD = "\u001b[1m";
    private static final String CYAN = "\u001b[36m";
    private static final String PLAIN = "\u001b[0m";

    private static final Comparator<Insertion> BY_PLACE = new Comparator<>() {
        @Override
        public int compare(Insertion one, Insertion other) {
            return Integer.compare(one.place, other.place);
        }
    };

    private final Output out;
    private final boolean color;
    private final boolean inlines;
    private final boolean edges;
    private final SourcePrinter source;
    private final @Nullable CallExplanations explanations;
    private final boolean unwrap;
    /** Null without {@code --code}. */
    private final @Nullable CodePrinter code;

    private final List<Insertion> insertions = new ArrayList<>();
    /** Null unless places are hyperlinks. */
    private final @Nullable SourceLinks links;

    private @Nullable AnswerOrigin origin;
    private boolean first = true;

    private final @Nullable String[] printedTexts = new @Nullable String[PRINTED];
    private final byte[][] printed = new byte[PRINTED][];

    /** @param explanations of calls; null without {@code --explain} */
    TextWriter(PrintOptions options, Console console, @Nullable CallExplanations explanations) {
        this.out = console.out();
        this.color = options.color().applies(console);
        this.inlines = options.inlines();
        this.edges = options.edges();
        this.source = new SourcePrinter(options, console);
        this.unwrap = options.unwrap();
        this.code = options.code() ? new CodePrinter() : null;
        this.explanations = explanations;
        this.links = color ? options.links() : null;
    }

    @Override
    public void begin(AnswerOrigin from) {
        origin = from;
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
            out.print(Printable.of(frame.nameOr(symbol)))
                    .print(" at ")
                    .print(linked(frame, styled(CYAN, place(frame))));
            if (frame.approximate()) {
                out.print(" (approximate)");
            }
            if (frame.discriminator() != 0 && frame.line() != 0) {
                out.print(" (discriminator ").print(frame.discriminator()).print(")");
            }
            SourceFrame exact = resolved.exact();
            // Without inlined functions both addresses may have the same line.
            if (i == 0 && exact != null) {
                out.print(" (exact: ").print(place(exact)).print(")");
            }
            out.newLine();
            out.print(source.text(frame));
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
    public void begin(@Nullable Utf16 encoding) throws IOException {
        out.encode(unwrap ? null : encoding);
    }

    @Override
    public void end() throws IOException {
        if (code != null) {
            out.print(code.end());
        }
        out.encode(null);
    }

    @Override
    public void write(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException {
        if (unwrap) {
            unwrapped(excerpt, frames);
            return;
        }
        byte[] bytes = excerpt.bytes();
        if (frames.isEmpty() && code == null) {
            out.print(bytes, excerpt.start(), excerpt.end());
            return;
        }
        insertions.clear();
        if (code != null && !excerpt.lines().isEmpty()) {
            insertIfAny(0, code.before(excerpt.lines().get(0)));
        }
        for (int i = 0; i < frames.size(); i++) {
            KernelLine line = excerpt.lines().get(i);
            for (LogFrame frame : frames.get(i)) {
                for (byte[] own : linesBefore(frame, !line.isEscaped())) {
                    insert(line.placeBefore(), line.lineBefore(frame.frame().prefixLength(), own));
                }
            }
            for (LogFrame frame : frames.get(i)) {
                byte[] addition = addition(frame, !line.isEscaped());
                if (addition.length > 0) {
                    insert(line.placeAfter(frame.frame().end()), line.escaped(addition));
                }
            }
            byte[] listing = source.isAsked() ? listing(frames.get(i)) : NOTHING;
            if (listing.length > 0) {
                insertListing(excerpt, line, listing);
            }
        }
        if (code != null) {
            insertCode(excerpt, frames, code);
        }
        // Two messages can stand in one line of the input: sort by place. The sort is stable.
        if (insertions.size() > 1) {
            insertions.sort(BY_PLACE);
        }
        int written = excerpt.start();
        for (Insertion each : insertions) {
            int at = excerpt.start() + each.place;
            out.print(bytes, written, at).print(each.text);
            written = at;
        }
        out.print(bytes, written, excerpt.end());
    }

    private void insertIfAny(int place, byte[] text) {
        if (text.length > 0) {
            insert(place, text);
        }
    }

    private void insertCode(Excerpt excerpt, List<List<LogFrame>> frames, CodePrinter printer) {
        for (int i = 0; i < excerpt.lines().size(); i++) {
            KernelLine line = excerpt.lines().get(i);
            if (i > 0) {
                insertIfAny(line.placeBefore(), printer.before(line));
            }
            byte[] listing = printer.after(line, frames.isEmpty() ? List.of() : frames.get(i));
            if (listing.length > 0) {
                insertListing(excerpt, line, listing);
            }
        }
    }

    /** A text to insert at a place of an excerpt. */
    private static final class Insertion {
        final int place;
        final byte[] text;

        Insertion(int place, byte[] text) {
            this.place = place;
            this.text = text;
        }
    }

    private void insert(int place, byte[] text) {
        insertions.add(new Insertion(place, text));
    }

    /** Inserts source lines after the line; inside a string, before the string's end. */
    private void insertListing(Excerpt excerpt, KernelLine line, byte[] listing) {
        int length = excerpt.end() - excerpt.start();
        boolean complete = !line.isEscaped() && length > 0 && excerpt.bytes()[excerpt.end() - 1] == '\n';
        if (complete) {
            insert(length, listing);
            return;
        }
        byte[] after = new byte[listing.length];
        after[0] = '\n';
        System.arraycopy(listing, 0, after, 1, listing.length - 1);
        insert(line.isEscaped() ? line.placeAfter(line.length()) : length, line.escaped(after));
        if (!line.isEscaped()) {
            insert(length, utf8("\n"));
        }
    }

    private byte[] listing(List<LogFrame> frames) throws IOException {
        ByteArrayOutputStream listing = new ByteArrayOutputStream();
        for (LogFrame frame : frames) {
            if (frame.resolution() instanceof Resolved resolved) {
                listing.writeBytes(source.text(resolved.frames().get(0)));
            }
        }
        return listing.toByteArray();
    }

    /** Prints the kernel's own lines instead of the input. */
    private void unwrapped(Excerpt excerpt, List<List<LogFrame>> frames) throws IOException {
        for (int i = 0; i < excerpt.lines().size(); i++) {
            KernelLine line = excerpt.lines().get(i);
            byte[] bytes = line.bytes();
            int start = line.start() + line.prefixLength();
            List<LogFrame> found = frames.isEmpty() ? List.of() : frames.get(i);
            if (code != null) {
                out.print(code.before(line));
            }
            for (LogFrame frame : found) {
                for (byte[] own : linesBefore(frame, true)) {
                    int prefix = line.start() + frame.frame().prefixLength() - start;
                    out.print(bytes, start, start + KernelLine.repeated(Math.max(0, prefix)))
                            .print(own)
                            .newLine();
                }
            }
            int written = start;
            for (LogFrame frame : found) {
                int at = Math.max(written, line.start() + frame.frame().end());
                out.print(bytes, written, at).print(addition(frame, true));
                written = at;
            }
            int end = line.end();
            while (end > written && bytes[end - 1] == '\r') {
                end--;
            }
            out.print(bytes, written, Math.max(written, end)).newLine();
            if (source.isAsked()) {
                out.print(listing(found));
            }
            if (code != null) {
                out.print(code.after(line, found));
            }
        }
    }

    /** The lines to print before the frame's own line: its call and its inlined functions. */
    private List<byte[]> linesBefore(LogFrame frame, boolean styled) throws IOException {
        Call call = explanations == null ? null : explanations.of(frame);
        List<SourceFrame> chain =
                inlines && frame.resolution() instanceof Resolved resolved ? resolved.frames() : List.of();
        if (call == null && chain.size() <= 1) {
            return List.of();
        }
        List<byte[]> before = new ArrayList<>(chain.size());
        if (call != null) {
            before.add(utf8(styled(CallExplanations.text(call) + " [call]", styled)));
        }
        for (int i = 0; i < chain.size() - 1; i++) {
            SourceFrame inlined = chain.get(i);
            String name = inlined.nameOr("??");
            before.add(
                    styled && color
                            ? utf8(styled(
                                    Printable.of(name) + " " + linked(inlined, logPlace(inlined)) + " [inline]", true))
                            : plainPlace(printable(name), inlined, INLINE));
        }
        return before;
    }

    /** The text to print after a frame: its place, and whether it can have made the call above. */
    private byte[] addition(LogFrame frame, boolean styled) throws IOException {
        if (!(frame.resolution() instanceof Resolved resolved)) {
            return NOTHING;
        }
        SourceFrame outermost = resolved.frames().get(resolved.frames().size() - 1);
        Edge edge = edges ? frame.edge() : null;
        if (edge == null && !(styled && color)) {
            return outermost.path() == null ? NOTHING : plainPlace(NOTHING, outermost, NOTHING);
        }
        String addition = "";
        if (outermost.path() != null) {
            String place = styled(logPlace(outermost), styled);
            addition = " " + (styled ? linked(outermost, place) : place);
        }
        if (edge != null) {
            addition += " " + styled(text(edge), styled);
        }
        return utf8(addition);
    }

    /** {@return a frame's place as {@link #logPlace} has it, after a text and a blank, and with a text after it} */
    private byte[] plainPlace(byte[] before, SourceFrame frame, byte[] after) {
        String path = frame.path();
        byte[] file = path == null ? UNKNOWN : printable(path);
        String line = line(frame);
        int at = before.length + 1 + file.length;
        byte[] text = Arrays.copyOf(before, at + 1 + line.length() + after.length);
        text[before.length] = ' ';
        System.arraycopy(file, 0, text, before.length + 1, file.length);
        text[at++] = ':';
        for (int i = 0; i < line.length(); i++) {
            text[at++] = (byte) line.charAt(i);
        }
        System.arraycopy(after, 0, text, at, after.length);
        return text;
    }

    /** {@return a name or path as it is printed, in UTF-8} Those of a log are few. */
    private byte[] printable(String text) {
        if (text.length() > MAX_PRINTED) {
            return utf8(Printable.of(text));
        }
        int slot = text.hashCode() & (PRINTED - 1);
        if (!text.equals(printedTexts[slot])) {
            printedTexts[slot] = text;
            printed[slot] = utf8(Printable.of(text));
        }
        return printed[slot];
    }

    private String styled(String text, boolean styled) {
        return styled ? styled(CYAN, text) : text;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return text as a hyperlink (OSC 8) to the frame's line, if there is a URL} */
    private String linked(SourceFrame frame, String text) throws IOException {
        String url = links == null || origin == null ? null : links.url(frame, origin.sources());
        return url == null ? text : "\u001b]8;;" + url + "\u001b\\" + text + "\u001b]8;;\u001b\\";
    }

    private static String text(Edge edge) {
        return edge.skipped().isEmpty()
                ? "(" + edge.kind().id() + ")"
                : "(" + edge.kind().id() + " through " + Printable.of(String.join(", ", edge.skipped())) + ")";
    }

    /** Line 0 stays a number here, so that every addition to a log has the form FILE:LINE. */
    private static String logPlace(SourceFrame frame) {
        String path = frame.path();
        return (path == null ? "??" : Printable.of(path)) + ":" + line(frame);
    }

    private static String line(SourceFrame frame) {
        return frame.path() == null || frame.line() == 0
                ? "?"
                : frame.approximate() ? frame.line() + " (approximate)" : Integer.toString(frame.line());
    }
}
