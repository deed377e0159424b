package dev.backline.intake;

import dev.backline.io.ByteLines;
import dev.backline.io.Chars;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log and finds the kernel's own lines: inside JSON, CSV and HTML, after quote marks and the prefixes of
 * collectors, in wrapped lines and in lines with two messages. The reader learns the form of a log from the log's start
 * and from each line. Memory is bounded: at most a megabyte of a line is read at once. Not thread-safe.
 */
public final class LogReader {
    /** The nesting of messages, such as JSON in JSON in a line of a container's log. */
    private static final int MAX_DEPTH = 4;

    /** A log whose first lines are not CSV is not searched for CSV, except in lines that start with a quote. */
    private static final int CSV_LINES = 64;

    /** The lines that a layout of the whole log must have. */
    private static final int MIN_LINES = 4;

    /** A shorter line cannot contain the URL of a panic. */
    private static final int MIN_URL = 100;

    /** The most bytes of a line of JSON that are read at once. */
    private static final int JSON_PART = 1 << 17;

    /**
     * Takes lines that a program reads faster than this reader, because nothing was wrapped around them. Each is whole, with
     * its line end.
     */
    public interface PlainLines {
        /** What {@link #take} returns when it needs more of the log than there is in the buffer. */
        int MORE = -1;

        /**
         * Takes lines from the start of a line on.
         *
         * @param bytes the buffer; do not change or keep it
         * @param from where the line starts
         * @param to where the bytes in the buffer end
         * @param last whether no more bytes are there at the moment
         * @return where the first line starts that was not taken: {@code from} if none was; or {@link #MORE}
         */
        int take(byte[] bytes, int from, int to, boolean last);

        /** {@return how many lines the last call took} */
        int lines();
    }

    private final ByteLines lines;
    private final PrefixLearner prefixes = new PrefixLearner();
    private final PrefixLearner afterStamps = new PrefixLearner();
    private final Json[] json = new Json[MAX_DEPTH];
    private final Csv csv = new Csv();
    private final Yaml yaml = new Yaml();
    private final LineMarks marks = new LineMarks();
    private boolean table;
    private boolean html;
    /** Whether every second line is empty, because something doubled the line ends. */
    private boolean doubleSpaced;
    /** Whether the lines are rows of a table whose last border is a bar. */
    private boolean barred;

    private @Nullable WrappedLines wrapped;

    private long number;
    private boolean primed;
    /** Whether the next piece of a very long line continues JSON. */
    private boolean jsonContinues;

    private Excerpt excerpt = new Excerpt(0, new byte[0], 0, 0);

    private @Nullable PlainLines plain;

    /** The remaining lines of a log that was encoded in a URL in the input. */
    private final ArrayDeque<byte[]> unpacked = new ArrayDeque<>();

    /**
     * A reader at the start of a log.
     *
     * @param text the log's text, see {@link LogInput}; it stays open
     */
    public LogReader(InputStream text) {
        lines = new ByteLines(text);
    }

    /**
     * Offers each line to a program before this reader reads it. Line numbers also count the lines that the program takes.
     *
     * @param taker is asked at the start of each line; no excerpt contains the lines that it takes
     */
    public void handTo(PlainLines taker) {
        plain = taker;
    }

    /** Lets the program take lines; returns false at the end of the log. */
    private boolean handOver(PlainLines taker) throws IOException {
        boolean last = false;
        while (!lines.isContinued() && !jsonContinues) {
            int from = lines.start();
            int to = taker.take(lines.bytes(), from, lines.bufferedEnd(), last);
            if (to == PlainLines.MORE && !last) {
                last = !lines.readMore();
                continue;
            }
            if (to <= from) {
                return true;
            }
            last = false;
            number += taker.lines();
            lines.skipTo(to);
            if (!lines.next()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Moves to the next excerpt.
     *
     * @return false at the end of the log
     * @throws IOException if the log cannot be read
     */
    public boolean next() throws IOException {
        byte[] line = unpacked.poll();
        if (line != null) {
            excerpt = new Excerpt(number, line, 0, line.length);
            // The first line has a line end in front if the line of the URL has none.
            int from = line.length > 1 && line[0] == '\n' ? 1 : 0;
            emit(Piece.of(from, line.length - 1, null), 0);
            return true;
        }
        WrappedLines wraps = wrapped;
        if (wraps != null) {
            return wraps.next() && take(wraps);
        }
        if (!lines.next()) {
            return false;
        }
        if (!primed) {
            primed = true;
            prime();
            if (wrapped != null) {
                return next();
            }
        }
        PlainLines taker = plain;
        if (taker != null && !handOver(taker)) {
            return false;
        }
        boolean continued = lines.isContinued();
        number += continued ? 0 : 1;
        excerpt = new Excerpt(number, lines.bytes(), lines.start(), lines.end());
        if (!continued || jsonContinues) {
            read(lines.contentEnd() - lines.start());
        }
        return true;
    }

    /** Reads the next line together with the lines that continue it. */
    private boolean take(WrappedLines wraps) {
        number = wraps.number();
        byte[] raw = wraps.bytes();
        excerpt = new Excerpt(number, raw, 0, raw.length);
        Piece joined = wraps.joined();
        if (joined == null) {
            read(wraps.contentEnd());
        } else {
            emit(joined, 0);
        }
        return true;
    }

    /** {@return the current excerpt; valid until {@link #next()}, or longer after {@link Excerpt#keep()}} */
    public Excerpt excerpt() {
        return excerpt;
    }

    /**
     * {@return whether the next excerpt is not available yet, so that {@link #next()} may wait}
     *
     * @throws IOException if the log cannot be read
     */
    public boolean mustWait() throws IOException {
        WrappedLines wraps = wrapped;
        return unpacked.isEmpty() && (wraps == null || !wraps.hasNext()) && lines.mustWait();
    }

    /**
     * Waits until the next excerpt is available, or the log ends.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if the time is over
     * @throws IOException if the log cannot be read
     */
    public boolean await(long nanos) throws IOException {
        return !mustWait() || lines.await(nanos);
    }

    /** Learns the form of the log from the lines that are already available. */
    private void prime() throws IOException {
        lines.fillBuffer();
        byte[] bytes = lines.bytes();
        int from = lines.start();
        int end = lines.bufferedEnd();
        boolean anyPair = false;
        boolean anyTable = false;
        Csv rows = new Csv();
        int start = afterMark(bytes, from, end);
        int count = 0;
        int filled = 0;
        int bars = 0;
        boolean invisible = false;
        boolean everySecond = true;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                int to = i > start && bytes[i - 1] == '\r' ? i - 1 : i;
                count++;
                filled += to > start ? 1 : 0;
                everySecond &= count % 2 != 0 || to == start;
                bars += barStart(bytes, start, to) < to ? 1 : 0;
                invisible |= Invisible.isIn(bytes, start, to);
                html |= Html.isIn(bytes, start, i);
                anyPair |= isJson(bytes, start, i) || isString(bytes, LinePrefix.end(bytes, start, i), i);
                anyTable |= rows.read(bytes, afterMark(bytes, start, i), i);
                start = i + 1;
            }
        }
        html |= Html.isIn(bytes, start, end);
        doubleSpaced = everySecond && filled >= MIN_LINES;
        barred = bars >= MIN_LINES && bars >= filled - filled / 8;
        if (!anyPair && !anyTable && !html && !invisible) {
            prefixes.prime(bytes, afterMark(bytes, from, end), end);
            WrappedLines.Width width = WrappedLines.width(bytes, from, end);
            if (width != null) {
                wrapped = new WrappedLines(lines, width, prefixes);
            }
        }
    }

    /** Where the blanks and the bar at the end of a table's row start; the end if there is none. */
    private static int barStart(byte[] bytes, int start, int end) {
        int to = end;
        while (to > start && (Chars.isBlank(bytes[to - 1]) || bytes[to - 1] == '\r')) {
            to--;
        }
        return to > start && bytes[to - 1] == '|' ? to - 1 : end;
    }

    private static boolean isString(byte[] bytes, int from, int end) {
        return Logfmt.message(bytes, from, end) >= 0 || Yaml.find(bytes, from, end) >= 0;
    }

    private boolean isJson(byte[] bytes, int from, int end) {
        return json(0).startsAt(bytes, Chars.skipBlanks(bytes, afterMark(bytes, from, end), end), end);
    }

    /** The position after a byte order mark. */
    static int afterMark(byte[] bytes, int from, int end) {
        return Chars.startsWith(bytes, from, end, "\u00ef\u00bb\u00bf") ? from + 3 : from;
    }

    private Json json(int depth) {
        Json found = json[depth];
        if (found == null) {
            found = new Json();
            json[depth] = found;
        }
        return found;
    }

    /** Reads the current line, of a length without its line end. */
    private void read(int length) {
        byte[] bytes = excerpt.bytes();
        int start = excerpt.start();
        int end = start + length;
        if (doubleSpaced && number % 2 == 0 && (length == 0 || (length == 1 && bytes[start] == '\r'))) {
            return;
        }
        Piece line = Piece.of(0, length, null);
        if (jsonContinues || (length > 0 && isJsonsFirst(bytes, start, end))) {
            // A line can have a whole log in it. Its parts are read one by one, so that memory is bounded.
            int part = wrapped == null ? Math.min(length, JSON_PART) : length;
            boolean cut = wrapped == null && (part < length || lines.isCut());
            int text = jsonContinues ? 0 : Chars.skipBlanks(bytes, afterMark(bytes, start, end), end) - start;
            int read = readJson(Piece.of(0, part, null), Math.min(text, part), 0, cut);
            jsonContinues = cut && read > 0;
            if (jsonContinues) {
                lines.cutAt(start + read);
                excerpt.endAt(start + read);
            }
            if (read >= 0) {
                return;
            }
        }
        if (csv.isOpen() || table || number <= CSV_LINES || (length > 0 && bytes[start] == '"')) {
            if (csv.read(bytes, afterMark(bytes, start, end), end)) {
                table = true;
                if (!csv.isQuoted()) {
                    emit(line.startingAt(csv.fieldStart() - start).endingAt(csv.fieldEnd() - start), 0);
                    return;
                }
                Escape escape = new Escape(Escape.Form.CSV, null);
                Piece field = line.string(csv.fieldStart() - start, csv.fieldEnd() - start, escape);
                emit(csv.hasDoubledQuotes() ? Csv.undoubled(bytes, start, field, (byte) '"') : field, 0);
                return;
            }
        }
        emit(line, 0);
    }

    private boolean isJsonsFirst(byte[] bytes, int start, int end) {
        switch (bytes[start]) {
            case '{', '[', '"', '}', ']', ',', '-', ' ', '\t', (byte) 0xef -> {
                return isJson(bytes, start, end);
            }
            default -> {
                return false;
            }
        }
    }

    /** Reads the messages in JSON; returns the position after the JSON, or -1 if the text is not JSON. */
    private int readJson(Piece piece, int from, int depth, boolean cut) {
        byte[] decoded = piece.decoded();
        byte[] bytes = decoded == null ? excerpt.bytes() : decoded;
        int base = decoded == null ? excerpt.start() : 0;
        return json(depth).read(bytes, base, piece, from, cut, line -> emit(line, depth + 1));
    }

    /** The log in the URL of a panic's QR code: its lines follow the line of the URL. */
    private void unpack(byte[] bytes, int from, int end) {
        PanicUrl url = PanicUrl.decode(new String(bytes, from, end - from, StandardCharsets.ISO_8859_1));
        if (url == null) {
            return;
        }
        if (url.release() != null) {
            // The form in which reports of Android name the kernel.
            add("Kernel: Linux " + url.release() + (url.machine() == null ? "" : " " + url.machine()));
        }
        for (String line : url.log().split("\n", -1)) {
            add(line);
        }
    }

    private void add(String line) {
        // The line with the URL can be the last one and have no line end.
        boolean ended = !unpacked.isEmpty() || excerpt.bytes()[excerpt.end() - 1] == '\n';
        unpacked.add(((ended ? "" : "\n") + line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the kernel's lines of a line of text. */
    private void emit(Piece line, int depth) {
        Piece piece = line;
        byte[] decoded = piece.decoded();
        byte[] bytes = decoded == null ? excerpt.bytes() : decoded;
        int base = decoded == null ? excerpt.start() : 0;
        int start = base + piece.start();
        int end = base + piece.end();
        if (start < end && bytes[start] == '<' && !html) {
            html = Html.isIn(bytes, start, end);
        }
        if (html && Html.isIn(bytes, start, end)) {
            piece = Html.decoded(bytes, base, piece);
            bytes = piece.decodedBytes();
            base = 0;
            start = 0;
            end = piece.end();
        }
        marks.read(bytes, start, end);
        if (marks.isUnusual() && Invisible.isIn(bytes, start, end)) {
            piece = Invisible.decoded(bytes, base, piece);
            emitLines(piece, depth);
            return;
        }
        emitLine(bytes, base, piece, depth);
    }

    /** Adds the lines of decoded text: a terminal's log can have carriage returns only, and HTML has its own breaks. */
    private void emitLines(Piece text, int depth) {
        byte[] bytes = text.decodedBytes();
        int end = text.end();
        int start = text.start();
        int at = start;
        while (at < end) {
            boolean ends = bytes[at] == '\n' || bytes[at] == '\r';
            at++;
            if (!ends) {
                continue;
            }
            if (at - 1 > start && isLineEnds(bytes, at, end)) {
                // The line end of the input.
                break;
            }
            if (at - 1 > text.start() || bytes[at - 1] == '\n') {
                marks.read(bytes, start, at - 1);
                emitLine(bytes, 0, text.part(start, at - 1), depth);
            }
            start = at;
        }
        marks.read(bytes, start, end);
        emitLine(bytes, 0, start == text.start() ? text : text.part(start, end), depth);
    }

    private static boolean isLineEnds(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && (bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at == end;
    }

    /** Adds the kernel's lines of one line, which was marked. */
    private void emitLine(byte[] bytes, int base, Piece line, int depth) {
        // JSON in the line has marks of its own.
        boolean anchored = marks.hasAnchor();
        boolean quoted = marks.hasQuote();
        int bracket = marks.lastBracket();
        Piece piece = line;
        int start = base + piece.start();
        int end = base + piece.end();
        if (barred && start < end) {
            int to = barStart(bytes, start, end);
            piece = to < end ? piece.endingAt(to - base) : piece;
            end = to;
        }
        int known = LinePrefix.end(bytes, start, end);
        if (depth + 1 < MAX_DEPTH
                && (emitJson(bytes, base, piece, known, depth + 1)
                        || (quoted && emitLogfmt(bytes, base, piece, known, depth + 1))
                        || (quoted && emitYaml(bytes, base, piece, known, depth + 1)))) {
            return;
        }
        // A string in YAML has no YAML in it.
        if (depth == 0 && yaml.isOther(bytes, known, end)) {
            return;
        }
        int text = prefixEnd(bytes, start, known, end, bracket);
        int close = text > start ? Enclosed.end(bytes, start, text, end) : end;
        if (close < end) {
            piece = piece.endingAt(close - base);
            end = close;
        }
        // Two columns, a console on which two messages ran into one line, or line ends that a program escaped.
        int second = bracket < text + 8 ? -1 : KernelText.nextStamp(bytes, text + 8, end);
        while (second > text) {
            int to = second;
            while (to > text && (Chars.isBlank(bytes[to - 1]) || bytes[to - 1] == '|')) {
                to--;
            }
            to = Enclosed.lineEnds(bytes, text, to);
            excerpt.add(new KernelLine(excerpt, piece.part(start - base, to - base), number, text - base, anchored));
            start = second;
            text = second;
            piece = piece.part(start - base, end - base);
            second = bracket < text + 8 ? -1 : KernelText.nextStamp(bytes, text + 8, end);
        }
        excerpt.add(new KernelLine(excerpt, piece, number, text - base, anchored));
    }

    /** Adds the lines of the message in a line of logfmt; false if the line is no logfmt. */
    private boolean emitLogfmt(byte[] bytes, int base, Piece piece, int known, int depth) {
        int from = Logfmt.message(bytes, known, base + piece.end());
        if (from < 0) {
            return false;
        }
        int to = Json.stringEnd(bytes, from, base + piece.end());
        json(depth).readString(bytes, base, piece, from - base, to - base, each -> emit(each, depth + 1));
        return true;
    }

    /** Adds the lines of the message in a line of YAML; false if the line is no YAML. */
    private boolean emitYaml(byte[] bytes, int base, Piece piece, int known, int depth) {
        int end = base + piece.end();
        int quote = yaml.message(bytes, known, end);
        if (quote < 0) {
            return false;
        }
        int from = quote + 1 - base;
        int to = Yaml.stringEnd(bytes, quote, end) - base;
        if (bytes[quote] == '"') {
            json(depth).readString(bytes, base, piece, from, to, each -> emit(each, depth + 1));
        } else {
            Piece string = piece.string(from, to, new Escape(Escape.Form.YAML, piece.escape()));
            emit(Csv.undoubled(bytes, base, string, bytes[quote]), depth + 1);
        }
        return true;
    }

    /** Adds the messages of a JSON object that ends the line; false if there is none. */
    private boolean emitJson(byte[] bytes, int base, Piece piece, int known, int depth) {
        int end = base + piece.end();
        int to = end;
        while (to > known && (bytes[to - 1] == ']' || bytes[to - 1] == '\r')) {
            to--;
        }
        if (to == known || (bytes[to - 1] != '}' && bytes[known] != '{')) {
            return false;
        }
        int object = Chars.indexOf(bytes, known, Math.min(end, known + KernelText.REACH), "{\"");
        object = bytes[known] == '{' ? known : object;
        if (object < 0 || !json(depth).startsAt(bytes, object, end)) {
            return false;
        }
        int lines = excerpt.lines().size();
        return readJson(piece, object - base, depth, false) >= 0
                && excerpt.lines().size() > lines;
    }

    /** The position after the collector's prefix; a time stamp of the kernel is part of the text. */
    private int prefixEnd(byte[] bytes, int start, int known, int end, int bracket) {
        if (start == end) {
            return start;
        }
        int stamp = bracket < start ? -1 : KernelText.stamp(bytes, start, end);
        if (stamp >= 0) {
            return afterStamp(bytes, stamp, stamp == start ? known : LinePrefix.end(bytes, stamp, end), end);
        }
        if (end - start > MIN_URL && unpacked.isEmpty() && Chars.indexOf(bytes, start, end, "panic_report") >= 0) {
            unpack(bytes, start, end);
        }
        if (known < end && KernelText.startsAt(bytes, known, end)) {
            return known;
        }
        int learnt = prefixes.knows() ? prefixes.end(bytes, start, end) : start;
        if (learnt > known) {
            return learnt;
        }
        int text = KernelText.find(bytes, known, end);
        if (text > known && isSeparate(bytes, text)) {
            prefixes.learn(bytes, start, text);
            return text;
        }
        return known;
    }

    /** The position of a time stamp, or after what a vendor's kernel prints in brackets after each time stamp. */
    private int afterStamp(byte[] bytes, int stamp, int known, int end) {
        if (known >= end || (bytes[known] != '[' && bytes[known] != '(')) {
            return stamp;
        }
        int text = KernelText.find(bytes, known, end);
        int last = text > known + 1 && bytes[text - 1] == ' ' ? text - 2 : text - 1;
        if (text > known + 1 && (bytes[last] == ']' || bytes[last] == ')')) {
            afterStamps.learn(bytes, known, text);
            return text;
        }
        int learnt = afterStamps.knows() ? afterStamps.end(bytes, known, end) : known;
        return learnt > known ? learnt : stamp;
    }

    /** Whether a word of an oops is not the value of a field. */
    private static boolean isSeparate(byte[] bytes, int text) {
        return text > 0 && bytes[text - 1] != '=';
    }
}
