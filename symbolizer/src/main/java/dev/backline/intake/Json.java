package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the strings of JSON that contain messages: docker's json-file, dmesg and journalctl, Loki, CloudWatch, the
 * exports of log stores. Reads JSON tolerantly, because a line can hold a part of a value (RFC 8259; JSON Lines).
 * Not thread-safe.
 */
final class Json {
    /** Names of members that hold a message, in lower case. */
    private static final Set<String> MESSAGES = Set.of(
            "msg",
            "message",
            "log",
            "text",
            "textpayload",
            "line",
            "body",
            "content",
            "event",
            "raw",
            "_raw",
            "@message",
            "original",
            "short_message",
            "full_message",
            "logmessage",
            "syslogmessage",
            "stdout",
            "output",
            "contents",
            "data",
            "value");

    /** The most strings of an object that are compared with later ones. */
    private static final int MAX_COMPARED = 8;

    private static final int MAX_DEPTH = 64;

    /** No name of a message is longer. */
    private static final int MAX_NAME = 16;

    /** The names of members that are kept. */
    private static final int MAX_NAMES = 16;

    private final List<byte[]> keys = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Piece> found = new ArrayList<>();

    /** Takes a text that was found. */
    interface Sink {
        /**
         * Takes a line of text.
         *
         * @param piece the line
         */
        void line(Piece piece);
    }

    /** Whether the input was JSON so far. */
    private boolean document;

    /** Whether the next piece of a very long line continues a string with a message. */
    private boolean open;

    private byte[] bytes = {};
    private int base;
    private Piece piece = Piece.of(0, 0, null);
    private int at;
    private int end;

    /** The strings with messages in the current object: their starts and ends. */
    private final int[] compared = new int[2 * MAX_COMPARED];

    private int comparedCount;
    private final byte[] containers = new byte[MAX_DEPTH];
    private int depth;

    /**
     * Whether JSON starts at a position of a line.
     *
     * @param line the bytes
     * @param from the position, after blanks
     */
    boolean startsAt(byte[] line, int from, int to) {
        if (from >= to) {
            return false;
        }
        int next = Chars.skipBlanks(line, from + 1, to);
        boolean alone = next == to || line[next] == '\r';
        switch (line[from]) {
            case '{' -> {
                return alone ? from + 1 == to || document || line[to - 1] == '{' : line[next] == '"';
            }
            case '[' -> {
                return alone
                        || line[next] == '{'
                        || line[next] == '"'
                        || (line[next] == '[' && next + 1 < to && line[next + 1] == '"');
            }
            case '"' -> {
                return document || isMember(line, from, to);
            }
            case '-', ',' -> {
                return next < to && line[next] == '{' && startsAt(line, next, to);
            }
            case '}', ']' -> {
                return document;
            }
            default -> {
                return false;
            }
        }
    }

    /** Whether a name in a line, of a member, a column or a pair, is one of a message. */
    static boolean isMessage(byte[] line, int from, int to) {
        return to - from <= MAX_NAME
                && MESSAGES.contains(
                        new String(line, from, to - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
    }

    /** The position of the quote that closes a string. The end of the text if the string does not end in it. */
    static int stringEnd(byte[] text, int from, int end) {
        int at = from;
        while (at < end && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, end);
    }

    /** Whether a line starts with a name and a colon. */
    private static boolean isMember(byte[] line, int from, int to) {
        int quote = stringEnd(line, from + 1, to);
        int colon = quote < to ? Chars.skipBlanks(line, quote + 1, to) : to;
        return colon < to && line[colon] == ':';
    }

    /**
     * Passes the lines in the strings with messages to a sink.
     *
     * @param line the buffer
     * @param offset where the excerpt starts in the buffer, or 0 for decoded text
     * @param of the text: a line, or a string that contains JSON
     * @param from where to start in the text
     * @param cut whether the next piece continues the text
     * @return the position of the text up to which it was read; -1 if the text is not JSON
     */
    int read(byte[] line, int offset, Piece of, int from, boolean cut, Sink sink) {
        bytes = line;
        base = offset;
        piece = of;
        at = from;
        end = of.end();
        comparedCount = 0;
        depth = 0;
        document = true;
        found.clear();
        int read = open ? rest(found, cut) : values(found, from, cut);
        if (read >= 0) {
            for (Piece each : found) {
                sink.line(each);
            }
        }
        return read;
    }

    /**
     * Passes the lines of one string to a sink.
     *
     * @param line the buffer
     * @param offset where the excerpt starts in the buffer, or 0 for decoded text
     * @param of the text that the string is in
     * @param from where the string starts in the text, after its quote
     * @param to where it ends
     */
    void readString(byte[] line, int offset, Piece of, int from, int to, Sink sink) {
        bytes = line;
        base = offset;
        piece = of;
        end = to;
        found.clear();
        string(from, to, found);
        for (Piece each : found) {
            sink.line(each);
        }
    }

    private byte byteAt(int position) {
        return bytes[base + position];
    }

    /** Reads the rest of a string that was too long for one piece. */
    private int rest(List<Piece> found, boolean cut) {
        int from = at;
        int close = closingQuote(from);
        open = false;
        if (close < 0) {
            if (!cut) {
                return -1;
            }
            return openString(from, found);
        }
        string(from, close, found);
        at = close + 1;
        int read = values(found, at, cut);
        return read < 0 ? at : read;
    }

    /** Emits the complete lines of a string that does not end in this piece; returns where the next piece starts. */
    private int openString(int from, List<Piece> found) {
        int next = from;
        int lineEnd = -1;
        while (next < end) {
            boolean escape = byteAt(next) == '\\';
            int length = !escape ? 1 : next + 1 < end && byteAt(next + 1) == 'u' ? 6 : 2;
            if (next + length > end) {
                // The next piece starts with the whole escape.
                break;
            }
            lineEnd = escape && byteAt(next + 1) == 'n' ? next + 2 : lineEnd;
            next += length;
        }
        int to = lineEnd > from ? lineEnd : next;
        string(from, to, found);
        open = true;
        return to;
    }

    private int values(List<Piece> found, int from, boolean cut) {
        String key = null;
        boolean inMember = false;
        int complete = from;
        while (at < end) {
            byte c = byteAt(at);
            switch (c) {
                case '"' -> {
                    int start = at + 1;
                    int close = closingQuote(start);
                    if (close < 0) {
                        if (!cut) {
                            return -1;
                        }
                        if (complete > from) {
                            return complete;
                        }
                        return openString(start, found);
                    }
                    at = close + 1;
                    int next = skipBlanks(at);
                    int colon = inMember ? 0 : colon(next);
                    if (colon > 0) {
                        if (isStack(start, close)) {
                            string(start, close, found);
                        }
                        key = name(start, close);
                        inMember = true;
                        at = next + colon;
                    } else {
                        if (isMessage(key, start, close)) {
                            string(start, close, found);
                        }
                        key = null;
                        inMember = false;
                    }
                }
                case '[' -> {
                    int numbers = key != null && key.equals("message") ? byteArray(at, found) : -1;
                    if (numbers > 0) {
                        at = numbers;
                    } else {
                        push(c);
                        at++;
                    }
                    key = null;
                    inMember = false;
                }
                case '{' -> {
                    push(c);
                    at++;
                    key = null;
                    inMember = false;
                }
                case '}', ']' -> {
                    pop();
                    at++;
                    key = null;
                    inMember = false;
                }
                case ',' -> {
                    at++;
                    complete = at;
                    key = null;
                    inMember = false;
                }
                default -> at++;
            }
        }
        return end;
    }

    /** The length of what stands between a name and its value: a colon, or an arrow in Ruby's notation. */
    private int colon(int next) {
        if (next >= end) {
            return 0;
        }
        return byteAt(next) == ':' ? 1 : byteAt(next) == '=' && next + 1 < end && byteAt(next + 1) == '>' ? 2 : 0;
    }

    private void push(byte container) {
        if (depth < MAX_DEPTH) {
            containers[depth] = container;
        }
        depth++;
    }

    private void pop() {
        depth = Math.max(0, depth - 1);
        if (depth == 0 || (depth <= MAX_DEPTH && containers[depth - 1] == '[')) {
            // The next object of a list, or the next line.
            comparedCount = 0;
        }
    }

    private int skipBlanks(int from) {
        int to = from;
        while (to < end && (Chars.isBlank(byteAt(to)) || byteAt(to) == '\r')) {
            to++;
        }
        return to;
    }

    private int closingQuote(int from) {
        int to = stringEnd(bytes, base + from, base + end) - base;
        return to < end ? to : -1;
    }

    /** The name of a member in lower case, cut at 64 bytes. The same few names repeat in each line. */
    private String name(int from, int to) {
        int end = Math.min(to, from + 64);
        for (int i = 0; i < names.size(); i++) {
            byte[] key = keys.get(i);
            if (Arrays.equals(key, 0, key.length, bytes, base + from, base + end)) {
                return names.get(i);
            }
        }
        byte[] key = Arrays.copyOfRange(bytes, base + from, base + end);
        String name = new String(key, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (names.size() < MAX_NAMES) {
            keys.add(key);
            names.add(name);
        }
        return name;
    }

    /** bpftrace prints a stack as the key of a map. */
    private boolean isStack(int from, int to) {
        return to - from > 8
                && Chars.indexOf(bytes, base + from, base + to, "\\n") >= 0
                && Chars.indexOf(bytes, base + from, base + to, "+") >= 0;
    }

    private boolean isMessage(@Nullable String key, int from, int to) {
        // An empty message is an empty line, which ends a stack.
        boolean message = key == null ? !isNumber(from, to) : MESSAGES.contains(key) || looksLikeKernel(from, to);
        return message && (from == to || !isRepeated(from, to));
    }

    private boolean isNumber(int from, int to) {
        int at = from;
        while (at < to && Ascii.isDigit(byteAt(at))) {
            at++;
        }
        return at == to && to > from;
    }

    private boolean looksLikeKernel(int from, int to) {
        int start = base + from;
        int limit = base + to;
        // Other text of the kernel has blanks.
        return Chars.indexOf(bytes, start, limit, "+0x") >= 0
                || (Chars.indexOf(bytes, start, limit, " ") >= 0 && isKernelText(start, limit));
    }

    private boolean isKernelText(int start, int limit) {
        return KernelText.stamp(bytes, start, limit) >= 0 || KernelText.find(bytes, start, limit) >= 0;
    }

    /** Whether the object has the same message twice: log stores keep the original beside what they parsed. */
    private boolean isRepeated(int from, int to) {
        for (int i = 0; i < comparedCount; i++) {
            int other = compared[2 * i];
            if (Arrays.equals(bytes, base + from, base + to, bytes, base + other, base + compared[2 * i + 1])) {
                return true;
            }
        }
        if (comparedCount < MAX_COMPARED) {
            compared[2 * comparedCount] = from;
            compared[2 * comparedCount + 1] = to;
            comparedCount++;
        }
        return false;
    }

    /** Adds the lines of a string. */
    private void string(int from, int to, List<Piece> found) {
        Escape escape = new Escape(Escape.Form.JSON, piece.escape());
        int slash = from;
        while (slash < to && byteAt(slash) != '\\') {
            slash++;
        }
        if (slash == to || (slash == to - 2 && byteAt(slash + 1) == 'n')) {
            found.add(piece.string(from, slash, escape));
            return;
        }
        Decoded decoded = new Decoded(to - from);
        List<Integer> ends = new ArrayList<>();
        int i = from;
        while (i < to) {
            int origin = piece.origin(i);
            byte c = byteAt(i);
            if (c != '\\' || i + 1 >= to) {
                decoded.add(c, origin);
                i++;
                continue;
            }
            byte kind = byteAt(i + 1);
            i += 2;
            switch (kind) {
                case 'n' -> {
                    ends.add(decoded.length());
                    decoded.add('\n', origin);
                }
                case 't' -> decoded.add('\t', origin);
                case 'r' -> decoded.add('\r', origin);
                case 'b' -> decoded.add('\b', origin);
                case 'f' -> decoded.add('\f', origin);
                case 'u' -> {
                    int code = hex4(i, to);
                    i = Math.min(to, i + 4);
                    if (code >= 0xd800 && code < 0xdc00 && i + 1 < to && byteAt(i) == '\\' && byteAt(i + 1) == 'u') {
                        int low = hex4(i + 2, to);
                        if (low >= 0xdc00 && low < 0xe000) {
                            code = 0x10000 + ((code - 0xd800) << 10) + low - 0xdc00;
                            i = Math.min(to, i + 6);
                        }
                    }
                    if (code == '\n') {
                        ends.add(decoded.length());
                    }
                    decoded.addCodePoint(code, origin);
                }
                default -> decoded.add(kind, origin);
            }
        }
        int[] origins = decoded.origins(piece.origin(to));
        int start = 0;
        for (int lineEnd : ends) {
            found.add(Piece.decoded(decoded.text(), origins, start, lineEnd, escape));
            start = lineEnd + 1;
        }
        if (start < decoded.length()) {
            found.add(Piece.decoded(decoded.text(), origins, start, decoded.length(), escape));
        }
    }

    private int hex4(int from, int to) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < to ? Hex.digit(byteAt(i)) : -1;
            if (digit < 0) {
                return 0xfffd;
            }
            code = code << 4 | digit;
        }
        // A lone surrogate is no character.
        return code;
    }

    /** A message as an array of byte values; returns the position after the array, or -1 if it is not one. */
    private int byteArray(int from, List<Piece> found) {
        Decoded decoded = new Decoded(64);
        List<Integer> ends = new ArrayList<>();
        int i = from + 1;
        int lastEnd = i;
        if (skipBlanks(i) < end && byteAt(skipBlanks(i)) == ']') {
            // An empty message is an empty line.
            found.add(piece.string(i, i, new Escape(Escape.Form.JSON_BYTES, piece.escape())));
            return skipBlanks(i) + 1;
        }
        while (i < end) {
            i = skipBlanks(i);
            int start = i;
            int value = 0;
            while (i < end && Ascii.isDigit(byteAt(i)) && i - start < 3) {
                value = 10 * value + byteAt(i) - '0';
                i++;
            }
            if (i == start || value > 255) {
                return -1;
            }
            if (value == '\n') {
                ends.add(decoded.length());
            }
            // A text is inserted after a number, before the comma.
            decoded.add(value, piece.origin(decoded.length() == 0 ? start : lastEnd));
            lastEnd = i;
            i = skipBlanks(i);
            if (i < end && byteAt(i) == ']') {
                Escape escape = new Escape(Escape.Form.JSON_BYTES, piece.escape());
                int[] origins = decoded.origins(piece.origin(lastEnd));
                int lineStart = 0;
                for (int lineEnd : ends) {
                    found.add(Piece.decoded(decoded.text(), origins, lineStart, lineEnd, escape));
                    lineStart = lineEnd + 1;
                }
                if (lineStart < decoded.length()) {
                    found.add(Piece.decoded(decoded.text(), origins, lineStart, decoded.length(), escape));
                }
                return i + 1;
            }
            if (i >= end || byteAt(i) != ',') {
                return -1;
            }
            i++;
        }
        return -1;
    }
}
