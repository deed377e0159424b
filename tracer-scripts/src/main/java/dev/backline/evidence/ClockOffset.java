package dev.backline.evidence;

import dev.backline.capture.ProbeEvent;
import dev.backline.io.Internal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far one clock is ahead of another, from pairs of readings of the same moment. Follows clocks that drift apart, and one
 * that is set while they are read. Not thread-safe.
 */
@Internal
public final class ClockOffset {
    /** How far apart two readings of the same moment can be: buffers, and ctime's whole seconds. */
    public static final Duration NEAR = Duration.ofSeconds(3);

    /** A clock is taken to have been set when so many pairs in a row agree on it. */
    private static final int ENOUGH = 3;

    /** The median of so many of the last pairs is the offset. */
    private static final int REMEMBERED = 63;

    private final Deque<Duration> agreed = new ArrayDeque<>();
    private final Deque<Duration> proposed = new ArrayDeque<>();
    private @Nullable Duration value;
    private @Nullable Duration jump;
    private @Nullable ProbeEvent lastProposed;

    /** Makes an offset that is not known yet. */
    public ClockOffset() {}

    /** {@return how far ahead the clock is; null while nothing has been learnt} */
    public @Nullable Duration value() {
        return value;
    }

    /** By how much a clock was set, the last time; null when it never was. */
    @Nullable
    Duration jump() {
        return jump;
    }

    /**
     * {@return how far a difference is from what was learnt; from zero, when nothing was}
     *
     * @param difference between two readings
     */
    public Duration distance(Duration difference) {
        return value == null ? difference.abs() : difference.minus(value).abs();
    }

    /**
     * Takes a pair that belongs together.
     *
     * @param difference between the two readings
     */
    public void learn(Duration difference) {
        proposed.clear();
        add(agreed, difference);
        value = median(agreed);
    }

    /**
     * Takes a pair that seems to belong together and does not fit.
     *
     * @param difference between the two readings
     * @param event whose time it is: looked up twice, it counts once
     * @return whether so many agree that a clock must have been set: it fits now
     */
    public boolean propose(Duration difference, ProbeEvent event) {
        if (event.equals(lastProposed)) {
            return false;
        }
        lastProposed = event;
        if (!proposed.isEmpty() && difference.minus(proposed.getLast()).abs().compareTo(NEAR) > 0) {
            proposed.clear();
        }
        add(proposed, difference);
        if (proposed.size() < ENOUGH) {
            return false;
        }
        Duration before = value;
        Duration after = median(proposed);
        jump = before == null ? null : after.minus(before);
        agreed.clear();
        agreed.addAll(proposed);
        proposed.clear();
        value = after;
        return true;
    }

    private static void add(Deque<Duration> to, Duration difference) {
        if (to.size() == REMEMBERED) {
            to.removeFirst();
        }
        to.addLast(difference);
    }

    private static Duration median(Deque<Duration> differences) {
        List<Duration> sorted = differences.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /**
     * {@return a time for a person: {@code 12 ms}, {@code 3.250 s}, {@code 2 h 0 min}}
     *
     * @param duration not negative
     */
    public static String text(Duration duration) {
        Duration amount = duration.abs();
        if (amount.compareTo(Duration.ofSeconds(1)) < 0) {
            long micros = amount.toNanos() / 1000;
            return micros < 1000 ? micros + " µs" : micros / 1000 + " ms";
        }
        if (amount.compareTo(Duration.ofMinutes(2)) < 0) {
            return amount.toSeconds() + "."
                    + String.valueOf(1000 + amount.toMillisPart()).substring(1) + " s";
        }
        if (amount.compareTo(Duration.ofHours(2)) < 0) {
            return amount.toMinutes() + " min " + amount.toSecondsPart() + " s";
        }
        return amount.compareTo(Duration.ofDays(2)) < 0
                ? amount.toHours() + " h " + amount.toMinutesPart() + " min"
                : amount.toDays() + " days";
    }
}
