package dev.backline.crash;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instructions around the one that trapped. Immutable.
 *
 * @param bytes as printed in the log, or from the file, two hex digits each with blanks between
 * @param trap the index of the first byte of the trapping instruction; -1 if unknown
 * @param fromLog whether the bytes are the log's, not the file's
 * @param matchesFile whether the log's bytes are the file's, apart from what the kernel patches; null if not compared
 * @param instructions in the order of their addresses
 */
public record Disassembly(
        String bytes, int trap, boolean fromLog, @Nullable Boolean matchesFile, List<Line> instructions) {
    public Disassembly {
        instructions = List.copyOf(instructions);
    }

    /**
     * One instruction.
     *
     * @param address in the file; without a file, the offset from the trapping instruction
     * @param bytes two hex digits each, without blanks
     * @param text as objdump prints it
     * @param trapping whether it is the one that trapped; where a bad address was called, the call
     * @param file relative to the source root; null if unknown
     * @param line from 1; 0 if unknown
     */
    public record Line(
            long address,
            String bytes,
            String text,
            boolean trapping,
            @Nullable String file,
            int line) {}
}
