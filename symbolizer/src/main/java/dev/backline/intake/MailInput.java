package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.ByteLines;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text of a mail or of a mailbox: bodies in base64 and in quoted-printable (RFC 2045 6) are decoded, attachments that are
 * text too; everything else stays as it is. Of a text that a mail contains twice, the form in HTML stays encoded. Not
 * thread-safe.
 */
final class MailInput extends InputStream {
    /** Fields with which mails start, in lower case; all others start with {@code X-}, {@code ARC-} or {@code List-}. */
    private static final Set<String> FIELDS = Set.of(
            "received",
            "return-path",
            "delivered-to",
            "from",
            "to",
            "cc",
            "subject",
            "date",
            "message-id",
            "mime-version",
            "sender",
            "reply-to",
            "references",
            "in-reply-to",
            "dkim-signature",
            "authentication-results",
            "user-agent",
            "content-type",
            "content-transfer-encoding");

    /** No name of a field is longer. */
    private static final int MAX_NAME = 32;

    /** The start of a mail in a mailbox (RFC 4155). */
    private static final String MAILBOX = "From ";

    /** The most bytes of a field that are read, and the most boundaries of a mail. */
    private static final int MAX_FIELD = 4096;

    private static final int MAX_BOUNDARIES = 64;

    /** The longest line of quoted-printable. */
    private static final int MAX_QUOTED = 76;

    /** How a body is encoded. */
    private enum Encoding {
        NONE,
        BASE64,
        QUOTED_PRINTABLE
    }

    private final ByteLines lines;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] text = {};
    private int at;

    /** Whether the mails are in a mailbox. */
    private final boolean mailbox;

    private final Set<String> boundaries = new HashSet<>();
    private boolean inHeader = true;
    private final StringBuilder field = new StringBuilder();
    private String type = "";
    private Encoding encoding = Encoding.NONE;
    /** Whether the mail had a body that is plain text. */
    private boolean plain;

    private boolean bodyStarts;
    private boolean blankBefore = true;

    // The state of base64: the bits that do not fill a byte yet, and whether the last line is complete.
    private int bits;
    private int bitCount;
    private boolean lineOpen;

    /**
     * Decodes the mails in a stream, which stays open.
     *
     * @param head the start of the text, for which {@link #isMail} is true
     */
    MailInput(InputStream in, byte[] head, int length) {
        lines = new ByteLines(in);
        mailbox = isMailbox(head, length);
    }

    private static boolean isMailbox(byte[] head, int length) {
        return Chars.startsWith(head, LogReader.afterMark(head, 0, length), length, MAILBOX);
    }

    /** Whether a text starts like a mail or a mailbox. */
    static boolean isMail(byte[] head, int length) {
        if (isMailbox(head, length)) {
            return true;
        }
        int from = LogReader.afterMark(head, 0, length);
        int colon = nameEnd(head, from, length);
        if (colon == from || colon == length || head[colon] != ':') {
            return false;
        }
        String name = new String(head, from, colon - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return FIELDS.contains(name) || name.startsWith("x-") || name.startsWith("arc-") || name.startsWith("list-");
    }

    /** Whether a text has only the start of what can be a field's name. */
    static boolean isInName(byte[] head, int length) {
        return length < MAX_NAME && nameEnd(head, LogReader.afterMark(head, 0, length), length) == length;
    }

    private static int nameEnd(byte[] head, int from, int length) {
        int to = from;
        while (to < length && to - from < MAX_NAME && (Ascii.isLetter(head[to]) || head[to] == '-')) {
            to++;
        }
        return to;
    }

    @Override
    public int read() throws IOException {
        return fill() ? text[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int copied = Math.min(count, text.length - at);
        System.arraycopy(text, at, into, offset, copied);
        at += copied;
        return copied;
    }

    @Override
    public int available() throws IOException {
        return text.length - at + (lines.mustWait() ? 0 : 1);
    }

    /** Decodes lines until there is text; returns false at the end. */
    private boolean fill() throws IOException {
        while (at == text.length) {
            if (!lines.next()) {
                return false;
            }
            out.reset();
            do {
                line(lines.bytes(), lines.start(), lines.contentEnd(), lines.end());
            } while (out.size() < 1 << 13 && !lines.mustWait() && lines.next());
            text = out.toByteArray();
            at = 0;
        }
        return true;
    }

    private void line(byte[] bytes, int start, int contentEnd, int end) {
        int to = contentEnd > start && bytes[contentEnd - 1] == '\r' ? contentEnd - 1 : contentEnd;
        if (!lines.isContinued()) {
            if (mailbox && blankBefore && Chars.startsWith(bytes, start, to, MAILBOX)) {
                boundaries.clear();
                plain = false;
                startHeader();
                out.write(bytes, start, end - start);
                return;
            }
            blankBefore = start == to;
            String boundary = boundary(bytes, start, to);
            if (boundary != null) {
                endLine();
                startHeader();
                // After the last part comes text that is no part.
                inHeader = !boundary.endsWith("--") || boundaries.contains(boundary);
                out.write(bytes, start, end - start);
                return;
            }
        }
        if (inHeader) {
            header(bytes, start, to);
            out.write(bytes, start, end - start);
            return;
        }
        switch (encoding) {
            case BASE64 -> base64(bytes, start, to, end);
            case QUOTED_PRINTABLE -> quotedPrintable(bytes, start, to, end);
            case NONE -> out.write(bytes, start, end - start);
        }
        bodyStarts = false;
    }

    private void startHeader() {
        inHeader = true;
        field.setLength(0);
        type = "";
        encoding = Encoding.NONE;
        bits = 0;
        bitCount = 0;
    }

    /** What follows the two hyphens of a line that separates parts (RFC 2046 5.1.1). Null for other lines. */
    private @Nullable String boundary(byte[] bytes, int start, int to) {
        if (boundaries.isEmpty() || to - start > 80 || !Chars.startsWith(bytes, start, to, "--")) {
            return null;
        }
        String name = new String(bytes, start + 2, to - start - 2, StandardCharsets.ISO_8859_1).stripTrailing();
        boolean last = name.endsWith("--") && boundaries.contains(name.substring(0, name.length() - 2));
        return last || boundaries.contains(name) ? name : null;
    }

    private void header(byte[] bytes, int start, int to) {
        boolean continued = lines.isContinued() || (start < to && Chars.isBlank(bytes[start]));
        if (!continued) {
            field(field.toString());
            field.setLength(0);
        }
        int length = Math.min(to - start, MAX_FIELD - field.length());
        field.append(new String(bytes, start, Math.max(0, length), StandardCharsets.ISO_8859_1));
        if (start == to && !lines.isContinued()) {
            startBody();
        }
    }

    private void field(String line) {
        int colon = line.indexOf(':');
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT)) {
            case "content-type" -> {
                type = value.toLowerCase(Locale.ROOT);
                String boundary = parameter(value, "boundary=");
                if (boundary != null && boundaries.size() < MAX_BOUNDARIES) {
                    boundaries.add(boundary);
                }
            }
            case "content-transfer-encoding" -> {
                encoding = switch (value.toLowerCase(Locale.ROOT)) {
                    case "base64" -> Encoding.BASE64;
                    case "quoted-printable" -> Encoding.QUOTED_PRINTABLE;
                    default -> Encoding.NONE;
                };
            }
            default -> {}
        }
    }

    /** The value of a parameter (RFC 2045 5.1), quoted or not. Null if the field does not have the parameter. */
    private static @Nullable String parameter(String value, String name) {
        int found = value.toLowerCase(Locale.ROOT).indexOf(name);
        if (found < 0) {
            return null;
        }
        String rest = value.substring(found + name.length());
        if (rest.startsWith("\"")) {
            int close = rest.indexOf('"', 1);
            return close < 0 ? null : rest.substring(1, close);
        }
        int to = 0;
        while (to < rest.length() && rest.charAt(to) != ';' && rest.charAt(to) > ' ') {
            to++;
        }
        return rest.substring(0, to);
    }

    private void startBody() {
        if (type.startsWith("message/rfc822")) {
            // A mail in a mail has a header of its own.
            startHeader();
            return;
        }
        inHeader = false;
        bodyStarts = true;
        if (type.startsWith("text/html") && plain) {
            encoding = Encoding.NONE;
        }
        plain |= type.startsWith("text/plain");
    }

    /** Completes the line that base64 ended in. */
    private void endLine() {
        if (lineOpen) {
            out.write('\n');
            lineOpen = false;
        }
    }

    /** Decodes a line of base64 (RFC 2045 6.8). Of a part that is no text, and after other characters, nothing is decoded. */
    private void base64(byte[] bytes, int start, int to, int end) {
        byte[] decoded = new byte[(to - start) * 3 / 4 + 3];
        int length = 0;
        int state = bits;
        int count = bitCount;
        for (int i = start; i < to; i++) {
            int value = sextet(bytes[i]);
            if (value < 0 && bytes[i] != '=' && !Chars.isBlank(bytes[i])) {
                leaveBody(bytes, start, end);
                return;
            }
            if (value >= 0) {
                state = (state << 6 | value) & 0xffff;
                count += 6;
                if (count >= 8) {
                    count -= 8;
                    decoded[length++] = (byte) (state >> count);
                }
            }
        }
        if (bodyStarts && length > 0 && FileKind.of(decoded, length) != FileKind.TEXT) {
            leaveBody(bytes, start, end);
            return;
        }
        bits = state;
        bitCount = count;
        if (length > 0) {
            out.write(decoded, 0, length);
            lineOpen = decoded[length - 1] != '\n';
        } else if (start == to) {
            endLine();
            out.write(bytes, start, end - start);
        }
    }

    private static int sextet(byte c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (Ascii.isDigit(c)) {
            return c - '0' + 52;
        }
        return c == '+' ? 62 : c == '/' ? 63 : -1;
    }

    private void leaveBody(byte[] bytes, int start, int end) {
        encoding = Encoding.NONE;
        endLine();
        out.write(bytes, start, end - start);
    }

    /** Decodes a line of quoted-printable (RFC 2045 6.7). After a line that cannot be one, the part was decoded before. */
    private void quotedPrintable(byte[] bytes, int start, int to, int end) {
        if (to - start > MAX_QUOTED) {
            leaveBody(bytes, start, end);
            return;
        }
        int last = to;
        while (last > start && Chars.isBlank(bytes[last - 1])) {
            last--;
        }
        boolean soft = last > start && bytes[last - 1] == '=' && end > to;
        int stop = soft ? last - 1 : to;
        byte[] decoded = new byte[stop - start];
        int length = 0;
        for (int i = start; i < stop; i++) {
            byte c = bytes[i];
            if (c == '=') {
                int high = i + 2 < stop ? Hex.digit(bytes[i + 1]) : -1;
                int low = i + 2 < stop ? Hex.digit(bytes[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    leaveBody(bytes, start, end);
                    return;
                }
                c = (byte) (high << 4 | low);
                i += 2;
            }
            decoded[length++] = c;
        }
        out.writeBytes(Arrays.copyOf(decoded, length));
        if (!soft) {
            out.write(bytes, to, end - to);
        }
    }
}
