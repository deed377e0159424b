package dev.backline.evidence;

import dev.backline.capture.ProbeEvent;
import dev.backline.io.Internal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Learns the offset between two clocks from pairs of readings of the same moment. Follows clocks that drift, and a clock that
 * is set in between. Not thread-safe.
 */
@Internal
public final class ClockOffset {
    /** The largest difference between two readings of the same moment: buffers, and the whole seconds of ctime. */
    public static final Duration NEAR = Duration.ofSeconds(3);

    /** A clock was set when this many pairs in a row agree on a new offset. */
    private static final int ENOUGH = 3;

    /** The offset is the median of this many of the last pairs. */
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

    /** The last change when a clock was set; null when it never was. */
    @Nullable
    Duration jump() {
        return jump;
    }

    /**
     * {@return the distance of a difference from the learnt offset; from zero when nothing was learnt}
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
     * Takes a pair that seems to belong together but does not fit the offset.
     *
     * @param difference between the two readings
     * @param event the event with that time; an event that comes twice counts once
     * @return whether enough pairs agree that a clock was set: the pair fits now
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
