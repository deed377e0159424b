package dev.backline.trace;

import dev.backline.io.Chars;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/** Reads backwards the text before a frame: its register name, address, module and marks. Not thread-safe. */
final class LeadReader {
    private static final String[] LABELS = {
        "ip",
        "IP",
        "rip",
        "RIP",
        "eip",
        "EIP",
        "pc",
        "PC",
        "lr",
        "LR",
        "ra",
        "RA",
        "epc",
        "at",
        "in",
        "from",
        "by",
        "caller",
        "callback",
        "handler",
        "func",
        "function",
        "fn",
        "addr",
        "address",
        "location",
        "lock",
        "variable"
    };

    private final Shapes shapes;
    private byte[] line = new byte[0];
    private int text;
    private int trimmed;

    LeadReader(Shapes shapes) {
        this.shapes = shapes;
    }

    /** Sets the next line: its text is from (after log prefixes) to end. */
    void take(byte[] bytes, int from, int end) {
        line = bytes;
        text = from;
        trimmed = end;
    }

    /** Reads the text before a frame: segment, question mark, address; returns the notation it implies. */
    @Nullable
    Notation readBefore(FrameMatch found, int from, int floor, int to) {
        int at = from;
        if (Chars.startsWith(line, to, trimmed, " <-")) {
            return at > floor && line[at - 1] == '(' ? Notation.KRETPROBE_EVENT : Notation.FTRACE_FUNCTION;
        }
        if (at >= 2 && line[at - 1] == '-' && line[at - 2] == '<') {
            return Notation.FTRACE_FUNCTION;
        }
        if (at == text) {
            return null;
        }
        if (at - floor >= 5 && line[at - 1] == ':' && isSegment(at - 5)) {
            // Selectors of user code end in 3 (ring 3); Xen also runs guest kernels in ring 3, with selectors e0xx.
            found.foreign |= line[at - 2] == '3' && line[at - 5] != 'e';
            found.guest = !Chars.startsWith(line, at - 5, at, "e008");
            at -= 5;
        } else if (at - floor > 2 && line[at - 1] == ':' && module(found, at - 1, floor)) {
            at = found.moduleStart - (found.moduleStart > floor && line[found.moduleStart - 1] == ':' ? 1 : 0);
        }
        byte open = at > floor ? line[at - 1] : 0;
        if (open == '(' || open == '<' || open == '{') {
            at--;
            if (line[at] == '(' && at - floor >= 2 && line[at - 1] == ' ' && line[at - 2] == ':') {
                return Notation.KPROBE_EVENT;
            }
        }
        at = blanksBefore(at, floor);
        if (at > floor && line[at - 1] == '?' && (at - 1 == floor || Chars.isBlank(line[at - 2]))) {
            found.unreliable = true;
            at = blanksBefore(at - 1, floor);
        }
        at = addressBefore(found, at, floor, 2);
        if (open == '{' && found.addressDigits > 0) {
            return Notation.X86_MACHINE_CHECK;
        }
        if (open == '(' && found.addressDigits > 0 && isWord(at, floor)) {
            return Notation.STACK_WORD;
        }
        if (at == floor) {
            return null;
        }
        found.foreign |= shapes.isVariable(line, text, at);
        Notation lead = shapes.lead(line, floor, at);
        if (lead == Notation.WARNING && Chars.startsWith(line, to, trimmed, "()")) {
            return Notation.WARNING_CALL;
        }
        // Since 6.18: WARNING: FILE:LINE at FUNCTION, CPU#N: COMM/PID.
        return lead == null && Chars.startsWith(line, to, trimmed, ", CPU#") ? Notation.WARNING : lead;
    }

    /** Whether an address and a colon end at a position: {@code ffff880019a05d50:}. */
    private boolean isWord(int at, int floor) {
        int colon = at - 1;
        int digits = colon;
        while (digits > floor && colon - digits < 17 && Hex.digit(line[digits - 1]) >= 0) {
            digits--;
        }
        return colon >= floor
                && line[colon] == ':'
                && (colon - digits == 16 || colon - digits == 8)
                && (digits == floor || !Chars.isSymbol(line[digits - 1]));
    }

    private boolean isSegment(int at) {
        for (int i = at; i < at + 4; i++) {
            if (Hex.digit(line[i]) < 0) {
                return false;
            }
        }
        return at == text || !Chars.isSymbol(line[at - 1]);
    }

    /** {@code module:function}: stores the module if the word before the colon can be a module name. */
    private boolean module(FrameMatch found, int colon, int floor) {
        int name = colon;
        while (name > floor && (Chars.isSymbol(line[name - 1]) || line[name - 1] == '-')) {
            name--;
        }
        if (name == colon || !Chars.isSymbolStart(line[name]) || found.moduleStart >= 0 || isLabel(name, colon)) {
            return false;
        }
        for (int i = name; i < colon; i++) {
            if (line[i] == '.' || line[i] == '$') {
                return false;
            }
        }
        found.moduleStart = name;
        found.moduleEnd = colon;
        found.start = name;
        return true;
    }

    /** Whether a word with a colon says what the place is, and is no module: {@code ip:}, {@code caller:}. */
    private boolean isLabel(int from, int to) {
        for (String label : LABELS) {
            if (to - from == label.length() && Chars.startsWith(line, from, to, label)) {
                return true;
            }
        }
        return false;
    }

    /** The start of the blanks that end at a position. */
    int blanksBefore(int at, int floor) {
        int to = at;
        while (to > floor && Chars.isBlank(line[to - 1])) {
            to--;
        }
        return to;
    }

    /** {@code NIP [address] symbol}, {@code epc : address symbol}, {@code PSW : mask address (symbol)}. */
    private int addressBefore(FrameMatch found, int from, int floor, int most) {
        int at = from;
        for (int i = 0; i < most; i++) {
            int to = at;
            char open = to <= floor ? 0 : line[to - 1] == ']' ? '[' : line[to - 1] == '>' ? '<' : (char) 0;
            if (open != 0) {
                to--;
            }
            int digits = to;
            long value = 0;
            while (digits > floor && to - digits < 17 && Hex.digit(line[digits - 1]) >= 0) {
                value |= (long) Hex.digit(line[digits - 1]) << (4 * (to - digits));
                digits--;
            }
            int start = digits;
            if (to - digits != 16 && to - digits != 8) {
                return at;
            }
            if (start >= floor + 2 && line[start - 1] == 'x' && line[start - 2] == '0') {
                start -= 2;
            }
            if (open != 0) {
                if (start == floor || line[start - 1] != open) {
                    return at;
                }
                start--;
            } else if (start > floor && !Chars.isBlank(line[start - 1])) {
                return at;
            }
            if (i == 0 && found.addressDigits == 0) {
                found.address = value;
                found.addressDigits = to - digits;
                found.start = start;
            }
            at = blanksBefore(start, floor);
        }
        return at;
    }
}
