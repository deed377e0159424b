package dev.backline.cli.html;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the events of each cause over time, in a fixed number of buckets that get wider as the capture gets longer. Memory
 * does not grow with the number of events. Events may come in any order. Not thread-safe.
 */
public final class TimeLine {
    private static final int BUCKETS = 160;

    private static final long DAY = 86_400_000;

    /** Widths in milliseconds; each divides the next, so that wider buckets are sums of narrower ones. */
    private static final long[] WIDTHS = {
        1,
        2,
        10,
        20,
        100,
        200,
        1000,
        5000,
        15_000,
        30_000,
        60_000,
        300_000,
        900_000,
        1_800_000,
        3_600_000,
        10_800_000,
        21_600_000,
        43_200_000,
        DAY,
        7 * DAY,
        28 * DAY,
        364 * DAY,
        3640 * DAY,
        36_400 * DAY,
        364_000 * DAY,
        3_640_000 * DAY,
        36_400_000 * DAY,
    };

    /** About 2.8 million years: ten buckets of the largest width. No real clock is beyond this. */
    private static final long LIMIT = 1_000_000_000L * DAY;

    private final Map<String, long[]> counts = new LinkedHashMap<>();
    private int scale;
    /** The number of the first bucket, counted from 1970. */
    private long first;

    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    /**
     * Counts an event.
     *
     * @param cause in a word
     * @param events how many hits it stands for
     */
    public void add(String cause, Instant time, long events) {
        long seconds = Math.max(-LIMIT / 1000, Math.min(LIMIT / 1000, time.getEpochSecond()));
        long moment = seconds * 1000 + time.getNano() / 1_000_000;
        if (moment < min || moment > max) {
            widen(Math.min(min, moment), Math.max(max, moment));
        }
        counts.computeIfAbsent(cause, key -> new long[BUCKETS])[(int) (bucket(moment) - first)] += events;
    }

    private long bucket(long moment) {
        return Math.floorDiv(moment, WIDTHS[scale]);
    }

    private void widen(long from, long to) {
        long oldWidth = WIDTHS[scale];
        long oldFirst = first;
        min = from;
        max = to;
        while (bucket(to) - bucket(from) >= BUCKETS) {
            scale++;
        }
        first = bucket(from);
        if (first == oldFirst && oldWidth == WIDTHS[scale]) {
            return;
        }
        for (long[] each : counts.values()) {
            long[] old = each.clone();
            Arrays.fill(each, 0);
            for (int i = 0; i < BUCKETS; i++) {
                if (old[i] > 0) {
                    each[(int) (bucket((oldFirst + i) * oldWidth) - first)] += old[i];
                }
            }
        }
    }

    /** Whether no event has a time. */
    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The time of the first event. */
    public Instant from() {
        return Instant.ofEpochMilli(min);
    }

    /** The time of the last event. */
    public Instant to() {
        return Instant.ofEpochMilli(max);
    }

    /** The width of a bucket in milliseconds. */
    long width() {
        return WIDTHS[scale];
    }

    /** The number of buckets from the first event to the last one. */
    int length() {
        return (int) (bucket(max) - first) + 1;
    }

    /** The start of a bucket. */
    Instant start(int bucket) {
        return Instant.ofEpochMilli((first + bucket) * WIDTHS[scale]);
    }

    /** The number of events of a cause in each bucket. */
    long[] counts(String cause) {
        long[] all = counts.get(cause);
        return all == null ? new long[length()] : Arrays.copyOf(all, length());
    }

    /** The causes of events with a time, the most frequent first. */
    List<String> causes() {
        List<String> causes = new ArrayList<>(counts.keySet());
        causes.sort(Comparator.comparingLong(
                        (String cause) -> Arrays.stream(counts(cause)).sum())
                .reversed());
        return causes;
    }
}
