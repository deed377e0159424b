package dev.backline.trace;

import dev.backline.intake.KernelLine;
import dev.backline.intake.LinePrefix;
import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log line by line and finds the frames in each line. The meaning of a frame can depend on earlier
 * lines: the first frame of a probe's backtrace is exact, the header of a backtrace names the probe,
 * SystemTap prints one frame twice, and addresses far away from code are data.
 *
 * <p>Use one reader per stream. Time and memory per line are proportional to the length of the line,
 * whatever it contains. Not thread-safe.
 */
public final class TraceReader {
    /** The largest offset of the program counter at a function's entry: after a breakpoint or an ftrace call. */
    private static final int MAX_ENTRY_OFFSET = 16;

    /** The number of bytes that are searched in the line before a backtrace. */
    private static final int MAX_HEADER = 512;

    /** x86 since 6.2: the prefix of the symbol for the padding before a function. */
    private static final String PADDING = "__pfx_";

    /** Events whose first frame is the current instruction; in others (tracepoints), it is a return address. */
    private static final String[] EXACT_EVENTS = {
        "kprobe:", "kprobes:", "profile:", "hardware:", "software:", "cycles", "clock:", "instructions"
    };

    /** perf's event modifiers. */
    private static final String MODIFIERS = "ukhGHIpPSDeWb";

    /** An address this close to a named frame is code, because modules are loaded near the kernel. */
    private static final long MAX_CODE_DISTANCE = 1L << 32;

    /** The first functions of a user program, outermost in its stacks; no kernel function is named so. */
    private static final Set<String> PROGRAM_STARTS = Set.of(
            "main", "_start", "__libc_start_main", "__libc_start_call_main", "__libc_start_main_impl", "__clone3");

    private static final int MAX_PROGRAMS = 64;

    private static final int MAX_RUST_NAME = 4096;

    /** x86-64 and riscv: the kernel and its modules are in the last 4 GiB. */
    private static final long LAST_4_GIB = 0xffffffff00000000L;

    private final Shapes shapes = Shapes.all();
    private final Shape[] @Nullable [] starting = new Shape[256 * Shape.FIRSTS][];
    private final LineMatcher matcher = new LineMatcher();
    private final LeadReader leads = new LeadReader(shapes);
    private final FactsReader factsReader = new FactsReader();
    private final PcRules rules = new PcRules();
    private final Names names = new Names();

    private byte[] line = new byte[256];
    private int end;
    private int content;
    private int text;
    private int trimmed;

    /** The last line that is neither blank nor a frame: the header of a backtrace. */
    private byte[] header = new byte[256];

    private int headerEnd;

    /** Whether the header is the previous line. */
    private boolean afterHeader;

    /** The buffer of the last line, and the facts before the line. */
    private byte[] roleLine = line;

    private int boots;
    private int statements;

    private boolean inBacktrace;
    private boolean inCallTrace;

    private boolean perfReport;

    /** Whether a frame of the backtrace was of a user program: then the frames below it are, too. */
    private boolean inProgram;

    /** Names in module's place that turned out to be user programs. */
    private final Set<String> programs = new HashSet<>();

    private @Nullable FrameReference previousFrame;

    /** The address of the last frame with both address and symbol, 0 if there is none. */
    private long namedAddress;

    private final List<LineFrame> frames = new ArrayList<>();

    /** Creates a reader; its first line is the first line of a log. */
    public TraceReader() {}

    /**
     * {@return the frames of the next line, from left to right; most lines have none}
     *
     * @param next the line without its line end, decoded as ISO-8859-1 so that positions are byte positions; any
     *     length and content
     */
    @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int) is right: each character is a byte.
    public List<LineFrame> next(String next) {
        end = next.length();
        if (line.length < end) {
            line = new byte[Math.max(end, 2 * line.length)];
        }
        next.getBytes(0, end, line, 0);
        return read(0, true);
    }

    /**
     * {@return the frames of the next line, which is in a buffer} Positions in the frames count from the start
     * of the line.
     *
     * @param bytes the buffer; the reader copies the line and does not change the buffer
     * @param from where the line starts
     * @param to where the line ends, without the line end
     */
    public List<LineFrame> next(byte[] bytes, int from, int to) {
        end = to - from;
        if (line.length < end) {
            line = new byte[Math.max(end, 2 * line.length)];
        }
        System.arraycopy(bytes, from, line, 0, end);
        return read(0, true);
    }

    /**
     * {@return the frames of the next line of a log} Positions in the frames count from the start of the line, with the
     * prefix that its collector added.
     *
     * @param next the line; the reader copies it
     */
    public List<LineFrame> next(KernelLine next) {
        int from = next.start();
        end = next.end() - from;
        if (line.length < end) {
            line = new byte[Math.max(end, 2 * line.length)];
        }
        System.arraycopy(next.bytes(), from, line, 0, end);
        return read(next.prefixLength(), next.isAnchored());
    }

    /** {@return what the last line means for its report} */
    public LineRole role() {
        if (factsReader.boots() != boots) {
            return LineRole.BOOT;
        }
        if (factsReader.statements() != statements) {
            return LineRole.RELEASE;
        }
        return text < trimmed ? Reports.role(roleLine, text, trimmed) : LineRole.OTHER;
    }

    /** {@return whether the log has a table of perf report, whose functions have no offsets} */
    public boolean hasPerfReport() {
        return perfReport;
    }

    /** {@return what the log has stated so far about its kernel} */
    public KernelFacts facts() {
        return factsReader.facts();
    }

    /**
     * @param collected the length of the prefix that intake found
     * @param anchored false if the line has no anchor
     */
    private List<LineFrame> read(int collected, boolean anchored) {
        boots = factsReader.boots();
        statements = factsReader.statements();
        roleLine = line;
        trimmed = trim(end);
        content = Math.min(trimmed, LinePrefix.end(line, Math.min(collected, trimmed), trimmed));
        text = content;
        while (text < trimmed && Chars.isBlank(line[text])) {
            text++;
        }
        if (text == trimmed) {
            inBacktrace = false;
            inProgram = false;
            return List.of();
        }
        frames.clear();
        rules.line(line, content, trimmed);
        // A collector's prefix does not make a line the kernel's, as a time stamp of printk does.
        boolean kernels = content > 0 && LinePrefix.isKernels(line, 0, content);
        matcher.take(line, trimmed, kernels || inCallTrace || isAfterCallTrace(), line[text] == '[' && isXenLine());
        leads.take(line, text, trimmed);
        int anchor = anchored ? anchor(text) : trimmed;
        boolean plain = anchor < trimmed;
        if (!wholeLine(plain) && !isCode()) {
            boolean called = (plain || line[text] != '{') ? anywhere(anchor) : histogram();
            inBacktrace = false;
            inCallTrace = called;
        }
        if (frames.isEmpty()) {
            rules.text(line, text, trimmed);
            factsReader.read(line, text, trimmed, rules);
            perfReport |= line[text] == '#' && isPerfReport();
            if (!inBacktrace) {
                previousFrame = null;
                inProgram = false;
                byte[] kept = header;
                header = line;
                headerEnd = trimmed;
                line = kept;
                afterHeader = true;
            }
            return List.of();
        }
        afterHeader = false;
        return List.copyOf(frames);
    }

    /** Whether the line before is the heading of a call trace. */
    private boolean isAfterCallTrace() {
        return afterHeader
                && headerEnd >= 11
                && (Chars.indexOf(header, Math.max(0, headerEnd - 16), headerEnd, "Call Trace:") >= 0
                        || Chars.indexOf(header, Math.max(0, headerEnd - 16), headerEnd, "Call trace:") >= 0);
    }

    private int trim(int from) {
        int to = from;
        while (to > 0) {
            byte last = line[to - 1];
            if (Chars.isBlank(last) || last == '\r') {
                to--;
            } else if (last >= '@' && last <= '~') {
                // ESC [ 0 m resets the colour at the end of the line.
                int escape = to - 1;
                while (escape > 0 && to - escape < 12 && line[escape] != 0x1b) {
                    escape--;
                }
                if (line[escape] != 0x1b || LinePrefix.escape(line, escape, to) != to) {
                    return to;
                }
                to = escape;
            } else {
                return to;
            }
        }
        return to;
    }

    /** {@code # Overhead  Command  Shared Object  Symbol}, {@code # Children Self Command ...}. */
    private boolean isPerfReport() {
        int to = Math.min(trimmed, text + MAX_HEADER);
        return (Chars.indexOf(line, text, to, " Overhead ") >= 0 || Chars.indexOf(line, text, to, " Children ") >= 0)
                && Chars.endsWith(line, text, trimmed, " Symbol");
    }

    private boolean isCode() {
        return line[text] == 'C' && Chars.startsWith(line, text, trimmed, "Code:");
    }

    /** The next position of a possible frame, or the end: a + before a number, a < before an address, a <-. */
    private int anchor(int from) {
        byte[] bytes = line;
        int to = trimmed;
        for (int i = from; i < to; i++) {
            byte c = bytes[i];
            if (c == '+') {
                if (i + 1 < to && Ascii.isDigit(bytes[i + 1])) {
                    return i;
                }
            } else if (c == '<' && i + 1 < to && (bytes[i + 1] == '-' || Hex.digit(bytes[i + 1]) >= 0)) {
                return i;
            }
        }
        return to;
    }

    /** Whether the whole line matches a notation; adds its frames to {@link #frames}. */
    private boolean wholeLine(boolean anchored) {
        byte c = line[text];
        int first = Chars.isSymbol(c) && c != '0' ? firstWord() : Shape.FIRST_OTHER;
        int key = (c & 0xff) * Shape.FIRSTS + first;
        Shape[] candidates = starting[key];
        if (candidates == null) {
            candidates = shapes.startingWith(c, first);
            starting[key] = candidates;
        }
        for (Shape shape : candidates) {
            if ((shape.needsPlus && !anchored) || (shape.indented && text == content)) {
                continue;
            }
            int to = matcher.match(shape, text, true);
            if (to >= 0 && fits(shape.notation)) {
                add(shape.notation);
                return true;
            }
        }
        return false;
    }

    /** The kind of the text's first word: a function and an offset, an address, other text. */
    private int firstWord() {
        int at = text;
        boolean hex = true;
        while (at < trimmed && Chars.isSymbol(line[at])) {
            hex &= Hex.digit(line[at]) >= 0;
            at++;
        }
        if (at == trimmed || line[at] != '+') {
            return hex && at - text >= 8 ? Shape.FIRST_HEX : Shape.FIRST_OTHER;
        }
        at++;
        if (!Chars.startsWith(line, at, trimmed, "0x")) {
            return Shape.FIRST_DECIMAL;
        }
        at += 2;
        while (at < trimmed && Hex.digit(line[at]) >= 0) {
            at++;
        }
        return at < trimmed && line[at] == '/' ? Shape.FIRST_SIZED : Shape.FIRST_UNSIZED;
    }

    /** Whether the context allows the notation of a matched shape. */
    private boolean fits(Notation notation) {
        FrameMatch first = matcher.found(0);
        if (notation == Notation.FTRACE && !first.hasOffset && first.addressDigits == 0) {
            // Logs contain lines such as "=> done"; ftrace indents by one blank.
            return text == content + 1 || inBacktrace || Chars.indexOf(header, 0, headerEnd, "stack trace") >= 0;
        }
        if (notation == Notation.PERF && !first.hasOffset && first.addressDigits < 8) {
            // An offset in the file, which tells nothing in a module's: a frame of the backtrace, but without a place.
            first.foreign |= first.moduleStart >= 0;
            return hasDigit(first.start);
        }
        if (notation == Notation.BPFTRACE && text == content) {
            // Copied without its indentation.
            return headerEnd > 0 && header[headerEnd - 1] == '[';
        }
        if (notation == Notation.GDB || notation == Notation.GDB_SYMBOL) {
            // Most programs in gdb are not the kernel.
            return first.isKernelAddress();
        }
        if (notation == Notation.BPFTRACE_PERF && !first.hasOffset) {
            return first.addressDigits == 16 && first.isKernelAddress() && !isHex(first);
        }
        if (notation == Notation.SYSTEMTAP_SIMPLE && text > content && !inBacktrace) {
            // Indented, it is bcc's, whose first frame is not always exact.
            return first.hasOffset && first.inexact;
        }
        if (notation == Notation.BPFTRACE_RAW && first.addressDigits < 16) {
            // A number or a CPU mask can look like a 32-bit address; in a map or below such an address it is one.
            return (headerEnd > 0 && header[headerEnd - 1] == '[') || isShortAddress(previousFrame);
        }
        return true;
    }

    /** Whether a word of hex digits is not a word of letters. */
    private boolean hasDigit(int word) {
        int at = word;
        while (at < trimmed && Hex.digit(line[at]) > 9) {
            at++;
        }
        return at < trimmed && Ascii.isDigit(line[at]);
    }

    /** Whether a name can be a word of a memory dump. */
    private boolean isHex(FrameMatch found) {
        for (int i = found.symbolStart; i < found.symbolEnd; i++) {
            if (Hex.digit(line[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isShortAddress(@Nullable FrameReference frame) {
        Long address = frame == null || frame.symbol() != null ? null : frame.address();
        return address != null && address >>> 32 == 0;
    }

    private void add(Notation notation) {
        int count = matcher.count();
        // Each line of addresses is a separate backtrace.
        boolean first = !inBacktrace || notation == Notation.SYSTEMTAP_HEX;
        boolean cut = matcher.isCut();
        for (int i = 0; i < count; i++) {
            FrameMatch found = matcher.found(i);
            if (i == count - 1 && found.end > 0 && !found.inexact) {
                found.end = trimmed;
            }
            boolean exact = switch (notation.pcRule()) {
                case EXACT -> true;
                case RETURN -> found.exactPc || (i == 0 && isFirstExact(notation));
                case FIRST_EXACT -> first && i == 0 && !found.inexact;
                case FIRST_OF_PROBE -> first && i == 0 && isProbe(found, notation);
            };
            frame(found, notation, exact);
        }
        inBacktrace = (notation.pcRule() == Notation.PcRule.FIRST_EXACT && notation != Notation.SYSTEMTAP_HEX && !cut)
                || notation.pcRule() == Notation.PcRule.FIRST_OF_PROBE
                || notation == Notation.SYSTEMTAP_RETURN
                || notation == Notation.FTRACE;
        inCallTrace = notation == Notation.CALL_TRACE_ADDRESS || notation == Notation.POWERPC_CALL_TRACE;
    }

    /** Whether the first frame of a line is exact in a notation of return addresses. */
    private boolean isFirstExact(Notation notation) {
        return notation == Notation.ARM_ENTERED
                || notation == Notation.POWERPC_REGISTERS
                || (notation == Notation.GDB && Chars.startsWith(line, text, trimmed, "#0 "));
    }

    /** Whether the first frame is the probed instruction: near a function's start, or by the event in the header. */
    private boolean isProbe(FrameMatch found, Notation notation) {
        if (found.hasOffset && Long.compareUnsigned(found.offset, MAX_ENTRY_OFFSET) <= 0) {
            return true;
        }
        int to = Math.min(headerEnd, MAX_HEADER);
        if (notation == Notation.PERF) {
            return !isTracepoint(to);
        }
        for (String event : EXACT_EVENTS) {
            if (notation != Notation.FTRACE && Chars.indexOf(header, 0, to, event) >= 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether perf's header names a tracepoint ({@code tcp:tcp_send_reset: }), whose first frame is a return address.
     * Counters ({@code cycles:}, {@code cycles:ppp:}) and probes ({@code probe:tcp_v4_rcv:}) sample instructions.
     */
    private boolean isTracepoint(int end) {
        for (int at = 0; at < end; at++) {
            int name = at;
            while (at < end && !Chars.isBlank(header[at])) {
                at++;
            }
            int colon = name;
            while (colon < at && (Chars.isSymbol(header[colon]) || header[colon] == '-')) {
                colon++;
            }
            if (colon == name || colon + 1 >= at || header[colon] != ':' || header[at - 1] != ':') {
                if (colon == at - 1 && (is(name, colon, "context-switches") || is(name, colon, "cpu-migrations"))) {
                    return true;
                }
                continue;
            }
            boolean modifiers = true;
            for (int i = colon + 1; i < at - 1; i++) {
                modifiers &= MODIFIERS.indexOf(header[i]) >= 0;
            }
            if (!modifiers && Chars.isSymbolStart(header[name])) {
                return !Chars.startsWith(header, name, colon, "probe") && !is(name, colon, "kprobes");
            }
        }
        return false;
    }

    private boolean is(int from, int to, String text) {
        return to - from == text.length() && Chars.startsWith(header, from, to, text);
    }

    /** Adds the frames at anchors; true if there is one. */
    private boolean anywhere(int firstAnchor) {
        int floor = text;
        boolean called = false;
        int anchor = firstAnchor;
        while (anchor < trimmed) {
            int to;
            if (line[anchor] == '+') {
                int symbol = anchor;
                while (symbol > floor && Chars.isSymbol(line[symbol - 1])) {
                    symbol--;
                }
                while (symbol < anchor && !Chars.isSymbolStart(line[symbol])) {
                    symbol++;
                }
                int name = symbol - floor >= 2 && line[symbol - 1] == ':' && line[symbol - 2] == ':'
                        ? rustName(symbol, floor)
                        : symbol;
                to = symbol == anchor || name < 0 || (symbol > floor && Chars.isSymbol(line[symbol - 1]))
                        ? -1
                        : at(shapes.plain(), symbol, name, floor);
            } else if (anchor + 1 < trimmed && line[anchor + 1] == '-') {
                to = caller(anchor, floor);
            } else if (anchor > text && line[anchor - 1] == '[') {
                to = at(shapes.bracketed(), anchor - 1, anchor - 1, floor);
            } else {
                to = at(shapes.ancient(), anchor, anchor, floor);
            }
            if (to < 0 && line[anchor] == '+') {
                to = drop(anchor, floor);
            }
            if (to >= 0) {
                called = true;
                floor = to;
            }
            anchor = anchor(Math.max(anchor + 1, to));
        }
        return called;
    }

    /** {@code flags:S, reason: NO_SOCKET, tcp_v4_rcv+0x81} at the end of a line; returns its end, or -1. */
    private int drop(int plus, int floor) {
        int symbol = plus;
        while (symbol > floor && Chars.isSymbol(line[symbol - 1])) {
            symbol--;
        }
        if (symbol - floor < 2 || line[symbol - 1] != ' ' || line[symbol - 2] != ',') {
            return -1;
        }
        int word = symbol - 2;
        while (word > floor && Chars.isSymbol(line[word - 1])) {
            word--;
        }
        if (!Chars.endsWith(line, floor, word, "reason: ") && !Chars.endsWith(line, floor, word, "flags:")) {
            return -1;
        }
        int to = matcher.match(shapes.drop(), symbol, true);
        if (to >= 0) {
            frame(matcher.found(0), Notation.NETTRACE, false);
        }
        return to;
    }

    /** {@code { key: [address] function, ... }}: a histogram's keys with .sym. */
    private boolean histogram() {
        for (int open = text + 1; open < trimmed; open++) {
            if (line[open] == '[' && line[open - 1] == ' ' && line[Math.max(text, open - 2)] == ':') {
                int to = matcher.match(shapes.histogram(), open, false);
                if (to >= 0 && matcher.found(0).isKernelAddress()) {
                    frame(matcher.found(0), Notation.HISTOGRAM, isFunctionKey(open - 2));
                    open = to;
                }
            }
        }
        return !frames.isEmpty();
    }

    /** Whether the key before a colon holds functions, not places that called something: {@code function}. */
    private boolean isFunctionKey(int colon) {
        int key = colon;
        while (key > text && Chars.isSymbol(line[key - 1])) {
            key--;
        }
        return Chars.startsWith(line, key, colon, "func");
    }

    /**
     * The start of a demangled Rust name whose last part starts at a position, or -1: {@code <A as B>::f}, {@code a::f}.
     * Its last part alone would be the name of another function.
     */
    private int rustName(int last, int floor) {
        int depth = 0;
        int at = last;
        while (at > floor && last - at < MAX_RUST_NAME) {
            byte c = line[at - 1];
            if (c == '>' && !(at - floor >= 2 && line[at - 2] == '-')) {
                depth++;
            } else if (c == '<' && --depth < 0) {
                return -1;
            } else if (depth == 0 && c == ':' && at - floor >= 2 && line[at - 2] == ':') {
                at--;
            } else if (depth == 0 && c != '<' && !Chars.isSymbol(c)) {
                break;
            } else if (c == '+' && at < last && Ascii.isDigit(line[at])) {
                return -1;
            }
            at--;
        }
        return depth == 0 && (line[at] == '<' || Chars.isSymbolStart(line[at])) ? at : -1;
    }

    /**
     * Matches the shapes at a position; returns the end of the frame, or -1.
     *
     * @param name where the symbol starts, at or before that position
     */
    private int at(Shape[] candidates, int position, int name, int floor) {
        for (Shape shape : candidates) {
            int to = matcher.match(shape, position, false);
            if (to < 0) {
                continue;
            }
            FrameMatch found = matcher.found(0);
            int from = Math.min(name, position);
            if (name < position) {
                found.symbolStart = name;
                found.start = name;
            }
            Notation lead = leads.readBefore(found, from, floor, to);
            found.foreign |= afterHeader && isHeader("belongs to the variable:");
            if (!found.hasSymbol() && !isAlone(from, to, lead)) {
                return -1;
            }
            Notation notation = lead == null ? shape.notation : lead;
            boolean caller = from >= 2 && line[from - 1] == '-' && line[from - 2] == '<';
            // A name without an offset is that of a function pointer, such as an interrupt handler.
            boolean function = notation == Notation.BRACKETED && found.hasSymbol() && !found.hasOffset;
            boolean exact = notation.pcRule() == Notation.PcRule.EXACT && !caller;
            frame(found, notation, exact || found.exactPc || function);
            return to;
        }
        return -1;
    }

    /** Whether an address without a symbol is a frame: after a register name, or alone in the line. */
    private boolean isAlone(int from, int to, @Nullable Notation lead) {
        if (lead != null) {
            return true;
        }
        int start = text;
        if (Chars.startsWith(line, start, trimmed, "? ")) {
            start += 2;
        }
        return from == start && to == trimmed;
    }

    /** {@code function <-caller}, {@code (caller <- function)}: names without offsets. */
    private int caller(int arrow, int floor) {
        if (arrow == text || line[arrow - 1] != ' ') {
            return -1;
        }
        int symbolEnd = arrow - 1;
        boolean hasLeft = !frames.isEmpty() && frames.get(frames.size() - 1).end() == symbolEnd;
        boolean returns = false;
        int right = arrow + 2;
        if (right < trimmed && line[right] == '-') {
            right++;
        }
        boolean spaced = right < trimmed && line[right] == ' ';
        if (hasLeft) {
            returns = frames.get(frames.size() - 1).notation() == Notation.KRETPROBE_EVENT;
        } else {
            int symbol = symbolEnd;
            while (symbol > floor && Chars.isSymbol(line[symbol - 1])) {
                symbol--;
            }
            int blanks = leads.blanksBefore(symbol, floor);
            boolean bracket = symbol > floor && line[symbol - 1] == '(';
            if (symbol == symbolEnd
                    || !Chars.isSymbolStart(line[symbol])
                    || (!bracket && (blanks == symbol || blanks == floor || line[blanks - 1] != ':'))) {
                return -1;
            }
            returns = bracket;
            int to = name(spaced ? right + 1 : right);
            if (to < 0) {
                return -1;
            }
            named(symbol, symbolEnd, returns ? Notation.KRETPROBE_EVENT : Notation.FTRACE_FUNCTION);
        }
        int start = spaced ? right + 1 : right;
        int to = name(start);
        if (to < 0) {
            return -1;
        }
        named(start, to, returns ? Notation.KRETPROBE_EVENT : Notation.FTRACE_FUNCTION);
        return to;
    }

    /** The end of the caller's name, if the line or the parenthesis ends there; else -1. */
    private int name(int from) {
        int to = from;
        if (from >= trimmed || !Chars.isSymbolStart(line[from])) {
            return -1;
        }
        while (to < trimmed && Chars.isSymbol(line[to])) {
            to++;
        }
        return to == trimmed || line[to] == ')' || (line[to] == ' ' && to + 1 < trimmed && line[to + 1] == '<')
                ? to
                : -1;
    }

    private void named(int start, int to, Notation notation) {
        FrameMatch found = new FrameMatch();
        found.clear();
        found.symbolStart = start;
        found.symbolEnd = to;
        found.cover(start, to);
        frame(found, notation, true);
    }

    /** Adds the frame of a match, unless it belongs to a user program. */
    private void frame(FrameMatch found, Notation notation, boolean exactPc) {
        if (found.foreign || (!found.hasSymbol() && !found.isKernelAddress())) {
            inProgram |= found.foreign && !found.hasSize;
            return;
        }
        String symbol = found.symbol(line, names);
        String module = found.module(line, names);
        if (symbol != null && (found.hasOffset ? isOfProgram(found, symbol, module) : isPlaceholder(symbol))) {
            return;
        }
        Long offset = symbol != null && found.hasOffset ? (Long) found.offset : null;
        Long address = found.addressDigits == 0 || found.address == 0 ? null : (Long) found.address;
        Long size = found.hasSize ? (Long) found.size : null;
        if (symbol != null && offset != null && offset.equals(size) && symbol.startsWith(PADDING)) {
            symbol = symbol.substring(PADDING.length());
            offset = 0L;
            size = null;
        }
        boolean reliable = !found.unreliable
                && !found.inexact
                && notation != Notation.S390_CALL_TRACE
                && notation != Notation.STACK_WORD;
        FrameReference reference = new FrameReference(symbol, offset, size, module, address, Pc.RETURN);
        if (rules.isExact(notation, reference, exactPc || isStart(symbol, offset, address), reliable)) {
            reference = reference.withPc(Pc.EXACT);
        }
        Mark mark = Mark.NONE;
        if (symbol == null && module == null && isJunk(found, notation)) {
            mark = Mark.JUNK;
            reliable = false;
        } else if (isRepeated(found, reference, notation)) {
            mark = Mark.REPEATED;
            reliable = false;
        } else if (found.inexact) {
            mark = Mark.INEXACT;
        } else if (isXen(found)) {
            mark = Mark.XEN;
        } else if ("bpf".equals(module) || (symbol != null && isBpf(symbol))) {
            mark = Mark.BPF;
        } else if (found.cut) {
            mark = Mark.CUT;
        } else if (found.baseSize != 0 && !found.isInBase()) {
            mark = Mark.HASHED_BASE;
        }
        frames.add(new LineFrame(reference, found.start, found.end, text, reliable, mark, notation));
        previousFrame = reference;
        if (mark != Mark.XEN) {
            learn(found, notation, reference);
        }
    }

    /**
     * Whether a frame without size is of a user program, as bcc and SystemTap print them below the kernel's: it is of
     * the C library's start code, or called by a program's frame, or in an object that has such frames.
     */
    private boolean isOfProgram(FrameMatch found, String symbol, @Nullable String module) {
        if (found.hasSize || found.addressDigits == 16) {
            return false;
        }
        boolean start = PROGRAM_STARTS.contains(symbol);
        if (start && module != null && programs.size() < MAX_PROGRAMS) {
            programs.add(module);
        }
        inProgram |= start;
        return start || (module != null && (inProgram || programs.contains(module)));
    }

    /** Whether a name is what printk prints instead of a symbol for a bad pointer: {@code (null)}. */
    private static boolean isPlaceholder(String symbol) {
        return symbol.equals("null") || symbol.equals("efault") || symbol.equals("einval");
    }

    /** Names in kernel/bpf: of programs (bpf_get_prog_name), trampolines, dispatchers and struct_ops. */
    private static boolean isBpf(String symbol) {
        return symbol.startsWith("bpf_")
                && (symbol.startsWith("prog_", 4)
                        ? isTag(symbol, 9)
                        : (symbol.startsWith("trampoline_", 4) && endsInDigits(symbol, 15))
                                || symbol.equals("bpf_dispatcher_xdp")
                                || symbol.startsWith("_", 4));
    }

    /** Whether a BPF program's tag is there: 16 hex digits, then the end or the program's name. */
    private static boolean isTag(String symbol, int from) {
        for (int i = from; i < from + 16; i++) {
            if (i >= symbol.length() || Hex.digit(symbol.charAt(i)) < 0) {
                return false;
            }
        }
        return symbol.length() == from + 16 || symbol.charAt(from + 16) == '_';
    }

    private static boolean endsInDigits(String symbol, int from) {
        for (int i = from; i < symbol.length(); i++) {
            if (!Ascii.isDigit(symbol.charAt(i)) && symbol.charAt(i) != '_') {
                return false;
            }
        }
        return symbol.length() > from;
    }

    /** Whether a frame is the hypervisor's: in its own lines, or at its addresses below its heading. */
    private boolean isXen(FrameMatch found) {
        return !found.guest && (isXenLine() || (found.address >>> 44 == 0xffff8 && isHeader("Xen call trace")));
    }

    private boolean isXenLine() {
        return content >= LinePrefix.XEN.length() && Chars.indexOf(line, 0, content, LinePrefix.XEN) >= 0;
    }

    private boolean isHeader(String part) {
        return Chars.indexOf(header, 0, Math.min(headerEnd, MAX_HEADER), part) >= 0;
    }

    /** Whether the place is a function's start, which no call returns to; a function alone means its start. */
    private static boolean isStart(@Nullable String symbol, @Nullable Long offset, @Nullable Long address) {
        return symbol != null && (offset == null ? address == null : offset == 0);
    }

    private void learn(FrameMatch found, Notation notation, FrameReference reference) {
        String symbol = reference.symbol();
        // A hashed %p value has no bits in its upper half.
        if (symbol != null && found.isKernelAddress()) {
            namedAddress = found.hasOffset ? found.address : namedAddress;
            factsReader.pair(found.address, symbol, reference.offset(), reference.module());
        } else if (namedAddress == 0 && notation == Notation.SYSTEMTAP_HEX) {
            namedAddress = found.address;
        }
        String module = reference.module();
        if (module != null && found.baseSize != 0 && found.isInBase()) {
            factsReader.module(module, found.base, found.baseSize);
        }
        if (module != null && found.buildIdStart >= 0) {
            String id = found.buildId(line);
            if (id != null) {
                factsReader.moduleBuildId(module, id);
            }
        }
        String machine = machine(found, notation);
        if (machine != null) {
            factsReader.machine(machine);
        }
    }

    private @Nullable String machine(FrameMatch found, Notation notation) {
        return switch (notation) {
            case X86_RIP, X86_RIP_ADDRESS, X86_MACHINE_CHECK -> "x86_64";
            case X86_EIP -> "i686";
            case ARM_CALL_TRACE, ARM_ENTERED -> "arm";
            case ARM_PC -> armMachine(found);
            // mips prints the address before the function.
            case EPC -> !found.hasSymbol() ? null : found.addressDigits == 0 ? "riscv64" : "mips";
            case POWERPC_NIP -> "ppc64";
            case SPARC -> "sparc64";
            case S390_PSW, S390_CALL_TRACE -> "s390x";
            default -> null;
        };
    }

    /** arm prints {@code PC is at} and a 32-bit {@code pc :}; arm64 prints {@code pc :} with a function since 4.20. */
    private @Nullable String armMachine(FrameMatch found) {
        if (found.addressDigits == 0) {
            return Chars.startsWith(line, found.start - "pc : ".length(), trimmed, "pc : ") ? "aarch64" : null;
        }
        return found.hasSymbol() ? null : found.addressDigits == 16 ? "aarch64" : "arm";
    }

    private static boolean isStap(Notation notation) {
        return notation.pcRule() == Notation.PcRule.FIRST_EXACT;
    }

    /** Whether an address is data: only SystemTap prints words that its unwinder could not follow. */
    private boolean isJunk(FrameMatch found, Notation notation) {
        if (!isStap(notation) || (namedAddress == 0 && !found.inexact) || found.addressDigits != 16) {
            return false;
        }
        if (namedAddress == 0 || Long.compareUnsigned(namedAddress, LAST_4_GIB) >= 0) {
            return Long.compareUnsigned(found.address, LAST_4_GIB) < 0;
        }
        // arm64: code is at 0xffff8000...; on other architectures modules can be anywhere.
        return namedAddress >>> 48 == 0xffff && Math.abs(found.address - namedAddress) >= MAX_CODE_DISTANCE;
    }

    private boolean isRepeated(FrameMatch found, FrameReference reference, Notation notation) {
        FrameReference last = previousFrame;
        if (last == null || !isStap(notation) || (!found.inexact && notation != Notation.SYSTEMTAP_HEX)) {
            return false;
        }
        return Objects.equals(last.offset(), reference.offset())
                && Objects.equals(last.symbol(), reference.symbol())
                && Objects.equals(last.address(), reference.address());
    }
}
