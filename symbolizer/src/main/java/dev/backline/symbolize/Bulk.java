package dev.backline.symbolize;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Looks many addresses up: in address order, so that neighbours share a unit, and in parallel. */
final class Bulk {
    /** Below this many addresses a second thread costs more than it brings. */
    private static final int WORTH_SHARING = 256;

    /** Addresses that one task takes: enough for several tasks per processor in a batch of some thousands. */
    private static final int SHARE = 1024;

    private Bulk() {}

    static List<List<SourceFrame>> framesAt(Symbolizer symbolizer, long[] addresses, Consumer<IOException> problems) {
        int[] order = order(addresses);
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
        List<SourceFrame>[] found = new List[addresses.length];
        ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
        int tasks = addresses.length < WORTH_SHARING ? 1 : (addresses.length + SHARE - 1) / SHARE;
        IntStream shares = IntStream.range(0, tasks);
        (tasks == 1 ? shares : shares.parallel()).forEach(task -> {
            int from = (int) ((long) addresses.length * task / tasks);
            int to = (int) ((long) addresses.length * (task + 1) / tasks);
            for (int i = from; i < to; i++) {
                int at = order[i];
                if (i > from && addresses[order[i - 1]] == addresses[at]) {
                    found[at] = found[order[i - 1]];
                    continue;
                }
                try {
                    found[at] = symbolizer.framesAt(addresses[at]);
                } catch (IOException e) {
                    found[at] = List.of();
                    failures.add(e);
                }
            }
        });
        Set<IOException> told = Collections.newSetFromMap(new IdentityHashMap<>());
        for (IOException failure : failures) {
            if (told.add(failure)) {
                problems.accept(failure);
            }
        }
        return Arrays.asList(found);
    }

    /** The indexes of the addresses, in the order of the addresses as unsigned numbers. */
    private static int[] order(long[] addresses) {
        Integer[] boxed = new Integer[addresses.length];
        Arrays.setAll(boxed, i -> i);
        Arrays.sort(boxed, (a, b) -> Long.compareUnsigned(addresses[a], addresses[b]));
        int[] order = new int[boxed.length];
        Arrays.setAll(order, i -> boxed[i]);
        return order;
    }
}
