package dev.backline.symbolize;

import dev.backline.kernel.LoadMap;
import dev.backline.trace.Pc;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Options of {@link LogSymbolizer}. Start from {@link #DEFAULT} and change what you need.
 *
 * @param pc one rule for every frame; null applies the rule of each frame's notation and position
 * @param edges whether to check that each frame can have called the frame above it
 * @param release the kernel's release, which overrides the release in the log; null uses the log's release
 * @param boot known load addresses of the traced boot, in addition to those in the log
 * @param rereadable the log's file, so that its end can be read ahead: a panic prints the KASLR offset last. Null for a
 *     stream
 */
public record LogOptions(
        @Nullable Pc pc,
        boolean edges,
        @Nullable String release,
        LoadMap boot,
        @Nullable Path rereadable) {
    /** Uses only what the log states, and reads the log once. */
    public static final LogOptions DEFAULT = new LogOptions(null, false, null, LoadMap.UNKNOWN, null);

    /**
     * {@return these options with one rule for every frame}
     *
     * @param rule exact or return; null for the rule of each frame
     */
    public LogOptions withPc(@Nullable Pc rule) {
        return new LogOptions(rule, edges, release, boot, rereadable);
    }

    /** {@return these options with checked calls} */
    public LogOptions withEdges() {
        return new LogOptions(pc, true, release, boot, rereadable);
    }

    /**
     * {@return these options for the kernel of a release}
     *
     * @param name as {@code uname -r} prints it
     */
    public LogOptions withRelease(@Nullable String name) {
        return new LogOptions(pc, edges, name, boot, rereadable);
    }

    /**
     * {@return these options with known load addresses of the traced boot}
     *
     * @param map the load addresses
     */
    public LogOptions withBoot(LoadMap map) {
        return new LogOptions(pc, edges, release, map, rereadable);
    }

    /**
     * {@return these options for a log that can be read twice}
     *
     * @param log the log's file, not a pipe
     */
    public LogOptions withRereadable(@Nullable Path log) {
        return new LogOptions(pc, edges, release, boot, log);
    }
}
