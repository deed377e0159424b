package dev.backline.symbolize;

import dev.backline.kernel.LoadMap;
import dev.backline.trace.Pc;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a log is symbolised. Start from {@link #DEFAULT} and change what is needed.
 *
 * @param pc the rule for every frame; null lets each frame have the rule of its notation and position
 * @param edges whether to check that each frame can have called the frame above it
 * @param release the kernel's release, which then counts more than the release in the log; null takes the log's
 * @param boot where the traced boot had the kernel and its modules, as far as that is known besides the log
 * @param rereadable the log's file, so that the end can be read ahead: a panic prints the KASLR offset last. Null for a
 *     stream
 */
public record LogOptions(
        @Nullable Pc pc,
        boolean edges,
        @Nullable String release,
        LoadMap boot,
        @Nullable Path rereadable) {
    /** Everything is learnt from the log, which is read once. */
    public static final LogOptions DEFAULT = new LogOptions(null, false, null, LoadMap.UNKNOWN, null);

    /**
     * {@return the same options with one rule for every frame}
     *
     * @param rule exact or return
     */
    public LogOptions withPc(@Nullable Pc rule) {
        return new LogOptions(rule, edges, release, boot, rereadable);
    }

    /** {@return the same options with calls checked} */
    public LogOptions withEdges() {
        return new LogOptions(pc, true, release, boot, rereadable);
    }

    /**
     * {@return the same options for the kernel of a release}
     *
     * @param name as {@code uname -r} prints it
     */
    public LogOptions withRelease(@Nullable String name) {
        return new LogOptions(pc, edges, name, boot, rereadable);
    }

    /**
     * {@return the same options for a boot of which more is known than its log tells}
     *
     * @param map what is known
     */
    public LogOptions withBoot(LoadMap map) {
        return new LogOptions(pc, edges, release, map, rereadable);
    }

    /**
     * {@return the same options for a log that can be read twice}
     *
     * @param log its file, which must not be a pipe
     */
    public LogOptions withRereadable(@Nullable Path log) {
        return new LogOptions(pc, edges, release, boot, log);
    }
}
