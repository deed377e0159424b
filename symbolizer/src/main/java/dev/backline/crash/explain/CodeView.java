package dev.backline.crash.explain;

import dev.backline.crash.CodeBytes;
import dev.backline.crash.Disassembly;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the instructions around a trap, with their source lines. */
final class CodeView {
    private static final int BEFORE = 8;
    private static final int AFTER = 6;

    private CodeView() {}

    /**
     * {@return the instructions in a file around an address; null if there are none}
     *
     * @param frame the function
     * @param at the address of the instruction that trapped, or of the call of a bad address
     * @param log the report's bytes at that instruction; null if it has none
     * @param matches whether the report's bytes are the file's; null if not compared
     */
    static @Nullable Disassembly of(FrameCode frame, long at, @Nullable CodeBytes log, @Nullable Boolean matches) {
        FunctionCode code = frame.code();
        int index = code == null ? -1 : code.indexAt(at);
        if (code == null || index < 0) {
            return null;
        }
        List<Disassembly.Line> lines = new ArrayList<>();
        StringBuilder bytes = new StringBuilder();
        int trap = -1;
        int count = 0;
        for (int i = Math.max(0, index - BEFORE); i < Math.min(code.size(), index + AFTER + 1); i++) {
            FunctionCode.Instruction each = code.get(i);
            String hex = code.hex(i);
            boolean trapping = i == index;
            trap = trapping ? count : trap;
            for (int b = 0; b < hex.length(); b += 2) {
                bytes.append(bytes.length() == 0 ? "" : " ").append(hex, b, b + 2);
                count++;
            }
            SourceFrame source = source(frame, each.address());
            lines.add(new Disassembly.Line(
                    each.address(),
                    hex,
                    frame.text(code, i),
                    trapping,
                    source == null ? null : source.path(),
                    source == null ? 0 : source.line()));
        }
        boolean fromLog = log != null && log.unreadable() == null && log.size() > 0;
        if (fromLog && log != null) {
            bytes.setLength(0);
            for (int b = 0; b + 2 <= log.hex().length(); b += 2) {
                bytes.append(b == 0 ? "" : " ").append(log.hex(), b, b + 2);
            }
            trap = log.trap();
        }
        return new Disassembly(bytes.toString(), trap, fromLog, matches, lines);
    }

    private static @Nullable SourceFrame source(FrameCode frame, long address) {
        try {
            List<SourceFrame> found = frame.symbolizer().framesAt(address);
            return found.isEmpty() ? null : found.get(0);
        } catch (IOException e) {
            frame.problem("The lines in " + frame.elf().name() + " cannot be read: " + e.getMessage());
            return null;
        }
    }
}
