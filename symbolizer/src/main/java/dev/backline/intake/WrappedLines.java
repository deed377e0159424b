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

    /** The most lines that are joined: a list of modules can be long. */
    private static final int MAX_JOINED = 64;

    private final ByteLines lines;
    private final int width;
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
    WrappedLines(ByteLines lines, int width, PrefixLearner prefixes) {
        this.lines = lines;
        this.width = width;
        this.prefixes = prefixes;
        this.ahead = current();
    }

    private byte[] current() {
        return Arrays.copyOfRange(lines.bytes(), lines.start(), lines.end());
    }

    /**
     * The width at which the lines at the start of a log were wrapped; 0 if they were not: a kernel's log has longer
     * lines than a mail.
     */
    static int width(byte[] bytes, int from, int end) {
        int longest = 0;
        int start = from;
        boolean unexplained = false;
        int previousStart = -1;
        int previousEnd = -1;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                int to = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
                longest = Math.max(longest, to - start);
                unexplained |= previousEnd - previousStart >= MIN_WIDTH - 20
                        && to > start
                        && !isStart(bytes, start, to)
                        && hasPrefix(bytes, previousStart, previousEnd);
                previousStart = start;
                previousEnd = to;
                start = i + 1;
            }
        }
        return longest >= MIN_WIDTH && longest <= MAX_WIDTH && unexplained ? longest : 0;
    }

    /** Whether a line has a prefix or starts as the kernel's lines do. */
    private static boolean hasPrefix(byte[] bytes, int from, int end) {
        int text = quoteEnd(bytes, from, end);
        return text < end
                && (LinePrefix.end(bytes, text, end) > text
                        || KernelText.stamp(bytes, text, end) >= 0
                        || KernelText.find(bytes, text, end) >= 0);
    }

    private static boolean isStart(byte[] bytes, int from, int end) {
        int text = quoteEnd(bytes, from, end);
        return text == end || Chars.isBlank(bytes[text]) || hasPrefix(bytes, from, end);
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
        if (isStart(next, 0, end) || prefixes.end(next, 0, end) > 0 || !hasPrefix(bytes, 0, contentEnds[0])) {
            return false;
        }
        int text = quoteEnd(next, 0, end);
        int word = text;
        while (word < end && !Chars.isBlank(next[word])) {
            word++;
        }
        return lastEnd - lastStart + 1 + word - text > width;
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
            if (i > 0 && !isHardBreak(i)) {
                decoded.add(' ', contentEnds[i - 1]);
            }
            for (int at = from; at < contentEnds[i]; at++) {
                decoded.add(bytes[at], at);
            }
        }
        return Piece.decoded(decoded.text(), decoded.origins(contentEnds[count - 1]), 0, decoded.length(), null);
    }

    /** Whether the line before was cut at the width, inside of a word: a terminal does so, a mail program does not. */
    private boolean isHardBreak(int index) {
        int start = lineStart(index - 1);
        return contentEnds[index - 1] - start == width && width == 80;
    }
}
