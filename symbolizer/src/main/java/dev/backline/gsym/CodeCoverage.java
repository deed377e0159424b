package dev.backline.gsym;

import dev.backline.dwarf.UnitCode;
import dev.backline.io.AddressOrder;
import java.util.List;

/** The address ranges of the code of some units. Immutable, thread-safe. */
final class CodeCoverage {
    private final long[] lows;
    private final int[] lengths;

    CodeCoverage(List<UnitCode> units) {
        int count = 0;
        for (UnitCode unit : units) {
            count += unit.pieces();
        }
        long[] all = new long[count];
        int[] allLengths = new int[count];
        int filled = 0;
        for (UnitCode unit : units) {
            for (int piece = 0; piece < unit.pieces(); piece++) {
                all[filled] = unit.low(piece);
                allLengths[filled++] = unit.length(piece);
            }
        }
        int[] order = AddressOrder.of(all, count);
        lows = new long[count];
        lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lows[i] = all[order[i]];
            lengths[i] = allLengths[order[i]];
        }
    }

    boolean has(long address) {
        int piece = AddressOrder.lastAtOrBefore(lows, address);
        return piece >= 0 && address - lows[piece] < lengths[piece];
    }
}
