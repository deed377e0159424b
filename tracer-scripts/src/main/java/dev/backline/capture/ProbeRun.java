package dev.backline.capture;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header that a generated script prints before the first event: the script and its kernel, with enough to resolve
 * addresses on another machine.
 *
 * @param file the capture, as the caller named it
 * @param line the first line of the header, from 1
 * @param tool {@code systemtap} or {@code bpftrace}; null when the header does not have it
 * @param release as {@code uname -r} prints it
 * @param buildId of the vmlinux, in lower-case hex
 * @param symbols symbols of the kernel: name → address it was loaded at; with {@code _stext} if the tool could read it
 * @param wall the time of day when the clocks were compared
 * @param sinceBoot the monotonic clock then
 * @param modules name → address it was loaded at
 * @param reasons {@code enum sk_rst_reason} of that kernel: value → name without its prefix
 */
public record ProbeRun(
        String file,
        long line,
        @Nullable String tool,
        @Nullable String release,
        @Nullable String buildId,
        Map<String, Long> symbols,
        @Nullable Instant wall,
        @Nullable Duration sinceBoot,
        Map<String, Long> modules,
        Map<Integer, String> reasons) {
    public ProbeRun {
        symbols = Map.copyOf(symbols);
        modules = Map.copyOf(modules);
        reasons = Map.copyOf(reasons);
    }

    /**
     * {@return the time of day of a moment of this boot; null when the clocks were not compared}
     *
     * @param moment by the clock of {@link #sinceBoot}
     */
    public @Nullable Instant timeOf(Duration moment) {
        return wall == null || sinceBoot == null ? null : wall.plus(moment.minus(sinceBoot));
    }
}
