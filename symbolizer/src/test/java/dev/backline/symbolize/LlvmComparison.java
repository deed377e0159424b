package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.fixtures.LlvmSymbolizer;
import dev.backline.fixtures.LlvmSymbolizer.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the answers of {@link Symbolizer} with those of llvm-symbolizer. */
final class LlvmComparison {
    private static final int MOST_SHOWN = 20;

    private LlvmComparison() {}

    /**
     * Fails if function, file, line or column of a frame differ. Skips the test if LLVM is not installed.
     *
     * @param file the file for {@link Symbolizer}
     * @param addresses in {@code file}
     * @param llvmsFile the file for llvm-symbolizer: {@code file}, or the linked module
     * @param llvmsAddresses the corresponding addresses in {@code llvmsFile}
     */
    static void compare(Path file, long[] addresses, Path llvmsFile, long[] llvmsAddresses) throws IOException {
        Optional<LlvmSymbolizer> llvm = LlvmSymbolizer.installed();
        assumeTrue(llvm.isPresent(), LlvmSymbolizer.howToInstall());
        List<List<LlvmSymbolizer.Frame>> expected = llvm.get().frames(llvmsFile, llvmsAddresses, Names.SHORT);
        List<String> differences = new ArrayList<>();
        int differing = 0;
        try (Symbolizer symbolizer = Symbolizer.open(file)) {
            List<IOException> problems = new ArrayList<>();
            List<List<SourceFrame>> found = symbolizer.framesAt(addresses, problems::add);
            assertThat(problems).isEmpty();
            for (int i = 0; i < addresses.length; i++) {
                List<LlvmSymbolizer.Frame> ours = comparable(found.get(i));
                if (!ours.equals(expected.get(i)) && ++differing <= MOST_SHOWN) {
                    differences.add("0x" + Long.toHexString(addresses[i]) + "\n  backline " + ours + "\n  llvm     "
                            + expected.get(i));
                }
            }
        }
        assertThat(differences)
                .as("%d of %d addresses of %s differ", differing, addresses.length, file)
                .isEmpty();
    }

    /** For unknown addresses, LLVM prints one frame with "??". */
    private static List<LlvmSymbolizer.Frame> comparable(List<SourceFrame> frames) {
        if (frames.isEmpty()) {
            return List.of(new LlvmSymbolizer.Frame(null, null, 0, 0));
        }
        return frames.stream()
                .map(frame -> new LlvmSymbolizer.Frame(
                        frame.function(), normalised(frame.file()), frame.line(), frame.column()))
                .toList();
    }

    private static @Nullable String normalised(@Nullable String path) {
        return path == null ? null : LlvmSymbolizer.normalise(path);
    }
}
