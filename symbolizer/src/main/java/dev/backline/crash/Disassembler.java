package dev.backline.crash;

import dev.backline.io.Hex;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Turns code into lines of text, one per instruction. Thread-safe. */
public final class Disassembler {
    /** The longest distance from the start of a function to the trap, in bytes. */
    private static final int MAX_FUNCTION = 1 << 20;

    private Disassembler() {}

    /**
     * {@return the instructions of a {@code Code:} line; without instructions if the line has no bytes, or if backline has
     * no decoder for the instruction set} Where instructions differ in length, the line can start within one. The listing
     * then starts at the first byte from which valid instructions lead to the marked one.
     *
     * @param code the line
     * @param trapAddress the address of the marked byte; without a mark, of the first byte; 0 if unknown, so that the
     *     addresses of lines are offsets
     */
    public static Disassembly of(CodeBytes code, long trapAddress) {
        int size = code.size();
        byte[] bytes = new byte[size];
        int readable = size;
        int start = 0;
        for (int i = 0; i < size; i++) {
            char high = code.hex().charAt(2 * i);
            if (high != '?') {
                bytes[i] = (byte) ((Hex.digit(high) << 4) | Hex.digit(code.hex().charAt(2 * i + 1)));
            } else if (i < code.trap()) {
                start = i + 1;
            } else {
                readable = Math.min(readable, i);
            }
        }
        int trap = code.trap();
        InstructionSet set = code.set();
        Decoder decoder = set == null ? null : set.decoder();
        List<Disassembly.Line> lines = List.of();
        if (decoder != null && start <= readable) {
            long base = trapAddress - Math.max(trap, 0);
            boolean words = set == InstructionSet.ARM64 || set == InstructionSet.ARM || set == InstructionSet.POWERPC;
            int first = trap < 0 || words ? start : firstInstruction(decoder, bytes, start, Math.min(trap, readable));
            lines = lines(decoder, bytes, first, readable, base, trap);
            lines = code.texts().isEmpty() ? lines : named(lines, code.texts());
        }
        return new Disassembly(spaced(code.hex()), trap, true, null, lines);
    }

    /**
     * {@return the instructions around the trapping one in a function}
     *
     * @param set the instruction set
     * @param function the bytes of the function, or of its start
     * @param address of the function
     * @param trap the address of the trapping instruction
     * @param before how many instructions before the trapping one to keep
     * @param after how many instructions after the trapping one to keep
     */
    public static Disassembly ofFunction(
            InstructionSet set, byte[] function, long address, long trap, int before, int after) {
        Decoder decoder = set.decoder();
        long offset = trap - address;
        if (decoder == null || offset < 0 || offset >= Math.min(function.length, MAX_FUNCTION)) {
            return new Disassembly("", -1, false, null, List.of());
        }
        int at = (int) offset;
        // The last starts of instructions, in a ring. Data within a function can lead past the trap.
        int[] starts = new int[Math.max(1, before + 1)];
        int count = 0;
        int position = 0;
        while (position < at) {
            starts[count % starts.length] = position;
            count++;
            position += decoder.decode(function, position, function.length, address + position);
        }
        int kept = Math.min(count, before);
        int first = kept == 0 ? at : starts[(count - kept) % starts.length];
        if (position != at) {
            first = firstInstruction(decoder, function, Math.max(0, at - (before * 4)), at);
        }
        List<Disassembly.Line> lines = new ArrayList<>();
        StringBuilder bytes = new StringBuilder();
        int rest = after;
        for (int from = first; from < function.length && (from <= at || rest > 0); ) {
            int length = decoder.decode(function, from, function.length, address + from);
            String hex = hex(function, from, length);
            lines.add(new Disassembly.Line(address + from, hex, decoder.text(), from == at, null, 0));
            bytes.append(hex);
            rest -= from > at ? 1 : 0;
            from += length;
        }
        return new Disassembly(spaced(bytes), at - first, false, null, lines);
    }

    /**
     * The first position from which valid instructions lead to the trap. Each position is decoded once, from the trap
     * back.
     */
    private static int firstInstruction(Decoder decoder, byte[] bytes, int from, int trap) {
        boolean[] leads = new boolean[trap - from + 1];
        leads[trap - from] = true;
        int first = trap;
        for (int at = trap - 1; at >= from; at--) {
            int end = at + decoder.decode(bytes, at, trap, 0);
            if (decoder.isValid() && end <= trap && leads[end - from]) {
                leads[at - from] = true;
                first = at;
            }
        }
        return first;
    }

    private static List<Disassembly.Line> lines(Decoder decoder, byte[] bytes, int from, int to, long base, int trap) {
        List<Disassembly.Line> lines = new ArrayList<>();
        for (int at = from; at < to; ) {
            int length = decoder.decode(bytes, at, to, base + at);
            if (!decoder.isValid() && at + length == to) {
                // The line ends within an instruction.
                break;
            }
            String text = base + Math.max(trap, 0) == 0 ? relative(decoder) : decoder.text();
            lines.add(new Disassembly.Line(base + at, hex(bytes, at, length), text, at == trap, null, 0));
            at += length;
        }
        return lines;
    }

    /** The text with the target of a branch as a distance from the trap, with its sign. */
    private static String relative(Decoder decoder) {
        String text = decoder.text();
        long target = decoder.hasBranchTarget() ? decoder.branchTarget() : 0;
        String wide = Long.toHexString(target);
        // i386 cuts addresses to 32 bits
        int negative = (int) target;
        String narrow = negative < 0 && (target >>> 32) == 0 ? wide : null;
        if (target >= 0 && narrow == null) {
            return text;
        }
        for (String prefix : new String[] {"0x", ""}) {
            if (text.endsWith(prefix + wide)) {
                String distance = Long.toHexString(-(long) negative);
                return text.substring(0, text.length() - prefix.length() - wide.length()) + "-" + prefix + distance;
            }
        }
        return text;
    }

    private static List<Disassembly.Line> named(List<Disassembly.Line> lines, List<String> texts) {
        List<Disassembly.Line> named = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Disassembly.Line line = lines.get(i);
            String text = i < texts.size() ? texts.get(i) : line.text();
            named.add(new Disassembly.Line(line.address(), line.bytes(), text, line.trapping(), null, 0));
        }
        return named;
    }

    private static String hex(byte[] bytes, int from, int length) {
        return HexFormat.of().formatHex(bytes, from, from + length);
    }

    private static String spaced(CharSequence hex) {
        StringBuilder out = new StringBuilder(hex.length() * 3 / 2);
        for (int i = 0; i + 1 < hex.length(); i += 2) {
            out.append(i == 0 ? "" : " ").append(hex, i, i + 2);
        }
        return out.toString();
    }
}
