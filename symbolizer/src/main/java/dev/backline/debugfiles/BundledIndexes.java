package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * GSYM indexes of a few kernels that come with a program: below the folder, one for each release, with {@code
 * vmlinux.gsym.gz}, {@code MODULE.ko.gsym.gz} and the file {@code build-id}. They have a part of their kernels only, so
 * they are the last resort, and are taken only for a kernel whose release or build id is known. Thread-safe.
 */
public final class BundledIndexes extends DebugSource {
    private final Path folder;

    /**
     * The indexes below a folder.
     *
     * @param folder may be missing; there are no indexes then
     */
    public BundledIndexes(Path folder) {
        this.folder = folder;
    }

    @Override
    List<Path> candidates(Wanted wanted, Trail trail) throws IOException {
        Path kernel = kernel(wanted);
        if (kernel == null) {
            return List.of();
        }
        String module = wanted.module();
        Path file = kernel.resolve(module == null ? "vmlinux.gsym.gz" : module + ".ko.gsym.gz");
        return Files.isRegularFile(file) ? List.of(file) : List.of();
    }

    private @Nullable Path kernel(Wanted wanted) throws IOException {
        String release = wanted.safeRelease();
        if (release != null) {
            Path kernel = folder.resolve(release);
            return Files.isDirectory(kernel) ? kernel : null;
        }
        BuildId id = wanted.isKernel() ? wanted.buildId() : null;
        if (id == null || !Files.isDirectory(folder)) {
            return null;
        }
        try (DirectoryStream<Path> kernels = Files.newDirectoryStream(folder)) {
            for (Path kernel : kernels) {
                Path its = kernel.resolve("build-id");
                if (Files.isRegularFile(its)
                        && Files.readString(its, StandardCharsets.US_ASCII)
                                .strip()
                                .toLowerCase(Locale.ROOT)
                                .equals(id.toString())) {
                    return kernel;
                }
            }
        }
        return null;
    }

    /** What a person should know of an answer from one of the files; the same for all of a kernel. */
    String note(Path file) {
        Path kernel = file.getParent();
        return "source lines are from the index of " + (kernel == null ? file : kernel.getFileName())
                + " that comes with backline, which has its network stack only; -e, -d or --fetch bring all of it";
    }
}
