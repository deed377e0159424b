package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a frame's address is exact where the notation alone does not tell: after an exception entry, below a
 * heading, for the program counter that a call trace repeats. Reports of several CPUs can interleave, so each printk
 * caller ({@code [ T12]}, {@code [ C3]}) has a state. Rules that depend on the architecture are in {@link Machine}.
 * Not thread-safe.
 */
final class PcRules {
    /** A power of 2. Callers with the same slot share a state. */
    private static final int STATES = 64;

    /** The bytes in which a caller's id is searched if the prefix of the line is unknown. */
    private static final int CALLER_REACH = 128;

    private static final String[] KFENCE_ACCESSES = {"Invalid ", "Out-of-bounds ", "Use-after-free "};

    /** The first two characters of each text in {@link #read}; any character can follow a #. */
    static final String KEYS = "BrCaInKeOuPoRIUs";

    /** What the line above says about the next frame. */
    private enum Heading {
        NONE,
        /** The next frame is exact. */
        EXACT,
        /** The next frame is exact if it repeats the program counter. */
        CALL_TRACE
    }

    /** The state of one printk caller. */
    private static final class State {
        private Heading heading = Heading.NONE;

        /** Whether the frame above is an exception entry: the next frame is the interrupted instruction. */
        private boolean afterEntry;

        /** The last program counter printed as a register, or the place of the last {@code WARN}. */
        private @Nullable FrameReference programCounter;

        /** s390: whether the program check left the PSW after the instruction. */
        private boolean pswIsBehind;

        /** s390: whether a function of the page fault handler is above. */
        private boolean inPageFault;

        /** crash: the function in the last exception frame, and its address; 0 if there is none. */
        private @Nullable String exception;

        private long exceptionAddress;
    }

    private final State[] states = new State[STATES];
    private State now = new State();
    private long caller;

    /** Whether KASAN compares tags: then the CPU traps at the access itself. */
    private boolean tagBased;

    PcRules() {
        states[0] = now;
    }

    /**
     * Selects the state of the caller of the next line.
     *
     * @param content where the text after the line's prefix starts
     */
    void line(byte[] line, int content, int end) {
        long id = content > 0 ? callerBefore(line, content) : callerIn(line, Math.min(end, CALLER_REACH));
        if (id != caller) {
            caller = id;
            int slot = (int) ((id * 0x9e3779b97f4a7c15L) >>> 58);
            State state = states[slot];
            if (state == null) {
                state = new State();
                states[slot] = state;
            }
            now = state;
        }
    }

    /** The id that ends at a position: {@code [   T12] }, {@code ,caller=T12;}. 0 if there is none. */
    private static long callerBefore(byte[] line, int content) {
        int to = content;
        while (to > 0 && line[to - 1] == ' ') {
            to--;
        }
        if (to == 0 || (line[to - 1] != ']' && line[to - 1] != ';')) {
            return 0;
        }
        int digits = to - 1;
        while (digits > 0 && to - digits < 12 && Ascii.isDigit(line[digits - 1])) {
            digits--;
        }
        return callerAt(line, digits - 1, to);
    }

    /** The first id in the start of a line. 0 if there is none. */
    private static long callerIn(byte[] line, int end) {
        for (int i = 0; i < end; i++) {
            if (line[i] == '[') {
                int at = i + 1;
                while (at < end && line[at] == ' ') {
                    at++;
                }
                long id = callerAt(line, at, end);
                if (id != 0) {
                    return id;
                }
            }
        }
        return 0;
    }

    /** The id of a T or C with digits, up to the bracket or semicolon. 0 if there is none. */
    private static long callerAt(byte[] line, int at, int end) {
        if (at < 0 || at >= end || (line[at] != 'T' && line[at] != 'C')) {
            return 0;
        }
        long id = 0;
        int to = at + 1;
        while (to < end && to - at < 12 && Ascii.isDigit(line[to])) {
            id = 10 * id + line[to] - '0';
            to++;
        }
        return to > at + 1 && to < end && (line[to] == ']' || line[to] == ';') ? 2 * id + (line[at] == 'T' ? 2 : 1) : 0;
    }

    /** Starts a line without frames; {@link #read} gets its words. */
    void text(byte[] line, int from, int end) {
        if (!isTag(line, from, end)) {
            now.heading = Heading.NONE;
            now.afterEntry = false;
        }
    }

    /** {@code <TASK>}, {@code </IRQ>}, {@code <EOI>}: the call trace continues on another stack. */
    private static boolean isTag(byte[] line, int from, int end) {
        if (line[from] != '<' || line[end - 1] != '>' || end - from > 16) {
            return false;
        }
        for (int i = from + 1; i < end - 1; i++) {
            byte c = line[i];
            if ((c < 'A' || c > 'Z') && c != '/' && c != '_' && c != '<' && c != '>' && c != '#') {
                return false;
            }
        }
        return true;
    }

    /** Reads the text at the start of a word, in a line without frames. */
    void read(byte[] line, int at, int end) {
        switch (line[at]) {
            case '#' -> {
                // s390: "Oops: 0004 ilc:2 [#1]".
                int ilc = at - "ilc:2 [".length();
                if (Chars.startsWith(line, ilc, end, "ilc:")) {
                    now.pswIsBehind = isPswBehind(line, ilc);
                }
            }
            case 'B' -> {
                // s390: "Last Breaking-Event-Address:", the last jump.
                if (Chars.startsWith(line, at, end, "Breaking-Event-Address:")) {
                    now.heading = Heading.EXACT;
                }
            }
            case 'C' -> {
                if (Chars.startsWith(line, at, end, "Call Trace:") || Chars.startsWith(line, at, end, "Call trace:")) {
                    now.heading = Heading.CALL_TRACE;
                    now.inPageFault = false;
                }
            }
            case 'I', 'O', 'U' -> {
                if (isKfenceAccess(line, at, end)) {
                    now.heading = Heading.EXACT;
                }
            }
            case 'K' -> {
                // mm/kasan: the modes generic, sw-tags and hw-tags.
                if (Chars.startsWith(line, at, end, "KernelAddressSanitizer initialized (")) {
                    tagBased = Chars.indexOf(line, at, end, "-tags") >= 0;
                }
            }
            case 'P' -> tagBased |= Chars.startsWith(line, at, end, "Pointer tag: [");
            case 'R' -> {
                if (now.exception != null && Chars.startsWith(line, at, end, "RIP: ")) {
                    now.exceptionAddress = hex(line, at + 5, end);
                }
            }
            default -> {}
        }
    }

    /** mm/kfence/report.c: accesses that faulted. {@code Invalid free} and {@code Corrupted memory} are none. */
    private static boolean isKfenceAccess(byte[] line, int at, int end) {
        int to = at;
        for (String start : KFENCE_ACCESSES) {
            if (Chars.startsWith(line, at, end, start)) {
                to = at + start.length();
            }
        }
        return to > at
                && (Chars.startsWith(line, to, end, "read at 0x") || Chars.startsWith(line, to, end, "write at 0x"));
    }

    /**
     * {@code Oops: 0004 ilc:2 [#1]}. The PSW of a program check is after the instruction, except after translation
     * exceptions (10, 11, 38 to 3b), which nullify it, and after protection exceptions (4), for which the kernel moves
     * the PSW back (arch/s390/mm/fault.c).
     */
    private static boolean isPswBehind(byte[] line, int ilc) {
        int to = ilc - 1;
        int code = 0;
        for (int i = Math.max(0, to - 4); i < to; i++) {
            int digit = Hex.digit(line[i]);
            if (digit < 0) {
                return false;
            }
            code = code << 4 | digit;
        }
        code &= 0x7f;
        return code != 0x04 && code != 0x10 && code != 0x11 && (code < 0x38 || code > 0x3b);
    }

    private static long hex(byte[] line, int from, int end) {
        long value = 0;
        int to = from;
        while (to < end && to - from < 16 && Hex.digit(line[to]) >= 0) {
            value = value << 4 | Hex.digit(line[to]);
            to++;
        }
        return value;
    }

    /**
     * {@return whether the next frame is exact} Call once for each frame, in the order of the log.
     *
     * @param exact whether the frame's notation and the place itself say so
     * @param reliable false if the trace marks the frame as doubtful
     */
    boolean isExact(Notation notation, FrameReference frame, boolean exact, boolean reliable) {
        State state = now;
        Heading heading = state.heading;
        boolean afterEntry = state.afterEntry;
        state.heading = Heading.NONE;
        state.afterEntry = false;
        String symbol = frame.symbol();
        if (notation.where() == Notation.Where.LEAD || notation == Notation.PROGRAM_COUNTER_ADDRESS) {
            return register(notation, frame, exact);
        }
        if (notation == Notation.CRASH || notation == Notation.CRASH_EXCEPTION) {
            return crash(notation, frame, exact);
        }
        if (symbol != null && reliable && isCallTrace(notation)) {
            state.inPageFault |= symbol.equals("do_dat_exception") || symbol.equals("do_protection_exception");
            state.afterEntry = isEntry(symbol, state.inPageFault);
        }
        return exact
                || heading == Heading.EXACT
                || (heading == Heading.CALL_TRACE && isAt(state.programCounter, frame))
                || (afterEntry && (symbol == null || !isEntryCode(symbol)));
    }

    /** A place printed after the name of a register, or in a message. */
    private boolean register(Notation notation, FrameReference frame, boolean exact) {
        boolean found = exact || (notation == Notation.KASAN && tagBased);
        if (notation == Notation.S390_PSW) {
            found = exact && !now.pswIsBehind && !isBehind(now.programCounter, frame);
            now.pswIsBehind = false;
        }
        if (notation.pcRule() == Notation.PcRule.EXACT) {
            now.programCounter = found ? frame : null;
        }
        return found;
    }

    private static boolean isAt(@Nullable FrameReference place, FrameReference frame) {
        return place != null
                && Objects.equals(place.symbol(), frame.symbol())
                && Objects.equals(place.offset(), frame.offset())
                && (frame.symbol() == null ? Objects.equals(place.address(), frame.address()) : frame.offset() != null);
    }

    /** s390: whether a PSW is after the instruction of the WARN above it. Instructions have 2, 4 or 6 bytes. */
    private static boolean isBehind(@Nullable FrameReference warning, FrameReference psw) {
        Long from = warning == null ? null : warning.offset();
        Long to = psw.offset();
        if (warning == null || from == null || to == null || !Objects.equals(warning.symbol(), psw.symbol())) {
            return false;
        }
        long length = to - from;
        return length == 2 || length == 4 || length == 6;
    }

    /** crash prints the interrupted instruction once more, as the first frame below the registers. */
    private boolean crash(Notation notation, FrameReference frame, boolean exact) {
        State state = now;
        String exception = state.exception;
        Long address = frame.address();
        boolean found = exact
                || (exception != null
                        && exception.equals(frame.symbol())
                        && (state.exceptionAddress == 0 || (address != null && address == state.exceptionAddress)));
        state.exception = notation == Notation.CRASH_EXCEPTION ? frame.symbol() : null;
        state.exceptionAddress = 0;
        return found;
    }

    private static boolean isCallTrace(Notation notation) {
        return switch (notation) {
            case CALL_TRACE, BRACKETED, ARM_CALL_TRACE, S390_CALL_TRACE -> true;
            default -> false;
        };
    }

    /**
     * Whether a function is an exception entry: assembly that saves the interrupted program counter where unwinders
     * find it instead of a return address.
     */
    private static boolean isEntry(String symbol, boolean inPageFault) {
        switch (symbol.charAt(0)) {
            case 'e' -> {
                // arm64 entry.S: el1_irq until 5.12, then el1h_64_irq; its C functions are above it.
                return isEl1(symbol) || symbol.equals("end_repeat_nmi") || symbol.equals("ext_int_handler");
            }
            case '_' -> {
                // arm entry-armv.S.
                return symbol.equals("__irq_svc")
                        || symbol.equals("__dabt_svc")
                        || symbol.equals("__pabt_svc")
                        || symbol.equals("__und_svc")
                        || symbol.equals("__fiq_svc");
            }
            case 'a' -> {
                return symbol.startsWith("asm_exc_")
                        || symbol.startsWith("asm_sysvec_")
                        || symbol.equals("asm_common_interrupt")
                        || symbol.equals("asm_fred_entrypoint_kernel")
                        || symbol.equals("async_page_fault")
                        || symbol.equals("apic_timer_interrupt");
            }
            case 'p' -> {
                // s390: the PSW of other program checks is after the instruction.
                return symbol.equals("page_fault") || (symbol.equals("pgm_check_handler") && inPageFault);
            }
            default -> {
                return switch (symbol) {
                    // x86 before 5.8, entry_64.S and entry_32.S.
                    case "general_protection",
                            "invalid_op",
                            "divide_error",
                            "double_fault",
                            "stack_segment",
                            "machine_check",
                            "int3",
                            "nmi",
                            "common_interrupt",
                            "ret_from_intr",
                            "reschedule_interrupt",
                            "call_function_interrupt",
                            "call_function_single_interrupt",
                            "irq_work_interrupt",
                            "hypervisor_callback",
                            "xen_hypervisor_callback",
                            // mips and riscv.
                            "ret_from_irq",
                            "ret_from_exception",
                            "handle_exception",
                            // s390.
                            "io_int_handler",
                            "mcck_int_handler" -> true;
                    default -> false;
                };
            }
        }
    }

    private static boolean isEl1(String symbol) {
        return symbol.startsWith("el1_") || symbol.startsWith("el1h_64_") || symbol.startsWith("el1t_64_");
    }

    /** Whether a function is called by an exception entry's code, or is such code: an entry can call C functions. */
    private static boolean isEntryCode(String symbol) {
        return isEl1(symbol) || symbol.startsWith("asm_");
    }
}
