package dev.backline.spark;

import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Unresolved;
import java.util.concurrent.atomic.LongAdder;

/** What the functions and jobs of this JVM have done since it started. Thread-safe. */
final class Counters {
    /** Logs and captures that were read. */
    static final LongAdder LOGS = new LongAdder();

    /** Logs and captures that are not text, or are damaged. */
    static final LongAdder UNREADABLE = new LongAdder();

    /** Crash reports. */
    static final LongAdder REPORTS = new LongAdder();

    /** RST events. */
    static final LongAdder EVENTS = new LongAdder();

    /** Frames. */
    static final LongAdder FRAMES = new LongAdder();

    /** Frames without a source line. */
    static final LongAdder UNRESOLVED = new LongAdder();

    private Counters() {}

    static void frame(LogFrame frame) {
        FRAMES.increment();
        if (frame.resolution() instanceof Unresolved) {
            UNRESOLVED.increment();
        }
    }
}
