package dev.backline.trace;

import dev.backline.io.Ascii;

/**
 * Finds the end of a line's log prefixes: levels, time stamps, task and CPU ids, hosts, dropped-message
 * notices, colours. Thread-safe.
 */
final class LinePrefix {
    /** The number of bytes in which a host name or a login prompt is searched. */
    private static final int REACH = 160;

    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /** What the Xen hypervisor puts in front of each of its lines. */
    static final String XEN = "(XEN)";

    private LinePrefix() {}

    /**
     * {@return the length of the prefix in bytes, with the one blank that ends it; the indentation of the text
     * is not part of the prefix}
     */
    static int length(byte[] line, int end) {
        int at = 0;
        while (at < end) {
            int next = nextPart(line, at, end);
            if (next == at) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static int nextPart(byte[] line, int at, int end) {
        byte c = line[at];
        switch (c) {
            case '[' -> {
                return bracket(line, at, end);
            }
            case 0x1b -> {
                return escape(line, at, end);
            }
            case '<' -> {
                int to = at + 1;
                while (to < end && Ascii.isDigit(line[to]) && to - at < 4) {
                    to++;
                }
                return to > at + 1 && to < end && line[to] == '>' ? to + 1 : at;
            }
            case '*' -> {
                return dropped(line, at, end);
            }
            case '(' -> {
                // Xen's console; the kernel's own lines have no such word.
                return !Chars.startsWith(line, at, end, XEN)
                        ? at
                        : at + XEN.length() + (Chars.startsWith(line, at + XEN.length(), end, " ") ? 1 : 0);
            }
            case ' ' -> {
                // journald and minicom may indent the time stamp.
                int to = at;
                while (to < end && line[to] == ' ' && to - at < 8) {
                    to++;
                }
                if (to < end && (line[to] == '[' || line[to] == '*' || line[to] == 0x1b)) {
                    return nextPart(line, to, end) > to ? to : at;
                }
                return at;
            }
            default -> {
                return at == 0 && (Ascii.isDigit(c) || Ascii.isLetter(c))
                        ? word(line, end)
                        : at > 0 && Chars.isSymbol(c) ? host(line, at, end) : at;
            }
        }
    }

    /** {@code [   12.345678]}, {@code [   T31]}, {@code [    C3]}, {@code [Sun Nov 22 08:38:06 2026]}, ISO 8601. */
    private static int bracket(byte[] line, int at, int end) {
        int inside = at + 1;
        while (inside < end && line[inside] == ' ') {
            inside++;
        }
        int to = inside;
        if (to < end && (line[to] == 'T' || line[to] == 'C') && to + 1 < end && Ascii.isDigit(line[to + 1])) {
            to++;
            while (to < end && Ascii.isDigit(line[to])) {
                to++;
            }
        } else {
            boolean point = false;
            while (to < end && to - at < 40 && isTime(line[to])) {
                point |= (line[to] == '.' || line[to] == ':') && Ascii.isDigit(line[to - 1]);
                to++;
            }
            if (!point || !(Ascii.isDigit(line[inside]) || Ascii.isLetter(line[inside]))) {
                return at;
            }
        }
        if (to >= end || line[to] != ']') {
            return at;
        }
        to++;
        return to < end && line[to] == ' ' ? to + 1 : to;
    }

    private static boolean isTime(byte c) {
        return Ascii.isDigit(c)
                || c == '.'
                || c == ':'
                || Ascii.isLetter(c)
                || c == ' '
                || c == '+'
                || c == '-'
                || c == ',';
    }

    /** A colour, or another control sequence (ECMA-48 5.4). */
    static int escape(byte[] line, int at, int end) {
        if (at + 1 >= end || line[at] != 0x1b || line[at + 1] != '[') {
            return at;
        }
        int to = at + 2;
        while (to < end && (Ascii.isDigit(line[to]) || line[to] == ';' || line[to] == '?')) {
            to++;
        }
        return to < end && line[to] >= '@' && line[to] <= '~' ? to + 1 : at;
    }

    /** {@code ** 3050 printk messages dropped ** }. */
    private static int dropped(byte[] line, int at, int end) {
        if (!Chars.startsWith(line, at, end, "** ")) {
            return at;
        }
        int close = Chars.indexOf(line, at + 3, Math.min(end, at + 80), "messages dropped **");
        if (close < 0) {
            return at;
        }
        int to = close + "messages dropped **".length();
        return to < end && line[to] == ' ' ? to + 1 : to;
    }

    /** The end of a prefix that starts with a letter or digit: a date, a level or a prompt. */
    private static int word(byte[] line, int end) {
        int reach = Math.min(end, REACH);
        if (Ascii.isDigit(line[0])) {
            int record = kmsg(line, reach);
            if (record > 0) {
                return record;
            }
            return isDate(line, reach) ? afterKernel(line, 0, end, true) : 0;
        }
        if (isMonth(line, reach)) {
            return afterKernel(line, 0, end, false);
        }
        if (Chars.startsWith(line, 0, reach, "kern") || Chars.startsWith(line, 0, reach, "user")) {
            // dmesg -x: kern  :warn  : [   12.345678] text
            int open = Chars.indexOf(line, 4, reach, ": [");
            return open > 0 && Chars.indexOf(line, 4, open, ":") > 0 ? open + 2 : 0;
        }
        int prompt = Chars.indexOf(line, 0, reach, " login: ");
        return prompt > 0 && prompt + 8 < end && (line[prompt + 8] == '[' || line[prompt + 8] == '<') ? prompt + 8 : 0;
    }

    /** /dev/kmsg and netconsole: {@code 6,416,1799700,-;text}. */
    private static int kmsg(byte[] line, int reach) {
        int to = 0;
        int commas = 0;
        while (to < reach && (Ascii.isDigit(line[to]) || line[to] == ',')) {
            commas += line[to] == ',' ? 1 : 0;
            to++;
        }
        if (commas < 3) {
            return 0;
        }
        while (to < reach && line[to] != ';' && line[to] != ' ') {
            to++;
        }
        return to < reach && line[to] == ';' ? to + 1 : 0;
    }

    private static boolean isMonth(byte[] line, int reach) {
        if (reach < 15 || line[3] != ' ' || line[9] != ':' || line[12] != ':') {
            return false;
        }
        for (int i = 0; i < MONTHS.length(); i += 3) {
            if (line[0] == MONTHS.charAt(i) && line[1] == MONTHS.charAt(i + 1) && line[2] == MONTHS.charAt(i + 2)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDate(byte[] line, int reach) {
        return reach > 19
                && line[4] == '-'
                && line[7] == '-'
                && (line[10] == 'T' || line[10] == ' ')
                && line[13] == ':'
                && line[16] == ':';
    }

    /** The position after {@code kernel: }; a date alone ends at the blank after it. */
    private static int afterKernel(byte[] line, int at, int end, boolean dateAlone) {
        int reach = Math.min(end, at + REACH);
        int name = Chars.indexOf(line, at, reach, " kernel");
        if (name > 0) {
            int to = name + " kernel".length();
            if (to < reach && line[to] == '[') {
                while (to < reach && line[to] != ']') {
                    to++;
                }
                to++;
            }
            if (to < reach && line[to] == ':') {
                return to + 1 < end && line[to + 1] == ' ' ? to + 2 : to + 1;
            }
        }
        if (!dateAlone) {
            return at;
        }
        int blank = at + 11;
        while (blank < reach && line[blank] != ' ') {
            blank++;
        }
        return blank < reach ? blank + 1 : at;
    }

    /** journalctl -o short-monotonic: {@code host kernel: } after the time stamp. */
    private static int host(byte[] line, int at, int end) {
        int to = at;
        while (to < end && to - at < 64 && (Chars.isSymbol(line[to]) || line[to] == '-')) {
            to++;
        }
        return to > at && Chars.startsWith(line, to, end, " kernel: ") ? to + " kernel: ".length() : at;
    }
}
