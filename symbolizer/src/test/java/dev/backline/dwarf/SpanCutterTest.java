package dev.backline.dwarf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.io.AddressOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanCutterTest {
    private static long owner(SpanCutter cutter, long address) {
        int at = Arrays.binarySearch(cutter.starts(), address);
        at = at < 0 ? -at - 2 : at;
        return at < 0 ? SpanCutter.NOBODY : cutter.owner(at);
    }

    @Test
    void givesEveryAddressToTheRangeWithTheHighestRank() {
        Random random = new Random(20261122);
        for (int round = 0; round < 2_000; round++) {
            int count = random.nextInt(12);
            long[] lows = new long[count];
            long[] highs = new long[count];
            for (int i = 0; i < count; i++) {
                lows[i] = random.nextInt(40);
                highs[i] = lows[i] + 1 + random.nextInt(20);
            }
            SpanCutter cutter = new SpanCutter(count);
            for (int i : AddressOrder.of(lows, count)) {
                cutter.add(lows[i], highs[i], i);
            }
            cutter.finish();
            for (long address = -1; address < 64; address++) {
                long expected = SpanCutter.NOBODY;
                for (int i = 0; i < count; i++) {
                    if (lows[i] <= address && address < highs[i]) {
                        expected = i;
                    }
                }
                assertThat(owner(cutter, address))
                        .as("%d in %s to %s", address, Arrays.toString(lows), Arrays.toString(highs))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void mergesNeighboursWithTheSameOwner() {
        SpanCutter cutter = new SpanCutter(3);
        cutter.add(0, 10, 1);
        cutter.add(2, 4, 0);
        cutter.add(4, 8, 0);
        cutter.finish();

        assertThat(cutter.starts()).containsExactly(0, 10);
    }
}
