package dev.backline.crash;

import dev.backline.machine.InstructionSet;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Code:} line of a report. Immutable.
 *
 * @param hex the bytes in memory order, two lower-case digits each, without blanks; {@code ??} for an unreadable byte
 * @param trap the index of the first byte of the marked instruction; -1 if none is marked
 * @param set the instruction set; null if unknown
 * @param unreadable what the kernel printed instead of bytes, such as {@code Bad RIP value.}; null if it printed bytes
 */
public record CodeBytes(
        String hex,
        int trap,
        @Nullable InstructionSet set,
        @Nullable String unreadable) {
    /** {@return the number of bytes} */
    public int size() {
        return hex.length() / 2;
    }
}
