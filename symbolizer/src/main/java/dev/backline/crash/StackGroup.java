package dev.backline.crash;

import dev.backline.symbolize.LogFrame;
import java.util.List;

/**
 * Frames of a report that belong together.
 *
 * @param heading what the frames are: {@code Call Trace}, {@code IRQ}, {@code Allocated by task 12}, {@code Freed by task
 *     12}, {@code lock 1}
 * @param role what the frames mean for the report
 * @param frames in the order of the log, doubtful ones too
 */
public record StackGroup(String heading, Role role, List<LogFrame> frames) {
    /** What the frames of a group mean for the report. */
    public enum Role {
        /** The program counter and the link register of the context that the report is about. */
        REGISTERS,
        /** The call trace of the context that the report is about. */
        TRACE,
        /** The call trace of a context that was interrupted by the one above it. */
        INTERRUPTED,
        /** Where the object was allocated. */
        ALLOCATED,
        /** Where the object was freed. */
        FREED,
        /** Where the work or timer was queued, or the value stored. */
        ORIGIN,
        /** Another context: another CPU, another task, the holder of a lock. */
        OTHER
    }

    public StackGroup {
        frames = List.copyOf(frames);
    }
}
