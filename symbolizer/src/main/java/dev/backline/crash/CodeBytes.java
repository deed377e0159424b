package dev.backline.crash;

import dev.backline.machine.InstructionSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Code:} line of a report. Immutable.
 *
 * @param hex the bytes in memory order, two lower-case digits each, without blanks; {@code ??} for an unreadable byte. The
 *     words of powerpc, and of machines without an {@link InstructionSet}, stay as printed: most significant byte first,
 *     because the line does not tell the byte order
 * @param trap the index of the first byte of the marked instruction; -1 if none is marked
 * @param set the instruction set; null if unknown
 * @param unreadable what the kernel printed instead of bytes, such as {@code Bad RIP value.}; null if it printed bytes
 * @param texts the kernel's own text of each instruction (s390); empty for other machines, which print bytes only
 */
public record CodeBytes(
        String hex,
        int trap,
        @Nullable InstructionSet set,
        @Nullable String unreadable,
        List<String> texts) {
    public CodeBytes {
        texts = List.copyOf(texts);
    }

    /**
     * Bytes without texts.
     *
     * @param hex the bytes in memory order
     * @param trap the index of the first byte of the marked instruction; -1 if none is marked
     * @param set the instruction set; null if unknown
     * @param unreadable what the kernel printed instead of bytes; null if it printed bytes
     */
    public CodeBytes(String hex, int trap, @Nullable InstructionSet set, @Nullable String unreadable) {
        this(hex, trap, set, unreadable, List.of());
    }

    /** {@return the number of bytes} */
    public int size() {
        return hex.length() / 2;
    }
}
