package dev.backline.intake;

import dev.backline.io.ByteLines;
import dev.backline.io.Chars;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log that a mail program or a narrow terminal wrapped: joins a line with the lines that continue it. A line
 * continues the one before it if it has neither a prefix nor the start of a kernel's line, and if its first word had no
 * room there. Not thread-safe.
 */
final class WrappedLines {
    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 132;

    /** No word of a kernel's log is so long that a shorter line was wrapped. */
    private static final int MIN_CONTINUED = 24;

    /** The most lines that are joined: a list of modules can be long. */
    private static final int MAX_JOINED = 64;

    /**
     * How a log was wrapped.
     *
     * @param columns the longest line
     * @param insideWords whether lines were cut at the width, as a terminal does; a mail program cuts at blanks
     */
    record Width(int columns, boolean insideWords) {}

    private final ByteLines lines;
    private final Width width;
    private final PrefixLearner prefixes;

    private byte[] bytes = {};
    /** The end of each joined line in the bytes, without its line end. */
    private int[] contentEnds = new int[MAX_JOINED];
    /** The start of each joined line's text in the bytes, after quote marks. */
    private int[] textStarts = new int[MAX_JOINED];

    private int count;
    private long number;
    private long following = 1;
    /** The line after the current one, already read; null if none was. */
    private byte @Nullable [] ahead;

    /**
     * A reader of the lines that are still in the buffer and those that follow.
     *
     * @param lines at the first line
     */
    WrappedLines(ByteLines lines, Width width, PrefixLearner prefixes) {
        this.lines = lines;
        this.width = width;
        this.prefixes = prefixes;
        this.ahead = current();
    }

    private byte[] current() {
        return Arrays.copyOfRange(lines.bytes(), lines.start(), lines.end());
    }

    /**
     * The width at which the lines at the start of a log were wrapped; null if they were not: a kernel's log has longer
     * lines than a mail, and its lines are not continued.
     */
    static @Nullable Width width(byte[] bytes, int from, int end) {
        int longest = 0;
        int start = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                longest = Math.max(longest, contentEnd(bytes, start, i) - start);
                start = i + 1;
            }
        }
        return longest >= MIN_WIDTH && longest <= MAX_WIDTH ? wrapped(bytes, from, end, longest) : null;
    }

    /** A log is wrapped if most lines that can continue the line before had no room in that line. */
    private static @Nullable Width wrapped(byte[] bytes, int from, int end, int width) {
        int wrapped = 0;
        int full = 0;
        int others = 0;
        int start = from;
        int first = -1;
        int firstEnd = -1;
        int previous = -1;
        int previousEnd = -1;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                int to = contentEnd(bytes, start, i);
                if (first >= 0 && canContinue(bytes, first, firstEnd, bytes, start, to)) {
                    boolean hadRoom = hadRoom(previousEnd - previous, bytes, start, to, width);
                    wrapped += hadRoom ? 0 : 1;
                    full += !hadRoom && previousEnd - previous == width ? 1 : 0;
                    others += hadRoom ? 1 : 0;
                } else {
                    first = start;
                    firstEnd = to;
                }
                previous = start;
                previousEnd = to;
                start = i + 1;
            }
        }
        return wrapped > 0 && wrapped >= 4 * others ? new Width(width, full > 1 && full == wrapped) : null;
    }

    /** Whether the first word of a line had room in the line before. */
    private static boolean hadRoom(int length, byte[] next, int from, int end, int width) {
        int text = quoteEnd(next, from, end);
        int word = text;
        while (word < end && !Chars.isBlank(next[word])) {
            word++;
        }
        return length + 1 + word - text <= width;
    }

    /** Whether a line has a prefix or starts as the kernel's lines do. */
    private static boolean hasPrefix(byte[] bytes, int from, int end) {
        int text = quoteEnd(bytes, from, end);
        return text < end
                && (LinePrefix.end(bytes, text, end) > text
                        || KernelText.stamp(bytes, text, end) >= 0
                        || KernelText.find(bytes, text, end) >= 0);
    }

    /**
     * Whether a line can be the rest of the one before: that one has a time stamp and this one has none, or that one is
     * incomplete and this one looks like its rest.
     */
    private static boolean canContinue(byte[] bytes, int from, int end, byte[] next, int nextFrom, int nextEnd) {
        int text = quoteEnd(bytes, from, end);
        int rest = quoteEnd(next, nextFrom, nextEnd);
        if (end - text < MIN_CONTINUED || isStart(next, nextFrom, nextEnd)) {
            return false;
        }
        if (KernelText.stamp(bytes, text, end) >= 0) {
            return true;
        }
        int start = LinePrefix.end(bytes, text, end);
        if (!KernelText.isLong(bytes, start, end)) {
            return false;
        }
        boolean place = Chars.indexOf(bytes, start, end, "+0x") >= 0;
        boolean namesPlace = bytes[start] == 'R' || bytes[start] == 'B' || bytes[start] == 'W';
        if (next[rest] == '[') {
            return place && Chars.indexOf(next, rest, nextEnd, "[<") != rest;
        }
        int word = rest;
        while (word < nextEnd && !Chars.isBlank(next[word])) {
            word++;
        }
        boolean frame = Chars.indexOf(next, rest, nextEnd, "+0x") >= 0;
        return namesPlace ? !place && frame : !frame && next[word - 1] != ':';
    }

    private static boolean isStart(byte[] bytes, int from, int end) {
        int text = quoteEnd(bytes, from, end);
        return text == end
                || Chars.isBlank(bytes[text])
                || Chars.startsWith(bytes, text, end, "[<")
                || hasPrefix(bytes, from, end);
    }

    private static int quoteEnd(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] == '>') {
            at++;
            if (at < end && bytes[at] == ' ') {
                at++;
            }
        }
        return at;
    }

    /** Whether the next lines are in memory. */
    boolean hasNext() {
        return ahead != null;
    }

    /** Moves to the next line and the lines that continue it. */
    boolean next() throws IOException {
        byte[] first = ahead;
        ahead = null;
        if (first == null) {
            if (!lines.next()) {
                return false;
            }
            first = current();
        }
        number = following;
        following++;
        bytes = first;
        count = 0;
        add(0);
        // A line that is not there yet is not waited for.
        while (count < MAX_JOINED && !lines.mustWait() && lines.next()) {
            byte[] next = current();
            if (lines.isContinued() || !continues(next)) {
                ahead = next;
                return true;
            }
            int start = bytes.length;
            bytes = Arrays.copyOf(bytes, start + next.length);
            System.arraycopy(next, 0, bytes, start, next.length);
            following++;
            add(start);
        }
        return true;
    }

    private void add(int start) {
        int end = contentEnd(bytes, start, bytes.length);
        contentEnds[count] = end;
        textStarts[count] = quoteEnd(bytes, start, end);
        count++;
    }

    private static int contentEnd(byte[] line, int from, int end) {
        int to = end;
        while (to > from && (line[to - 1] == '\n' || line[to - 1] == '\r')) {
            to--;
        }
        return to;
    }

    /** Whether a line continues the current one. */
    private boolean continues(byte[] next) {
        int end = contentEnd(next, 0, next.length);
        int lastEnd = contentEnds[count - 1];
        int lastStart = count == 1 ? 0 : lineStart(count - 1);
        if (end > MAX_WIDTH || lastEnd - lastStart > MAX_WIDTH) {
            // Nothing wrapped these lines; and 64 lines of a megabyte would need much memory.
            return false;
        }
        if (prefixes.end(next, 0, end) > 0 || !canContinue(bytes, 0, contentEnds[0], next, 0, end)) {
            return false;
        }
        return !hadRoom(lastEnd - lastStart, next, 0, end, width.columns);
    }

    private int lineStart(int index) {
        int start = textStarts[index];
        while (start > 0 && bytes[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    /** The number of the first line. */
    long number() {
        return number;
    }

    /** The lines as they stand in the input. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the line ends, without its line end; only for a line that nothing continues. */
    int contentEnd() {
        return contentEnds[0];
    }

    /** The joined lines as one line, or null if nothing continues the line. */
    @Nullable
    Piece joined() {
        if (count == 1) {
            return null;
        }
        Decoded decoded = new Decoded(bytes.length);
        for (int i = 0; i < count; i++) {
            int from = i == 0 ? 0 : textStarts[i];
            if (i > 0 && !width.insideWords) {
                decoded.add(' ', contentEnds[i - 1]);
            }
            for (int at = from; at < contentEnds[i]; at++) {
                decoded.add(bytes[at], at);
            }
        }
        return Piece.decoded(decoded.text(), decoded.origins(contentEnds[count - 1]), 0, decoded.length(), null);
    }
}
