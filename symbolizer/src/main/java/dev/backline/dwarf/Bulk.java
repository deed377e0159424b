package dev.backline.dwarf;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Looks many addresses up: in address order, so that neighbours share a unit, and in parallel. */
final class Bulk {
    /** Below this many addresses a second thread costs more than it brings. */
    private static final int WORTH_SHARING = 256;

    /** Addresses that one task takes: enough for several tasks per processor in a batch of some thousands. */
    private static final int SHARE = 1024;

    private Bulk() {}

    static <T> List<T> framesAt(
            Dwarf dwarf, long[] addresses, Function<List<Frame>, T> each, Consumer<IOException> problems) {
        int[] order = AddressOrder.of(addresses, addresses.length);
        @SuppressWarnings("unchecked") // the array never leaves as one; an array of T cannot be made otherwise
        T[] found = (T[]) new Object[addresses.length];
        T none = each.apply(List.of());
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
                    found[at] = each.apply(dwarf.framesAt(addresses[at]));
                } catch (IOException e) {
                    found[at] = none;
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
}
