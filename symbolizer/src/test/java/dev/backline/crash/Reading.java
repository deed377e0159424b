package dev.backline.crash;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.LogReader;
import dev.backline.symbolize.KernelPool;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.LogOptions;
import dev.backline.symbolize.LogSymbolizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads reports with frames, but without debug files. */
final class Reading {
    private Reading() {}

    static List<CrashReport> of(String log) {
        return of(log.getBytes(StandardCharsets.UTF_8));
    }

    static List<CrashReport> of(byte[] log) {
        List<CrashReport> found = new ArrayList<>();
        CrashReader reader = new CrashReader(found::add);
        try (KernelPool pool = new KernelPool(DebugFiles.builder().build());
                LogSymbolizer symbolizer = new LogSymbolizer(pool, LogOptions.DEFAULT.withRelease("none"))) {
            symbolizer.read(new LogReader(new ByteArrayInputStream(log)), (excerpt, frames) -> {
                for (int i = 0; i < excerpt.lines().size(); i++) {
                    reader.next(excerpt.lines().get(i), frames.isEmpty() ? List.of() : frames.get(i));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader.end();
        return found;
    }

    /** The reports of lines without frames. */
    static List<CrashReport> ofLines(String... lines) {
        List<CrashReport> found = new ArrayList<>();
        CrashReader reader = new CrashReader(found::add);
        for (int i = 0; i < lines.length; i++) {
            reader.next(i + 1, lines[i], List.of());
        }
        reader.end();
        return found;
    }

    /** The only report. */
    static CrashReport one(String log) {
        List<CrashReport> found = of(log);
        if (found.size() != 1) {
            throw new AssertionError("not one report: " + found);
        }
        return found.get(0);
    }

    /** The functions of the groups with a role. */
    static List<String> functions(CrashReport report, StackGroup.Role role) {
        List<String> names = new ArrayList<>();
        for (StackGroup each : report.stacks()) {
            if (each.role() == role) {
                for (LogFrame frame : each.frames()) {
                    names.add(frame.reference().symbol());
                }
            }
        }
        return names;
    }
}
