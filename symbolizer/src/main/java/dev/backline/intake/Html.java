package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;

/** Decodes the character references and removes the tags of HTML in a line of text. Thread-safe. */
final class Html {
    /** Elements of pages that show logs. Others can be the kernel's own text: {@code <TASK>}. */
    private static final String[] TAGS = {
        "pre",
        "span",
        "br",
        "p",
        "div",
        "code",
        "td",
        "tr",
        "th",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "font",
        "li",
        "tt",
        "samp",
        "blockquote",
        "table",
        "tbody",
        "body",
        "html",
        "head",
        "mark",
        "wbr",
        "small",
        "kbd",
        "hr",
        "meta",
        "title",
        "details",
        "summary",
        "ul",
        "ol"
    };

    private static final String[] NAMES = {"lt", "gt", "amp", "quot", "apos", "nbsp", "plus", "lsqb", "rsqb", "sol"};
    private static final String CHARACTERS = "<>&\"' +[]/";

    private static final int MAX_TAG = 256;

    private Html() {}

    /** Whether a line has something to decode. */
    static boolean isIn(byte[] line, int from, int end) {
        for (int i = from; i < end; i++) {
            byte c = line[i];
            if ((c == '&' && reference(line, i, end) > i) || (c == '<' && tag(line, i, end) > i)) {
                return true;
            }
        }
        return false;
    }

    /** The decoded text of a piece. */
    static Piece decoded(byte[] line, int base, Piece piece) {
        int end = base + piece.end();
        Decoded decoded = new Decoded(piece.end() - piece.start());
        Escape escape = new Escape(Escape.Form.HTML, piece.escape());
        int at = base + piece.start();
        while (at < end) {
            byte c = line[at];
            int origin = piece.origin(at - base);
            int to = c == '&' ? reference(line, at, end) : c == '<' ? tag(line, at, end) : at;
            if (to == at) {
                decoded.add(c, origin);
                at++;
                continue;
            }
            if (c == '&') {
                decoded.addCodePoint(character(line, at, to), origin);
            } else if (to < end && isTag(line, at + 1, "br")) {
                decoded.add('\n', origin);
            } else if (decoded.length() > 0 && isTag(line, at + 1, "/td")) {
                if (isNumber(decoded)) {
                    // The line's number has a cell of its own.
                    decoded.clear();
                    piece = piece.startingAt(to - base);
                } else {
                    decoded.add('\t', origin);
                }
            } else if (decoded.length() == 0) {
                // Lines are inserted after the tags at the start of this line.
                piece = piece.startingAt(to - base);
            }
            at = to;
        }
        return Piece.decoded(decoded.text(), decoded.origins(piece.origin(piece.end())), 0, decoded.length(), escape);
    }

    /** The end of a character reference, or the position if there is none. */
    private static int reference(byte[] line, int at, int end) {
        int to = at + 1;
        if (to < end && line[to] == '#') {
            to++;
            boolean hex = to < end && (line[to] | 0x20) == 'x';
            int digits = hex ? to + 1 : to;
            to = digits;
            while (to < end && to - digits < 7 && (hex ? Hex.digit(line[to]) >= 0 : Ascii.isDigit(line[to]))) {
                to++;
            }
            return to > digits && to < end && line[to] == ';' ? to + 1 : at;
        }
        for (String name : NAMES) {
            if (Chars.startsWith(line, to, end, name) && to + name.length() < end && line[to + name.length()] == ';') {
                return to + name.length() + 1;
            }
        }
        return at;
    }

    private static int character(byte[] line, int at, int to) {
        if (line[at + 1] != '#') {
            for (int i = 0; i < NAMES.length; i++) {
                if (NAMES[i].length() == to - at - 2 && Chars.startsWith(line, at + 1, to, NAMES[i])) {
                    return CHARACTERS.charAt(i);
                }
            }
            return '?';
        }
        boolean hex = (line[at + 2] | 0x20) == 'x';
        int code = 0;
        for (int i = at + (hex ? 3 : 2); i < to - 1; i++) {
            code = hex ? code << 4 | Hex.digit(line[i]) : 10 * code + line[i] - '0';
        }
        // A blank that does not break is a blank.
        return code == 0xa0 ? ' ' : code;
    }

    /** The end of a tag, or the position if there is none. */
    private static int tag(byte[] line, int at, int end) {
        int name = at + 1;
        if (name < end && line[name] == '/') {
            name++;
        }
        if (Chars.startsWith(line, at, end, "<!--") || Chars.startsWith(line, at, end, "<!DOCTYPE")) {
            int close = Chars.indexOf(line, at, Math.min(end, at + MAX_TAG), ">");
            return close < 0 ? at : close + 1;
        }
        for (String tag : TAGS) {
            int to = name + tag.length();
            if (to < end && isName(line, name, tag)) {
                byte next = line[to];
                if (next == '>') {
                    return to + 1;
                }
                if (next == ' ' || next == '/') {
                    int close = Chars.indexOf(line, to, Math.min(end, at + MAX_TAG), ">");
                    return close < 0 ? at : close + 1;
                }
            }
        }
        return at;
    }

    private static boolean isNumber(Decoded decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            if (!Ascii.isDigit(decoded.text()[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTag(byte[] line, int at, String name) {
        return at + name.length() < line.length && isName(line, at, name) && !Ascii.isLetter(line[at + name.length()]);
    }

    /** Element names are in lower case or in upper case. */
    private static boolean isName(byte[] line, int at, String tag) {
        for (int i = 0; i < tag.length(); i++) {
            if ((line[at + i] | 0x20) != (tag.charAt(i) | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
