package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Internal;

/**
 * Finds the end of a line's log prefixes: levels, dates, time stamps, task and CPU ids, hosts, dropped-message
 * notices, quote marks, colours. Thread-safe.
 */
@Internal
public final class LinePrefix {
    /** The prefix of each line of the Xen hypervisor. */
    public static final String XEN = "(XEN)";

    /** The number of bytes in which a host name or a login prompt is searched. */
    private static final int REACH = 160;

    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final String DAYS = "MonTueWedThuFriSatSun";

    /** Levels of syslog(3), of dmesg and of common loggers, in lower case. */
    private static final String[] LEVELS = {
        "emerg", "alert", "crit", "critical", "err", "error", "warn", "warning", "notice", "info", "debug"
    };

    private LinePrefix() {}

    /**
     * {@return the position after the prefixes, and after the one blank that ends them; the indentation of the text is
     * not part of the prefix}
     *
     * @param line the bytes of a line
     * @param from where the line starts
     * @param end where the line ends
     */
    public static int end(byte[] line, int from, int end) {
        int at = quotes(line, from, end);
        int first = at;
        while (at < end) {
            int next = nextPart(line, first, at, end);
            if (next == at) {
                return at;
            }
            at = next;
        }
        return at;
    }

    /** The quote marks of mail and Markdown, and a byte order mark. */
    private static int quotes(byte[] line, int from, int end) {
        int at = from;
        if (Chars.startsWith(line, at, end, "\u00ef\u00bb\u00bf")) {
            at += 3;
        }
        while (at < end && (line[at] == '>' || line[at] == '\f')) {
            at++;
            if (at < end && line[at] == ' ') {
                at++;
            }
        }
        return at + 1 < end && line[at] == '|' && line[at + 1] == ' ' ? at + 2 : at;
    }

    private static int nextPart(byte[] line, int first, int at, int end) {
        byte c = line[at];
        switch (c) {
            case '[' -> {
                return bracket(line, first, at, end);
            }
            case '(' -> {
                if (Chars.startsWith(line, at, end, XEN)) {
                    // Xen's console; the kernel's own lines have no such word.
                    return at + XEN.length() + (Chars.startsWith(line, at + XEN.length(), end, " ") ? 1 : 0);
                }
                return at > first ? vendorCpu(line, at, end) : at;
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
            case ' ', '\t' -> {
                // journald and minicom may indent the time stamp; a quotation in a document is indented with tabs.
                int to = at;
                while (to < end && Chars.isBlank(line[to]) && to - at < 8) {
                    to++;
                }
                if (to == end) {
                    return at;
                }
                byte next = line[to];
                if ((next == '[' && isStamp(line, to, end)) || next == '*' || next == 0x1b || next == '<') {
                    return nextPart(line, first, to, end) > to ? to : at;
                }
                return next == 'M' && Chars.startsWith(line, to, end, "MESSAGE=") ? to : at;
            }
            default -> {
                if (at == first) {
                    return Ascii.isDigit(c) || Ascii.isLetter(c) ? word(line, at, end) : at;
                }
                if (c == 'M' && Chars.startsWith(line, at, end, "MESSAGE=")) {
                    return at + "MESSAGE=".length();
                }
                int vendor = c == 'c' && line[at - 1] == ' ' ? qualcommCpu(line, at, end) : at;
                return vendor > at || !Chars.isSymbol(c) ? vendor : host(line, at, end);
            }
        }
    }

    /** {@code [   12.345678]}, {@code [   T31]}, {@code [    C3]}, {@code [Sun Nov 22 08:38:06 2026]}, ISO 8601. */
    private static int bracket(byte[] line, int first, int at, int end) {
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
            if (inside == end || !point || !(Ascii.isDigit(line[inside]) || Ascii.isLetter(line[inside]))) {
                return at;
            }
            if (at > first && to < end && line[to] != ']') {
                return vendorTask(line, at, end);
            }
        }
        if (to >= end || line[to] != ']') {
            return at;
        }
        to++;
        return to < end && line[to] == ' ' ? to + 1 : to;
    }

    /**
     * {@return whether a prefix shows that the line is the kernel's own: a level or a time stamp of printk, the name
     * {@code kernel}}
     *
     * @param line the bytes of a line
     * @param from where the line starts
     * @param end where its prefix ends
     */
    public static boolean isKernels(byte[] line, int from, int end) {
        for (int i = from; i < end; i++) {
            byte c = line[i];
            boolean own = switch (c) {
                case '[' -> isStamp(line, i, end) || isCalendar(line, i, end);
                case '<' -> i + 2 < end && Ascii.isDigit(line[i + 1]);
                case 'k' -> Chars.startsWith(line, i, end, "kernel");
                case 'p' -> Chars.startsWith(line, i, end, "printk messages");
                default -> false;
            };
            if (own) {
                return true;
            }
        }
        return false;
    }

    /** {@code [Sun Nov 22 08:38:06 2026]}, {@code [2026-11-22T08:38:06,123456+00:00]}: dmesg prints them. */
    private static boolean isCalendar(byte[] line, int at, int end) {
        return isName(line, at + 1, end, DAYS) || (at + 11 < end && line[at + 5] == '-' && line[at + 11] == 'T');
    }

    /**
     * {@return whether a time stamp of printk is at a position} Seconds since the boot with six decimals, or what dmesg
     * and journalctl make of them.
     *
     * @param line the bytes of a line
     * @param at where the bracket is
     * @param end where the line ends
     */
    static boolean isStamp(byte[] line, int at, int end) {
        int to = at + 1;
        while (to < end && line[to] == ' ' && to - at < 8) {
            to++;
        }
        int digits = to;
        while (to < end && Ascii.isDigit(line[to]) && to - digits < 10) {
            to++;
        }
        if (to == digits || to >= end || line[to] != '.') {
            return to == digits && bracket(line, at, at, end) > at;
        }
        int point = to++;
        while (to < end && Ascii.isDigit(line[to]) && to - point < 8) {
            to++;
        }
        return to - point == 7 && to < end && line[to] == ']';
    }

    /** MediaTek's kernels print the CPU and the task: {@code (2)[337:kworker/2:1]}. */
    private static int vendorCpu(byte[] line, int at, int end) {
        int to = at + 1;
        while (to < end && Ascii.isDigit(line[to]) && to - at < 4) {
            to++;
        }
        if (to == at + 1 || to + 1 >= end || line[to] != ')' || line[to + 1] != '[') {
            return at;
        }
        to += 2;
        int digits = to;
        while (to < end && Ascii.isDigit(line[to])) {
            to++;
        }
        if (to == digits || to >= end || line[to] != ':') {
            return at;
        }
        while (to < end && line[to] != ']' && to - at < 48) {
            to++;
        }
        if (to >= end || line[to] != ']') {
            return at;
        }
        return to + 1 < end && line[to + 1] == ' ' ? to + 2 : to + 1;
    }

    /** Samsung's kernels print the CPU and the task after the time stamp: {@code [2:  kworker/u16:1:  337]}. */
    private static int vendorTask(byte[] line, int at, int end) {
        int to = at + 1;
        while (to < end && Ascii.isDigit(line[to]) && to - at < 4) {
            to++;
        }
        if (to == at + 1 || to >= end || line[to] != ':') {
            return at;
        }
        int limit = Math.min(end, at + 48);
        while (to < limit && line[to] != ']') {
            to++;
        }
        if (to >= limit || !Ascii.isDigit(line[to - 1])) {
            return at;
        }
        return to + 1 < end && line[to + 1] == ' ' ? to + 2 : to + 1;
    }

    /** Qualcomm's kernels print the CPU and the task's id after the time stamp: {@code c4    337 }. */
    private static int qualcommCpu(byte[] line, int at, int end) {
        int to = digits(line, at + 1, end);
        int blanks = Chars.skipBlanks(line, to, end);
        int id = digits(line, blanks, end);
        return to > at + 1 && to - at <= 4 && blanks > to && id > blanks && id < end && line[id] == ' ' ? id + 1 : at;
    }

    private static int digits(byte[] line, int at, int end) {
        int to = at;
        while (to < end && Ascii.isDigit(line[to])) {
            to++;
        }
        return to;
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

    /**
     * {@return the position after a colour or another control sequence (ECMA-48 5.4); the given position if there is
     * none}
     *
     * @param line the bytes of a line
     * @param at the position
     * @param end where the line ends
     */
    public static int escape(byte[] line, int at, int end) {
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

    /** The end of a prefix that starts with a letter or digit: a date, a level, a field's name or a prompt. */
    private static int word(byte[] line, int at, int end) {
        int reach = Math.min(end, at + REACH);
        if (line[at] == 'M' && Chars.startsWith(line, at, reach, "MESSAGE=")) {
            return at + "MESSAGE=".length();
        }
        if (Ascii.isDigit(line[at])) {
            int record = kmsg(line, at, reach);
            if (record > at) {
                return record;
            }
        }
        int date = date(line, at, reach);
        if (date > at) {
            return afterDate(line, at, date, end);
        }
        if (Chars.startsWith(line, at, reach, "kern") || Chars.startsWith(line, at, reach, "user")) {
            // dmesg -x: kern  :warn  : [   12.345678] text
            int open = Chars.indexOf(line, at + 4, reach, ": [");
            if (open > 0 && Chars.indexOf(line, at + 4, open, ":") > 0) {
                return open + 2;
            }
        }
        int bar = container(line, at, reach);
        if (bar > at) {
            return bar;
        }
        int prompt = at;
        while (prompt < reach && (Chars.isSymbol(line[prompt]) || line[prompt] == '-')) {
            prompt++;
        }
        return Chars.startsWith(line, prompt, end, " login: [") || Chars.startsWith(line, prompt, end, " login: <")
                ? prompt + " login: ".length()
                : at;
    }

    /** docker compose and journald relays: {@code web-1  | text}. */
    private static int container(byte[] line, int at, int reach) {
        int to = at;
        while (to < reach && (Chars.isSymbol(line[to]) || line[to] == '-')) {
            to++;
        }
        int bar = Chars.skipBlanks(line, to, reach);
        return bar > to && bar + 1 < reach && line[bar] == '|' && line[bar + 1] == ' ' ? bar + 2 : at;
    }

    /** /dev/kmsg and netconsole: {@code 6,416,1799700,-;text}. */
    private static int kmsg(byte[] line, int at, int reach) {
        int to = at;
        int commas = 0;
        while (to < reach && (Ascii.isDigit(line[to]) || line[to] == ',')) {
            commas += line[to] == ',' ? 1 : 0;
            to++;
        }
        if (commas < 3) {
            return at;
        }
        while (to < reach && line[to] != ';' && line[to] != ' ') {
            to++;
        }
        return to < reach && line[to] == ';' ? to + 1 : at;
    }

    /** The end of a date and time, without the blank after it; the start if there is none. */
    private static int date(byte[] line, int at, int reach) {
        int to = at;
        if (isName(line, at, reach, DAYS) && at + 3 < reach && (line[at + 3] == ' ' || line[at + 3] == ',')) {
            to = Chars.skipBlanks(line, at + (line[at + 3] == ',' ? 4 : 3), reach);
        }
        if (isName(line, to, reach, MONTHS)) {
            // Nov 22 08:38:06, Nov 22 2026 08:38:06, Wed Nov 22 08:38:06 2026
            int day = Chars.skipBlanks(line, to + 3, reach);
            int time = Chars.skipBlanks(line, digits(line, day, reach), reach);
            int end = time(line, time, reach);
            if (day > to + 3 && time > day && end == time) {
                time = Chars.skipBlanks(line, digits(line, time, reach), reach);
                end = time(line, time, reach);
            }
            if (end == time || time == day) {
                return at;
            }
            int year = Chars.skipBlanks(line, end, reach);
            int yearEnd = digits(line, year, reach);
            return yearEnd - year == 4 && year > end && (yearEnd == reach || Chars.isBlank(line[yearEnd]))
                    ? yearEnd
                    : end;
        }
        int separators = 0;
        byte separator = 0;
        while (to < reach && (Ascii.isDigit(line[to]) || line[to] == '-' || line[to] == '/' || line[to] == '.')) {
            if (!Ascii.isDigit(line[to])) {
                if (separators > 0 && line[to] != separator) {
                    return at;
                }
                separator = line[to];
                separators++;
            }
            to++;
        }
        if (to == at || to - at > 10) {
            return at;
        }
        if (separators == 0 || to >= reach) {
            int end = time(line, at, reach);
            return end - at >= 8 ? end : at;
        }
        if (separators > 2 || to - at < 5 || (line[to] != 'T' && line[to] != ' ' && line[to] != '_')) {
            return at;
        }
        int end = time(line, to + 1, reach);
        return end > to + 1 ? end : at;
    }

    /** {@code 08:38:06}, with decimals and time zone; the start if there is none. */
    private static int time(byte[] line, int at, int reach) {
        int to = at;
        int colons = 0;
        while (to < reach && (Ascii.isDigit(line[to]) || line[to] == ':')) {
            colons += line[to] == ':' ? 1 : 0;
            to++;
        }
        if (colons != 2 || to - at < 6 || to - at > 8 || line[to - 1] == ':') {
            return at;
        }
        if (to + 1 < reach && (line[to] == '.' || line[to] == ',') && Ascii.isDigit(line[to + 1])) {
            to = digits(line, to + 1, reach);
        }
        if (to < reach && line[to] == 'Z') {
            return to + 1;
        }
        int zone = to;
        if (zone < reach && (line[zone] == '+' || line[zone] == '-')) {
            zone++;
            while (zone < reach && (Ascii.isDigit(line[zone]) || line[zone] == ':') && zone - to < 7) {
                zone++;
            }
            return zone - to >= 3 ? zone : to;
        }
        return to;
    }

    private static boolean isName(byte[] line, int at, int reach, String names) {
        if (reach - at < 3) {
            return false;
        }
        for (int i = 0; i < names.length(); i += 3) {
            if (line[at] == names.charAt(i)
                    && line[at + 1] == names.charAt(i + 1)
                    && line[at + 2] == names.charAt(i + 2)) {
                return true;
            }
        }
        return false;
    }

    /** The position after the fields between the date and the text: host, facility, level, process. */
    private static int afterDate(byte[] line, int from, int date, int end) {
        int reach = Math.min(end, from + REACH);
        if (date < reach && !Chars.isBlank(line[date]) && line[date] != ':') {
            return from;
        }
        int kernel = afterKernel(line, date, reach, end);
        if (kernel > 0) {
            return kernel;
        }
        int at = date;
        if (at < reach && line[at] == ':') {
            at++;
        }
        // A date alone ends at the blank after it; the blanks that follow indent the text.
        int text = at < reach && Chars.isBlank(line[at]) ? at + 1 : at;
        if (at < reach && line[at] == '\t') {
            return columns(line, text, reach);
        }
        int stream = stream(line, text, reach);
        if (stream > text) {
            return stream;
        }
        int level = level(line, text, reach);
        if (level > text && !KernelText.startsAt(line, text, end)) {
            return level;
        }
        int host = text;
        while (host < reach && (Chars.isSymbol(line[host]) || line[host] == '-')) {
            host++;
        }
        int record = host < reach && host > text && line[host] == ' ' ? kmsg(line, host + 1, reach) : host + 1;
        if (record > host + 1) {
            return record;
        }
        // Without "kernel:", a month and a day can be the start of any sentence.
        return Ascii.isDigit(line[from]) || isName(line, from, reach, DAYS) ? text : from;
    }

    /** The columns of a table before the text: host, unit. Tabs separate them. */
    private static int columns(byte[] line, int from, int reach) {
        int at = from;
        while (true) {
            int to = at;
            while (to < reach && (Chars.isSymbol(line[to]) || line[to] == '-' || line[to] == '@')) {
                to++;
            }
            if (to == at || to >= reach || line[to] != '\t') {
                return at;
            }
            at = to + 1;
        }
    }

    /** The container log format of Kubernetes: {@code stdout F }. */
    private static int stream(byte[] line, int at, int reach) {
        boolean named = Chars.startsWith(line, at, reach, "stdout ") || Chars.startsWith(line, at, reach, "stderr ");
        return named && at + 8 < reach && (line[at + 7] == 'F' || line[at + 7] == 'P') && line[at + 8] == ' '
                ? at + 9
                : at;
    }

    /** {@code kern.warn: }, {@code WARN }, {@code [info] }. */
    private static int level(byte[] line, int from, int reach) {
        boolean bracket = from < reach && line[from] == '[';
        int at = bracket ? from + 1 : from;
        if (Chars.startsWith(line, at, reach, "kern.")) {
            at += 5;
        } else if (Chars.startsWith(line, at, reach, "kernel.")) {
            at += 7;
        }
        for (String each : LEVELS) {
            int to = at;
            while (to < reach && to - at < each.length() && (line[to] | 0x20) == each.charAt(to - at)) {
                to++;
            }
            if (to - at == each.length()) {
                int after = to;
                if (bracket) {
                    if (after >= reach || line[after] != ']') {
                        continue;
                    }
                    after++;
                }
                if (after < reach && line[after] == ':') {
                    after++;
                }
                if (after < reach && line[after] == ' ') {
                    return after + 1;
                }
            }
        }
        return from;
    }

    /** Where a prefix must end: at the quote of a JSON object or of a quoted value, otherwise at the limit. */
    private static int quoted(byte[] line, int from, int limit) {
        int quote = from;
        while (quote < limit
                && (line[quote] != '"' || quote == from || (line[quote - 1] != '{' && line[quote - 1] != '='))) {
            quote++;
        }
        return quote;
    }

    /** The position after {@code kernel: }, {@code kernel[123]: } or {@code kernel - - - }; 0 if there is none. */
    private static int afterKernel(byte[] line, int from, int limit, int end) {
        int reach = quoted(line, from, limit);
        int name = Chars.indexOf(line, from, reach, " kernel");
        if (name < 0) {
            return 0;
        }
        int to = name + " kernel".length();
        if (Chars.startsWith(line, to, reach, " - - - ")) {
            return to + " - - - ".length();
        }
        if (to < reach && line[to] == '[') {
            while (to < reach && line[to] != ']') {
                to++;
            }
            to++;
        }
        to = Chars.skipBlanks(line, to, reach);
        if (to >= reach || line[to] != ':') {
            return 0;
        }
        return to + 1 < end && line[to + 1] == ' ' ? to + 2 : to + 1;
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
