package dev.backline.cli.symbolize;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.KernelRelease;
import dev.backline.elf.BuildId;
import dev.backline.kernel.KernelBuild;
import dev.backline.symbolize.LogSymbolizer;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where answers come from: the input, the kernel and the debug file. Not thread-safe. */
final class AnswerOrigin {
    private final @Nullable String input;
    private final @Nullable KernelBuild build;
    private final @Nullable LogSymbolizer log;

    // What was found last: frames of one kernel and one file follow each other.
    private @Nullable KernelBuild known;
    private @Nullable String release;
    private @Nullable KernelRelease sources;
    private @Nullable Symbolizer file;
    private @Nullable String object;
    private @Nullable String buildId;

    private AnswerOrigin(@Nullable String input, @Nullable KernelBuild build, @Nullable LogSymbolizer log) {
        this.input = input;
        this.build = build;
        this.log = log;
    }

    /** {@return the origin of answers to queries} */
    static AnswerOrigin ofQueries(KernelBuild build) {
        return new AnswerOrigin(null, build, null);
    }

    /** {@return the origin of the frames in a log} */
    static AnswerOrigin ofLog(String input, LogSymbolizer log) {
        return new AnswerOrigin(input, null, log);
    }

    /** {@return the log's name as given, {@code -} for standard input; null for a query} */
    @Nullable
    String input() {
        return input;
    }

    /** {@return the release of the traced kernel; null if unknown} */
    @Nullable
    String kernel() throws IOException {
        learn();
        return known == null && log != null ? log.facts().release() : release;
    }

    /** {@return the kernel of the debug files, whose source lines are printed; null if unknown} */
    @Nullable
    KernelRelease sources() throws IOException {
        learn();
        return sources;
    }

    private void learn() throws IOException {
        KernelBuild now = log == null ? build : log.build();
        if (now == null || now.equals(known)) {
            return;
        }
        known = now;
        release = now.identity().release();
        KernelRelease files =
                now.vmlinux() instanceof DebugFile vmlinux ? vmlinux.data().release() : null;
        if (files == null) {
            sources = release == null ? null : new KernelRelease(release, null);
        } else {
            sources = files;
            release = release == null ? files.release() : release;
        }
    }

    /** {@return how messages name a debug file: by its path, unless places are hidden; null for no file} */
    @Nullable
    String object(@Nullable Symbolizer symbolizer) throws IOException {
        look(symbolizer);
        return object;
    }

    /** {@return the build id of a debug file in hexadecimal; null if the file has none} */
    @Nullable
    String buildId(@Nullable Symbolizer symbolizer) throws IOException {
        look(symbolizer);
        return buildId;
    }

    private void look(@Nullable Symbolizer symbolizer) throws IOException {
        if (symbolizer == null || !symbolizer.equals(file)) {
            file = symbolizer;
            DebugData data = symbolizer == null ? null : symbolizer.data();
            BuildId id = data == null ? null : data.buildId();
            object = data == null || data.path() == null ? null : data.name();
            buildId = id == null ? null : id.toString();
        }
    }
}
