package dev.backline.evidence;

import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds what makes the times and addresses of a report unreliable: captures of several hosts or boots in one, and clocks that
 * were set. Not thread-safe.
 */
public final class RunNotes {
    private static final int MAX_NAMED = 5;

    /** The two clocks of an event are read one after the other, and SystemTap's buffers are not in order of time. */
    private static final Duration JUMP = Duration.ofSeconds(2);

    /** The kernels, each with the place where it was first seen. */
    private final Map<String, String> kernels = new LinkedHashMap<>();

    private final Map<String, String> boots = new LinkedHashMap<>();
    private final List<String> jumps = new ArrayList<>();
    private long jumped;
    private @Nullable ProbeRun lastRun;
    private @Nullable String lastFile;
    private @Nullable Duration offset;
    private @Nullable Instant lastTime;

    /** No events yet. */
    public RunNotes() {}

    /**
     * Takes the next event.
     *
     * @param event in the order of the captures
     */
    public void event(ProbeEvent event) {
        ProbeRun run = event.run();
        boolean sameRun = Objects.equals(run, lastRun);
        boolean goesOn = sameRun && event.file().equals(lastFile);
        if (run != null && !sameRun) {
            run(run);
        }
        if (!goesOn) {
            lastRun = run;
            lastFile = event.file();
            lastTime = null;
            offset = run == null ? null : offset(run.wall(), run.sinceBoot());
        }
        Instant time = event.time();
        if (time == null) {
            return;
        }
        Duration now = offset(time, event.sinceBoot());
        if (now != null) {
            Duration before = offset;
            if (before != null && now.minus(before).abs().compareTo(JUMP) > 0) {
                jump(event, now.minus(before));
            }
            offset = now;
        } else if (lastTime != null && time.plus(JUMP).isBefore(lastTime)) {
            jump(event, Duration.between(lastTime, time));
        }
        lastTime = time;
    }

    private static @Nullable Duration offset(@Nullable Instant time, @Nullable Duration sinceBoot) {
        return time == null || sinceBoot == null ? null : Duration.between(Instant.EPOCH.plus(sinceBoot), time);
    }

    private void run(ProbeRun run) {
        String kernel = run.release() + ", build id " + (run.buildId() == null ? "unknown" : run.buildId());
        String place = run.file() + " line " + run.line();
        if (kernels.size() < MAX_NAMED) {
            kernels.putIfAbsent(kernel, place);
        }
        Long start = run.symbols().get("_stext");
        Duration clock = offset(run.wall(), run.sinceBoot());
        // The time of day may be set during a boot; the kernel's address does not change.
        String boot = kernel + Objects.toString(start == null && clock != null ? (Object) clock.toMinutes() : start);
        if (boots.size() < MAX_NAMED) {
            boots.putIfAbsent(boot, place);
        }
    }

    private void jump(ProbeEvent event, Duration by) {
        jumped++;
        if (jumps.size() < MAX_NAMED) {
            jumps.add(event.file() + " line " + event.line() + " (" + ClockOffset.text(by)
                    + (by.isNegative() ? " back" : " forward") + ")");
        }
    }

    /** {@return what a person should know, one sentence each} */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (kernels.size() > 1) {
            List<String> each = new ArrayList<>();
            kernels.forEach((kernel, place) -> each.add(kernel + " (" + place + ")"));
            notes.add("the captures are of several kernels: " + String.join("; ", each)
                    + ". Report each host's capture separately, with the kernel log of that host");
        } else if (boots.size() > 1) {
            notes.add("the captures are of several boots of this kernel, or of several hosts that run it (headers: "
                    + String.join(", ", boots.values()) + ")");
        }
        if (jumped > 0) {
            notes.add("the time of day was set while the probe ran: " + String.join(", ", jumps)
                    + (jumped > jumps.size() ? " and " + (jumped - jumps.size()) + " times more" : "")
                    + "; times before and after are not comparable");
        }
        return notes;
    }
}
