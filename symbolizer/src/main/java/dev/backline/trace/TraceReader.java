package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log line by line and finds the frames in each. Keeps what earlier lines say and later ones need:
 * where a backtrace begins, because the first frame of a probe's is exact; what its header says the probe
 * is; which frame came last, because SystemTap prints one twice; where code is, because a stack's data
 * addresses are none.
 *
 * <p>One per stream; not thread-safe. A line costs time and memory in proportion to its length, whatever
 * is in it.
 */
public final class TraceReader {
    /** How far into a function its first instruction, or the breakpoint or call in its place, can end. */
    private static final int ENTRY = 16;

    /** How much of the line before a backtrace is looked at. */
    private static final int HEADER = 512;

    /** What says that a backtrace's first frame is where the CPU was, not where a tracepoint's call returns. */
    private static final String[] EXACT_EVENTS = {
        "kprobe:", "kprobes:", "profile:", "hardware:", "software:", "cycles", "clock:", "instructions"
    };

    /** Nearer to a named frame than this, an address is code: modules are kept near the kernel. */
    private static final long CODE_REACH = 1L << 32;

    /** x86-64 and riscv: the kernel and its modules are in the last 4 GiB. */
    private static final long TOP = 0xffffffff00000000L;

    private final Shapes shapes = Shapes.all();
    private final Shape[] @Nullable [] starting = new Shape[256 * Shape.FIRSTS][];
    private final LineMatcher matcher = new LineMatcher();
    private final LeadReader leads = new LeadReader(shapes);
    private final FactsReader factsReader = new FactsReader();

    private byte[] line = new byte[256];
    private int end;
    private int content;
    private int text;
    private int trimmed;

    /** The last line that was neither blank nor a frame: a backtrace's header. */
    private byte[] header = new byte[256];

    private int headerEnd;

    /** Whether the header is the line directly before. */
    private boolean afterHeader;

    private boolean inBacktrace;
    private boolean inCallTrace;
    private @Nullable FrameReference before;

    /** The last program counter that was printed as a register. */
    private @Nullable FrameReference counter;

    /** The address of the last frame that had a symbol too, 0 for none. */
    private long namedAddress;

    private final List<LineFrame> frames = new ArrayList<>();

    /** A reader that begins with a log's first line. */
    public TraceReader() {}

    /**
     * {@return the frames of the next line, from left to right; of most lines there are none}
     *
     * @param next the line without its line end, decoded as ISO-8859-1 so that positions are those of bytes;
     *     of any length, with anything in it
     */
    @SuppressWarnings("deprecation") // String.getBytes(int, int, byte[], int): the characters are bytes.
    public List<LineFrame> next(String next) {
        end = next.length();
        if (line.length < end) {
            line = new byte[Math.max(end, 2 * line.length)];
        }
        next.getBytes(0, end, line, 0);
        return read();
    }

    /**
     * {@return the frames of the next line, which stands in a buffer} Positions in them count from the line's
     * beginning.
     *
     * @param bytes the buffer; it is copied, and not changed
     * @param from where the line begins
     * @param to behind its last byte, without the line end
     */
    public List<LineFrame> next(byte[] bytes, int from, int to) {
        end = to - from;
        if (line.length < end) {
            line = new byte[Math.max(end, 2 * line.length)];
        }
        System.arraycopy(bytes, from, line, 0, end);
        return read();
    }

    /** {@return what the log has said so far about the kernel that wrote it} */
    public KernelFacts facts() {
        return factsReader.facts();
    }

    private List<LineFrame> read() {
        trimmed = trim(end);
        content = LinePrefix.length(line, trimmed);
        text = content;
        while (text < trimmed && Chars.isBlank(line[text])) {
            text++;
        }
        if (text == trimmed) {
            inBacktrace = false;
            return List.of();
        }
        frames.clear();
        matcher.take(line, trimmed, content > 0 || inCallTrace);
        leads.take(line, text, trimmed);
        int anchor = anchor(text);
        boolean plain = anchor < trimmed;
        if (!wholeLine(plain) && !isCode()) {
            boolean called = anywhere(anchor);
            inBacktrace = false;
            inCallTrace = called;
        }
        if (frames.isEmpty()) {
            factsReader.read(line, text, trimmed);
            if (!inBacktrace) {
                before = null;
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

    private int trim(int from) {
        int to = from;
        while (to > 0) {
            byte last = line[to - 1];
            if (Chars.isBlank(last) || last == '\r') {
                to--;
            } else if (last >= '@' && last <= '~') {
                // ESC [ 0 m: a colour that ends with the line.
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

    private boolean isCode() {
        return line[text] == 'C' && Chars.startsWith(line, text, trimmed, "Code:");
    }

    /** The next place at which a frame can be, or the end: a + before a number, a < before an address, a <-. */
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

    /** Whether the line as a whole has a notation; its frames are then in {@link #frames}. */
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

    /** What the text's first word is: a function and an offset, an address, anything else. */
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

    /** Whether what has the shape of a notation can be one. */
    private boolean fits(Notation notation) {
        Found first = matcher.found(0);
        if (notation == Notation.FTRACE && !first.hasOffset && first.addressDigits == 0) {
            // A log may well say => done; ftrace indents by one.
            return text == content + 1 || inBacktrace || Chars.indexOf(header, 0, headerEnd, "stack trace") >= 0;
        }
        return true;
    }

    private void add(Notation notation) {
        int count = matcher.count();
        // A line of addresses is a backtrace of its own.
        boolean first = !inBacktrace || notation == Notation.SYSTEMTAP_HEX;
        boolean cut = matcher.isCut();
        for (int i = 0; i < count; i++) {
            Found found = matcher.found(i);
            if (i == count - 1 && found.end > 0 && !found.inexact) {
                found.end = trimmed;
            }
            boolean exact = switch (notation.pcRule()) {
                case EXACT -> true;
                case RETURN -> notation == Notation.ARM_ENTERED && i == 0;
                case FIRST_EXACT -> first && i == 0 && !found.inexact;
                case FIRST_OF_PROBE -> first && i == 0 && isProbe(found);
            };
            frame(found, notation, exact);
        }
        inBacktrace = (notation.pcRule() == Notation.PcRule.FIRST_EXACT && notation != Notation.SYSTEMTAP_HEX && !cut)
                || notation.pcRule() == Notation.PcRule.FIRST_OF_PROBE
                || notation == Notation.SYSTEMTAP_RETURN
                || notation == Notation.FTRACE;
        inCallTrace = notation == Notation.CALL_TRACE_ADDRESS || notation == Notation.POWERPC_CALL_TRACE;
    }

    /** Whether the first frame is the probed instruction: near a function's start, or the header says so. */
    private boolean isProbe(Found found) {
        if (found.hasOffset && Long.compareUnsigned(found.offset, ENTRY) <= 0) {
            return true;
        }
        int to = Math.min(headerEnd, HEADER);
        for (String event : EXACT_EVENTS) {
            if (Chars.indexOf(header, 0, to, event) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Frames at anchors; true when one of them belongs to a call trace. */
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
                to = symbol == anchor || (symbol > floor && Chars.isSymbol(line[symbol - 1]))
                        ? -1
                        : at(shapes.plain(), symbol, floor);
            } else if (anchor + 1 < trimmed && line[anchor + 1] == '-') {
                to = caller(anchor, floor);
            } else if (anchor > text && line[anchor - 1] == '[') {
                to = at(shapes.bracketed(), anchor - 1, floor);
            } else {
                to = at(shapes.ancient(), anchor, floor);
            }
            if (to >= 0) {
                called = true;
                floor = to;
            }
            anchor = anchor(Math.max(anchor + 1, to));
        }
        return called;
    }

    /** Matches the shapes there; where the frame ends, or -1. */
    private int at(Shape[] candidates, int from, int floor) {
        for (Shape shape : candidates) {
            int to = matcher.match(shape, from, false);
            if (to < 0) {
                continue;
            }
            Found found = matcher.found(0);
            Notation lead = leads.before(found, from, floor, to);
            if (!found.hasSymbol() && !isAlone(from, to, lead)) {
                return -1;
            }
            Notation notation = lead == null ? shape.notation : lead;
            boolean caller = from >= 2 && line[from - 1] == '-' && line[from - 2] == '<';
            frame(found, notation, (notation.pcRule() == Notation.PcRule.EXACT && !caller) || found.exactPc);
            return to;
        }
        return -1;
    }

    /**
     * Whether the line before says that this frame is where the CPU was: s390's last jump, a faulting access
     * that KFENCE reports, or a call trace that begins with the program counter that was printed above it
     * (arm64 before 6.12, riscv, mips).
     */
    private boolean isExactByHeader(@Nullable String symbol, @Nullable Long offset) {
        if (!afterHeader) {
            return false;
        }
        int to = Math.min(headerEnd, HEADER);
        if (Chars.indexOf(header, 0, to, "Breaking-Event-Address:") >= 0) {
            return true;
        }
        if (Chars.indexOf(header, 0, to, "kfence-#") >= 0) {
            return Chars.indexOf(header, 0, to, "Use-after-free") >= 0
                    || Chars.indexOf(header, 0, to, "Out-of-bounds") >= 0;
        }
        FrameReference register = counter;
        return register != null
                && symbol != null
                && symbol.equals(register.symbol())
                && offset != null
                && offset.equals(register.offset())
                && (Chars.indexOf(header, 0, to, "Call trace:") >= 0
                        || Chars.indexOf(header, 0, to, "Call Trace:") >= 0);
    }

    /** An address without a symbol is a frame where a register's name says so, or alone in its line. */
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

    /** Where the name of the caller ends: at the line's end or a bracket. */
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
        Found found = new Found();
        found.clear();
        found.symbolStart = start;
        found.symbolEnd = to;
        found.cover(start, to);
        frame(found, notation, true);
    }

    /** Makes a frame of what was found, unless it is a user's. */
    private void frame(Found found, Notation notation, boolean exactPc) {
        boolean kernel = found.isKernelAddress();
        if (found.foreign || (!found.hasSymbol() && !kernel)) {
            return;
        }
        String symbol = found.symbol(line);
        String module = found.module(line);
        Long offset = symbol != null && found.hasOffset ? (Long) found.offset : null;
        Long address = found.addressDigits == 0 || found.address == 0 ? null : (Long) found.address;
        boolean exact = exactPc || isStart(symbol, offset, address) || isExactByHeader(symbol, offset);
        FrameReference reference = new FrameReference(
                symbol, offset, found.hasSize ? found.size : null, module, address, exact ? Pc.EXACT : Pc.RETURN);
        Mark mark = Mark.NONE;
        boolean reliable = !found.unreliable && !found.inexact && notation != Notation.S390_CALL_TRACE;
        if (symbol == null && module == null && isJunk(found, notation)) {
            mark = Mark.JUNK;
            reliable = false;
        } else if (isRepeated(found, reference, notation)) {
            mark = Mark.REPEATED;
            reliable = false;
        } else if (found.inexact) {
            mark = Mark.INEXACT;
        }
        frames.add(new LineFrame(reference, found.start, found.end, text, reliable, mark, notation));
        before = reference;
        if (notation.where() == Notation.Where.LEAD && notation.pcRule() == Notation.PcRule.EXACT) {
            counter = reference;
        }
        learn(found, notation, reference);
    }

    /** No call returns to a function's start, and a function that is all the text has is looked up there. */
    private static boolean isStart(@Nullable String symbol, @Nullable Long offset, @Nullable Long address) {
        return symbol != null && (offset == null ? address == null : offset == 0);
    }

    private void learn(Found found, Notation notation, FrameReference reference) {
        String symbol = reference.symbol();
        // %p hashes to addresses with nothing in their upper half.
        if (symbol != null && found.hasOffset && found.isKernelAddress()) {
            namedAddress = found.address;
            factsReader.pair(found.address, symbol, found.offset, reference.module());
        } else if (namedAddress == 0 && notation == Notation.SYSTEMTAP_HEX) {
            namedAddress = found.address;
        }
        String module = reference.module();
        if (module != null && found.buildIdStart >= 0) {
            String id = found.buildId(line);
            if (id != null) {
                factsReader.moduleBuildId(module, id);
            }
        }
        String machine = machine(notation);
        if (machine != null) {
            factsReader.machine(machine);
        }
    }

    private static @Nullable String machine(Notation notation) {
        return switch (notation) {
            case X86_RIP, X86_RIP_ADDRESS -> "x86_64";
            case X86_EIP -> "i686";
            case POWERPC_NIP -> "ppc64";
            case S390_PSW, S390_CALL_TRACE -> "s390x";
            default -> null;
        };
    }

    private static boolean isStap(Notation notation) {
        return notation.pcRule() == Notation.PcRule.FIRST_EXACT;
    }

    /** Only SystemTap prints what its unwinder could not follow. */
    private boolean isJunk(Found found, Notation notation) {
        if (!isStap(notation) || (namedAddress == 0 && !found.inexact) || found.addressDigits != 16) {
            return false;
        }
        if (namedAddress == 0 || Long.compareUnsigned(namedAddress, TOP) >= 0) {
            return Long.compareUnsigned(found.address, TOP) < 0;
        }
        // arm64: 0xffff8000...; elsewhere modules may be anywhere.
        return namedAddress >>> 48 == 0xffff && Math.abs(found.address - namedAddress) >= CODE_REACH;
    }

    private boolean isRepeated(Found found, FrameReference reference, Notation notation) {
        FrameReference last = before;
        if (last == null || !isStap(notation) || (!found.inexact && notation != Notation.SYSTEMTAP_HEX)) {
            return false;
        }
        return Objects.equals(last.offset(), reference.offset())
                && Objects.equals(last.symbol(), reference.symbol())
                && Objects.equals(last.address(), reference.address());
    }
}
