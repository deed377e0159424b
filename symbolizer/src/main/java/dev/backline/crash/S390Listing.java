package dev.backline.crash;

import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Krnl Code:} lines of s390, which the kernel has disassembled (arch/s390/kernel/dis.c): address, bytes and text
 * of up to eight instructions. The PSW points to the instruction with {@code >}; the one before has {@code *}, or {@code #}
 * in older kernels. Thread-safe.
 */
final class S390Listing {
    private static final int MAX_INSTRUCTIONS = 32;
    private static final int MAX_TEXT = 120;

    private S390Listing() {}

    /** {@return the bytes of the lines after {@code Krnl Code:}; null if they are something else} */
    static @Nullable CodeBytes parse(String text, int from) {
        int at = skipBlanks(text, from);
        if (text.startsWith("Bad ", at)) {
            int end = lineEnd(text, at);
            String words = text.substring(at, Math.min(end, at + MAX_TEXT)).strip();
            return new CodeBytes("", -1, InstructionSet.S390, words);
        }
        StringBuilder hex = new StringBuilder();
        List<String> texts = new ArrayList<>();
        int trap = -1;
        int last = -1;
        while (at < text.length() && texts.size() < MAX_INSTRUCTIONS) {
            char mark = text.charAt(at);
            boolean marked = mark == '>' || mark == '*' || mark == '#';
            int address = skipBlanks(text, marked ? at + 1 : at);
            int colon = endOfHex(text, address);
            if (colon - address < 8 || colon >= text.length() || text.charAt(colon) != ':') {
                break;
            }
            int bytes = skipBlanks(text, colon + 1);
            int end = endOfHex(text, bytes);
            if (mark == '>') {
                trap = hex.length() / 2;
            } else if (marked) {
                last = hex.length() / 2;
            }
            int length = end - bytes;
            if (length != 4 && length != 8 && length != 12) {
                // The kernel prints no bytes for an instruction that is cut off.
                break;
            }
            hex.append(text.substring(bytes, end).toLowerCase(Locale.ROOT));
            int lineEnd = lineEnd(text, end);
            String words = text.substring(end, Math.min(lineEnd, end + MAX_TEXT))
                    .replace("#011", " ")
                    .replace('\t', ' ')
                    .strip();
            texts.add(words);
            at = skipBlanks(text, Math.min(text.length(), lineEnd + 1));
        }
        if (texts.isEmpty()) {
            return null;
        }
        if (last >= 0 && isTrap(hex, last)) {
            // The PSW stands after an instruction that traps by itself.
            trap = last;
        }
        return new CodeBytes(hex.toString(), trap * 2 < hex.length() ? trap : -1, InstructionSet.S390, null, texts);
    }

    /** Whether the instruction is BUG's or WARN's: mc 0,0, or an illegal one in kernels before 5.2. */
    private static boolean isTrap(StringBuilder hex, int at) {
        String bytes = hex.substring(at * 2);
        return bytes.startsWith("af000000") || bytes.startsWith("0001") || bytes.startsWith("0000");
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int endOfHex(String text, int from) {
        int at = from;
        while (at < text.length() && at - from <= 16 && Hex.digit(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    private static int lineEnd(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }
}
