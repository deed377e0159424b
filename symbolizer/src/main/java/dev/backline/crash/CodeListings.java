package dev.backline.crash;

import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code Code:} lines in the lines of a log, and disassembles them. The instruction set and the function come from
 * the line above that shows the program counter. Lines with code of a program (x86's {@code RIP: 0033}) are skipped. Not
 * thread-safe.
 */
public final class CodeListings {
    /** No kernel prints longer lines. */
    private static final int MAX_LINE = 4096;

    /** Powerpc prints two lines more, s390 seven; consoles wrap lines. */
    private static final int MAX_CONTINUATIONS = 32;

    /** A line that starts with one of these shows the program counter. */
    private static final String[] COUNTERS = {"RIP", "EIP", "pc :", "PC is at", "epc :", "NIP", "Krnl PSW"};

    private final boolean runsObjdump;
    private @Nullable InstructionSet set;
    private @Nullable LogFrame counter;
    private boolean isUserCode;
    private final StringBuilder code = new StringBuilder();
    private int continuations;

    /**
     * For the lines of a log.
     *
     * @param runsObjdump whether to run an installed objdump for instruction sets that backline only cuts into words
     */
    public CodeListings(boolean runsObjdump) {
        this.runsObjdump = runsObjdump;
    }

    /**
     * {@return whether a line continues the bytes of the lines above} Call {@link #finish()} where it does not.
     *
     * @param text the line without its collector's prefix
     */
    public boolean continues(String text) {
        return code.length() > 0
                && continuations < MAX_CONTINUATIONS
                && text.length() < MAX_LINE
                && CodeLine.isContinuation(CrashLine.of(0, text).text());
    }

    /**
     * Takes the next line of the log.
     *
     * @param text the line without its collector's prefix; level, time and caller of printk can stand in front
     * @param frames its resolved frames, from left to right
     * @return whether a listing is complete, and {@link #finish()} has it
     */
    public boolean take(String text, List<LogFrame> frames) {
        String line = CrashLine.of(0, text.length() > MAX_LINE ? text.substring(0, MAX_LINE) : text)
                .text();
        if (continues(text)) {
            continuations++;
            code.append('\n').append(line);
            return false;
        }
        code.setLength(0);
        continuations = 0;
        if (line.startsWith("CPU: ") || line.startsWith("Linux version ")) {
            counter = null;
            isUserCode = false;
            return false;
        }
        if (counter(line, frames) || CodeLine.find(line) != 0 || isUserCode) {
            return false;
        }
        CodeBytes bytes = CodeLine.parse(line, set);
        if (bytes == null && !line.endsWith(":")) {
            return false;
        }
        code.append(line);
        return bytes != null && isComplete(bytes);
    }

    private boolean counter(String line, List<LogFrame> frames) {
        String name = null;
        for (String each : COUNTERS) {
            name = name == null && line.startsWith(each) ? each : name;
        }
        if (name == null) {
            return false;
        }
        set = switch (name) {
            case "RIP" -> InstructionSet.X86_64;
            case "EIP" -> InstructionSet.I386;
            case "pc :" -> line.startsWith("pc : [<") ? InstructionSet.ARM : InstructionSet.ARM64;
            case "PC is at" -> set == InstructionSet.ARM64 ? set : InstructionSet.ARM;
            case "epc :" -> line.contains(" ra :") ? InstructionSet.RISCV64 : null;
            case "NIP" -> InstructionSet.POWERPC;
            default -> InstructionSet.S390;
        };
        isUserCode = (name.equals("RIP") || name.equals("EIP")) && isUserSelector(line);
        LogFrame frame = frames.isEmpty() ? null : frames.get(0);
        boolean known = frame != null
                && (frame.reference().symbol() != null || frame.resolution() instanceof Resolution.Resolved);
        // Powerpc and arm show the address and the function on lines of their own.
        if (known || name.equals("RIP") || name.equals("EIP")) {
            counter = known ? frame : null;
        }
        return true;
    }

    /** Whether the code segment after the register's name has privilege 3: {@code RIP: 0033:0x7f…}. */
    private static boolean isUserSelector(String line) {
        int at = line.indexOf(':') + 1;
        while (at < line.length() && line.charAt(at) == ' ') {
            at++;
        }
        int end = line.indexOf(':', at);
        if (at == 0 || end - at < 2 || end - at > 8) {
            return false;
        }
        int digit = Hex.digit(line.charAt(end - 1));
        return digit >= 0 && (digit & 3) == 3;
    }

    /** Whether all bytes that the kernel prints were read. */
    private static boolean isComplete(CodeBytes bytes) {
        InstructionSet machine = bytes.set();
        if (machine == null || bytes.unreadable() != null) {
            return bytes.trap() >= 0 || bytes.unreadable() != null;
        }
        return switch (machine) {
            case X86_64, I386, POWERPC -> bytes.size() >= 64;
            case ARM64, ARM -> bytes.size() >= 20;
            case RISCV64 -> bytes.size() >= 24;
            case THUMB -> bytes.size() >= 12;
            case S390 -> false;
        };
    }

    /**
     * {@return the instructions of the {@code Code:} line above; null if there is no such line, or if it cannot be
     * disassembled}
     */
    public @Nullable Listing finish() {
        if (code.length() == 0) {
            return null;
        }
        CodeBytes bytes = CodeLine.parse(code.toString(), set);
        code.setLength(0);
        continuations = 0;
        // The kernel itself disassembles the code of s390.
        if (bytes == null || !bytes.texts().isEmpty()) {
            return null;
        }
        LogFrame frame = counter;
        Resolution.Resolved place =
                frame != null && frame.resolution() instanceof Resolution.Resolved resolved ? resolved : null;
        Long offset = frame == null ? null : frame.reference().offset();
        String symbol =
                frame == null || offset == null ? null : frame.reference().symbol();
        long address = place != null ? place.address() : symbol == null || offset == null ? 0 : offset;
        Disassembly found = Disassembler.of(bytes, address);
        if (runsObjdump) {
            found = ObjdumpText.named(bytes, found);
        }
        if (found.instructions().isEmpty()) {
            return null;
        }
        Symbolizer symbolizer = frame == null ? null : frame.symbolizer();
        if (place == null || symbolizer == null) {
            return new Listing(found, symbol, 0);
        }
        return new Listing(withSource(found, symbolizer), place.symbol(), place.address() - place.offset());
    }

    private static Disassembly withSource(Disassembly code, Symbolizer symbolizer) {
        List<Disassembly.Line> lines = new ArrayList<>();
        for (Disassembly.Line line : code.instructions()) {
            SourceFrame source = source(symbolizer, line.address());
            lines.add(new Disassembly.Line(
                    line.address(),
                    line.bytes(),
                    line.text(),
                    line.trapping(),
                    source == null ? null : source.path(),
                    source == null ? 0 : source.line()));
        }
        return new Disassembly(code.bytes(), code.trap(), code.fromLog(), code.matchesFile(), lines);
    }

    private static @Nullable SourceFrame source(Symbolizer symbolizer, long address) {
        try {
            List<SourceFrame> frames = symbolizer.framesAt(address);
            return frames.isEmpty() ? null : frames.get(0);
        } catch (IOException e) {
            // The frames of the log tell of a damaged file.
            return null;
        }
    }

    /**
     * The instructions of a {@code Code:} line.
     *
     * @param code its addresses are those in the file of the function, else offsets in the function, else offsets from the
     *     marked instruction
     * @param symbol the function that the program counter is in; null if unknown
     * @param start the address of the function, on which the instructions' addresses are based
     */
    public record Listing(Disassembly code, @Nullable String symbol, long start) {}
}
