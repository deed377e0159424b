package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.util.Arrays;

/**
 * Matches the text of a line against shapes, from left to right without backtracking: the time per shape is
 * bounded by the length of the text. Not thread-safe.
 */
final class LineMatcher {
    /** The longest symbol; KSYM_NAME_LEN is 512. */
    private static final int MAX_SYMBOL = 4096;

    private static final int MAX_MODULE = 4096;
    private static final String INEXACT = "(inexact)";

    private byte[] line = new byte[0];
    private int limit;
    private int at;
    private boolean stamped;
    private boolean xen;
    private boolean cut;

    private FrameMatch[] slots = {new FrameMatch()};
    private int count;

    /** Sets the next line: its bytes up to end, without the line end. */
    void take(byte[] bytes, int end, boolean hasStamp, boolean isXen) {
        line = bytes;
        limit = end;
        stamped = hasStamp;
        xen = isXen;
    }

    /** The number of frames in the last match. */
    int count() {
        return count;
    }

    /** Whether SystemTap truncated its text where the last match ended: another text starts there. */
    boolean isCut() {
        return cut;
    }

    /** A frame of the last match, valid until the next match. */
    FrameMatch found(int index) {
        return slots[index];
    }

    /**
     * Matches a shape at a position.
     *
     * @param whole whether the match must reach the end of the line
     * @return the end of the match, or -1
     */
    int match(Shape shape, int from, boolean whole) {
        count = 0;
        cut = false;
        next();
        at = from;
        for (int token : shape.tokens) {
            if (token < Shape.BLANK) {
                if (at >= limit || (line[at] & 0xff) != token) {
                    return -1;
                }
                at++;
            } else if (!matches(token)) {
                return -1;
            }
        }
        return whole && skipBlanks(at) < limit ? -1 : at;
    }

    private void next() {
        if (count == slots.length) {
            slots = Arrays.copyOf(slots, 2 * count);
            for (int i = count; i < slots.length; i++) {
                slots[i] = new FrameMatch();
            }
        }
        slots[count++].clear();
    }

    private boolean matches(int token) {
        FrameMatch found = slots[count - 1];
        switch (token) {
            case Shape.BLANK -> {
                int from = at;
                at = skipBlanks(at);
                return at > from;
            }
            case Shape.ADDRESS_0X -> {
                return address(found, true, 4);
            }
            case Shape.HEX -> {
                // In [<...>] one digit is enough: /proc/PID/stack prints [<0>].
                return address(found, false, at > 0 && line[at - 1] == '<' ? 1 : 8);
            }
            case Shape.SHORT -> {
                return address(found, false, 4) && found.addressDigits < 8;
            }
            case Shape.SKIP_HEX -> {
                int from = at;
                while (at < limit && Hex.digit(line[at]) >= 0) {
                    at++;
                }
                return at - from >= 8 && at - from <= 16;
            }
            case Shape.ADDRESSES_0X -> {
                return addresses();
            }
            case Shape.SIZED, Shape.FUNCTION, Shape.UNSIZED, Shape.DECIMAL, Shape.ANY -> {
                return function(found, token);
            }
            case Shape.SYMBOL -> {
                return symbol(found);
            }
            case Shape.MODULE -> {
                return module(found, '[', ']');
            }
            case Shape.MODULE_OPTIONAL -> {
                module(found, '[', ']');
                return true;
            }
            case Shape.DSO -> {
                return dso(found);
            }
            case Shape.IN_MODULE -> {
                return inModule(found);
            }
            case Shape.MARKS_OPTIONAL -> {
                marks(found);
                return true;
            }
            case Shape.CUT -> {
                return cut(found);
            }
            case Shape.ADDRESS_OPTIONAL -> {
                addressAfter(found);
                return true;
            }
            case Shape.QUESTION_OPTIONAL -> {
                if (at + 1 < limit && line[at] == '?' && Chars.isBlank(line[at + 1])) {
                    found.unreliable = true;
                    at = skipBlanks(at + 1);
                }
                return true;
            }
            case Shape.WORD -> {
                int from = at;
                while (at < limit && !Chars.isBlank(line[at])) {
                    at++;
                }
                return at > from;
            }
            case Shape.MODULE_WORD -> {
                int from = at;
                at = moduleName(at);
                found.moduleStart = from;
                found.moduleEnd = at;
                return at > from;
            }
            case Shape.NUMBER -> {
                int from = at;
                while (at < limit && Ascii.isDigit(line[at])) {
                    at++;
                }
                return at > from;
            }
            case Shape.REST -> {
                at = limit;
                return true;
            }
            case Shape.NEXT -> {
                next();
                return true;
            }
            case Shape.STAMP -> {
                return stamped;
            }
            case Shape.XEN -> {
                return xen;
            }
            case Shape.LETTER -> {
                byte letter = at < limit ? line[at] : 0;
                at++;
                found.exactPc = letter == 'R';
                found.unreliable = letter == 'S';
                return letter == 'R' || letter == 'F' || letter == 'S';
            }
            case Shape.SOURCE_OPTIONAL -> {
                int open = skipBlanks(at);
                if (open < limit && line[open] == '(') {
                    int close = open;
                    while (close < limit && line[close] != ')') {
                        close++;
                    }
                    at = close < limit ? close + 1 : at;
                }
                return true;
            }
            case Shape.KIND -> {
                byte letter = at < limit ? line[at] : 0;
                at++;
                return letter == 'k' || letter == 'r' || letter == 'j';
            }
            case Shape.END -> {
                int after = skipBlanks(at);
                return after == limit || line[after] == ')';
            }
            default -> throw new IllegalStateException("token " + token);
        }
    }

    private int skipBlanks(int from) {
        int to = from;
        while (to < limit && Chars.isBlank(line[to])) {
            to++;
        }
        return to;
    }

    private boolean address(FrameMatch found, boolean prefixed, int minDigits) {
        int from = at;
        int digits = at;
        if (prefixed) {
            if (!Chars.startsWith(line, at, limit, "0x")) {
                return false;
            }
            digits += 2;
        }
        int to = digits;
        long value = 0;
        while (to < limit && Hex.digit(line[to]) >= 0) {
            value = (value << 4) | Hex.digit(line[to]);
            to++;
        }
        if (to - digits < minDigits || to - digits > 16 || (to < limit && Chars.isSymbol(line[to]))) {
            return false;
        }
        found.address = value;
        found.addressDigits = to - digits;
        found.cover(from, to);
        at = to;
        return true;
    }

    /** Two or more addresses up to the end of the line; the last can be truncated. */
    private boolean addresses() {
        while (at < limit) {
            if (!address(slots[count - 1], true, 1)) {
                return false;
            }
            int after = skipBlanks(at);
            if (after == at && at < limit) {
                return false;
            }
            at = after;
            if (at < limit) {
                next();
            }
        }
        return count > 1;
    }

    private boolean symbol(FrameMatch found) {
        int from = at;
        if (at >= limit || !Chars.isSymbolStart(line[at])) {
            return false;
        }
        while (at < limit && Chars.isSymbol(line[at])) {
            at++;
        }
        if (at - from > MAX_SYMBOL) {
            return false;
        }
        found.symbolStart = from;
        found.symbolEnd = at;
        found.cover(from, at);
        return true;
    }

    private boolean function(FrameMatch found, int token) {
        int from = at;
        if (!symbol(found) || at >= limit || line[at] != '+') {
            return false;
        }
        at++;
        boolean hex = at + 1 < limit && line[at] == '0' && line[at + 1] == 'x';
        if (token == Shape.DECIMAL ? hex : token != Shape.ANY && !hex) {
            return false;
        }
        if (!number(hex)) {
            return false;
        }
        found.offset = number;
        found.hasOffset = true;
        if (at < limit && line[at] == '/') {
            boolean hexSize = at + 2 < limit && line[at + 1] == '0' && line[at + 2] == 'x';
            if (token == Shape.UNSIZED || token == Shape.DECIMAL || (token == Shape.SIZED && !hexSize)) {
                return false;
            }
            at++;
            if (!number(hexSize)) {
                return false;
            }
            found.cut = at + 1 == limit && line[at] == '>' && (from == 0 || line[from - 1] != '<');
            if (!found.cut) {
                found.size = number;
                found.hasSize = true;
            }
        } else if (token == Shape.SIZED) {
            return false;
        }
        if (at < limit && (Chars.isSymbol(line[at]) || line[at] == '+' || line[at] == '/')) {
            return false;
        }
        found.cover(from, at);
        return true;
    }

    private long number;

    private boolean number(boolean hex) {
        if (hex) {
            at += 2;
        }
        int from = at;
        long value = 0;
        while (at < limit && (hex ? Hex.digit(line[at]) >= 0 : Ascii.isDigit(line[at]))) {
            value = hex ? (value << 4) | Hex.digit(line[at]) : value * 10 + line[at] - '0';
            at++;
        }
        number = value;
        return at > from && at - from <= (hex ? 16 : 18);
    }

    /** {@code [name]}, {@code [name buildid]}; also {@code [kernel]} and other names of vmlinux. */
    private boolean module(FrameMatch found, char open, char close) {
        int from = skipBlanks(at);
        if (from >= limit || line[from] != open) {
            return false;
        }
        int name = from + 1;
        int end = name;
        while (end < limit && isPath(line[end]) && end - name < MAX_MODULE) {
            end++;
        }
        int buildId = -1;
        int buildIdEnd = -1;
        int to = end;
        if (to < limit && line[to] == '@') {
            to = base(found, to + 1);
        } else if (to < limit && line[to] == ' ') {
            buildId = to + 1;
            to = buildId;
            while (to < limit && Hex.digit(line[to]) >= 0) {
                to++;
            }
            buildIdEnd = to;
            if (to - buildId < 16 || to - buildId > 128 || (to - buildId) % 2 != 0) {
                return false;
            }
        }
        if (end == name || to >= limit || line[to] != close || isNumber(name, end) || !named(found, name, end)) {
            return false;
        }
        found.buildIdStart = buildId;
        found.buildIdEnd = buildIdEnd;
        at = to + 1;
        found.cover(from, at);
        return true;
    }

    /** OpenWrt's {@code module@base+0xsize}, from the base on; returns the end, or the position if it is none. */
    private int base(FrameMatch found, int from) {
        int to = from;
        long base = 0;
        while (to < limit && Hex.digit(line[to]) >= 0) {
            base = (base << 4) | Hex.digit(line[to]);
            to++;
        }
        if ((to - from != 8 && to - from != 16) || !Chars.startsWith(line, to, limit, "+0x")) {
            return from;
        }
        int back = at;
        at = to + 1;
        boolean sized = number(true);
        to = at;
        at = back;
        if (!sized) {
            return from;
        }
        found.base = base;
        found.baseSize = number;
        return to;
    }

    /** Whether a text in brackets is an address or another pointer: {@code %pS [%p]}. */
    private boolean isNumber(int from, int to) {
        boolean prefixed = Chars.startsWith(line, from, to, "0x");
        for (int i = prefixed ? from + 2 : from; i < to; i++) {
            if (Hex.digit(line[i]) < 0) {
                return false;
            }
        }
        return prefixed || to - from == 16 || to - from == 8;
    }

    /** Stores a module's name. Stores nothing for vmlinux; marks the frame as foreign for other objects. */
    private boolean named(FrameMatch found, int from, int to) {
        if ((Chars.startsWith(line, from, to, "kernel") && (to - from == 6 || line[from + 6] == '.'))
                || Chars.startsWith(line, from, to, "guest.kernel")
                || (to - from == 7 && Chars.startsWith(line, from, to, "vmlinux"))) {
            return true;
        }
        int name = from;
        for (int i = from; i < to; i++) {
            if (line[i] == '/') {
                name = i + 1;
            }
        }
        int end = moduleName(name);
        boolean suffix = Chars.startsWith(line, end, to, ".ko");
        if (name > from && Chars.startsWith(line, name, to, "vmlinux")) {
            return true;
        }
        if (end == name || (!suffix && (end < to || name > from))) {
            // A path or a name with a dot: a user program or a library.
            found.foreign = true;
            return true;
        }
        found.moduleStart = name;
        found.moduleEnd = end;
        return true;
    }

    private int moduleName(int from) {
        int to = from;
        while (to < limit
                && ((Chars.isSymbol(line[to]) && line[to] != '.' && line[to] != '$') || line[to] == '-')
                && to - from < 256) {
            to++;
        }
        return to;
    }

    private static boolean isPath(byte c) {
        return Chars.isSymbol(c) || c == '-' || c == '/' || c == '+' || c == ',' || c == '~' || c == ':';
    }

    /** perf's object: {@code ([kernel.kallsyms])}, {@code ([nf_nat])}, {@code (/lib/.../nf_nat.ko)}. */
    private boolean dso(FrameMatch found) {
        if (at + 1 >= limit || line[at] != '(') {
            return false;
        }
        int from = at;
        if (line[at + 1] != '[') {
            int to = from + 1;
            while (to < limit && line[to] != ')') {
                to++;
            }
            if (to >= limit) {
                return false;
            }
            named(found, from + 1, to);
            // An object is a path; (tcp_ipv4.c:20) and (inlined) are not objects.
            found.foreign |= found.moduleStart == from + 1;
            at = to + 1;
            return true;
        }
        at++;
        int inside = at + 1;
        if (!module(found, '[', ']') || at >= limit) {
            return false;
        }
        if (Chars.startsWith(line, at, limit, "_stext") || Chars.startsWith(line, at, limit, "_text")) {
            at += line[at + 1] == 's' ? 6 : 5;
        }
        if (at >= limit || line[at] != ')') {
            return false;
        }
        at++;
        boolean unknown = Chars.startsWith(line, inside, limit, "unknown]");
        if (unknown) {
            // perf has no object for BPF programs and unloaded modules.
            found.moduleStart = -1;
        }
        if (unknown || Chars.startsWith(line, inside, limit, "v")) {
            found.foreign |= !Chars.startsWith(line, inside, limit, "vmlinux") && !found.isKernelAddress();
        }
        return true;
    }

    /** {@code [module+0xoffset/0xsize]}: a known module, but no function. */
    private boolean inModule(FrameMatch found) {
        if (at >= limit || line[at] != '[') {
            return false;
        }
        int plus = ++at;
        while (plus < limit && isPath(line[plus]) && line[plus] != '+') {
            plus++;
        }
        if (plus == at || plus >= limit || !named(found, at, plus)) {
            return false;
        }
        at = plus;
        for (char separator : new char[] {'+', '/'}) {
            if (!Chars.startsWith(line, at + 1, limit, "0x") || line[at] != separator) {
                return false;
            }
            at++;
            if (!number(true)) {
                return false;
            }
        }
        if (at >= limit || line[at] != ']') {
            return false;
        }
        at++;
        return true;
    }

    private void marks(FrameMatch found) {
        while (true) {
            int from = skipBlanks(at);
            if (from >= limit || line[from] != '(') {
                return;
            }
            int to = from + 1;
            if (Chars.startsWith(line, from, limit, INEXACT)) {
                found.inexact = true;
                to = from + INEXACT.length();
            } else if (Chars.startsWith(line, from, limit, "(unreliable)")) {
                found.unreliable = true;
                to = from + "(unreliable)".length();
            } else {
                boolean exact = false;
                while (to < limit && line[to] >= 'A' && line[to] <= 'Z' && to - from <= 6) {
                    exact |= line[to] == 'P';
                    to++;
                }
                if (to == from + 1 || to >= limit || line[to] != ')') {
                    return;
                }
                found.exactPc |= exact;
                to++;
            }
            found.cover(from, to);
            at = to;
        }
    }

    /** A truncated {@code (inexact)}: SystemTap limits the length of a string, and other text follows. */
    private boolean cut(FrameMatch found) {
        int from = at;
        int length = 0;
        while (length < INEXACT.length() && at < limit && line[at] == INEXACT.charAt(length)) {
            at++;
            length++;
        }
        if (length == 0 || length == INEXACT.length() || (at < limit && line[at] != '-')) {
            return false;
        }
        found.inexact = true;
        found.cover(from, at);
        cut = true;
        at = limit;
        return true;
    }

    /** {@code <ffffffff9ec7c8cb>} or {@code (ffffffff9ec7c8cb)}, with or without 0x. */
    private void addressAfter(FrameMatch found) {
        int from = at;
        int open = skipBlanks(at);
        if (open >= limit || (line[open] != '<' && line[open] != '(')) {
            return;
        }
        byte close = (byte) (line[open] == '<' ? '>' : ')');
        int end = found.end;
        long address = found.address;
        int digits = found.addressDigits;
        at = open + 1;
        if (address(found, Chars.startsWith(line, at, limit, "0x"), 8) && at < limit && line[at] == close) {
            at++;
            found.cover(open, at);
            return;
        }
        found.address = address;
        found.addressDigits = digits;
        found.end = end;
        at = from;
    }
}
