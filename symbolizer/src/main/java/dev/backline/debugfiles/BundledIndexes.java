package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.io.Audience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * GSYM indexes of a few kernels that are shipped with a program: one folder for each release, with {@code
 * vmlinux.gsym.gz}, {@code MODULE.ko.gsym.gz} and the file {@code build-id}. Each index covers only a part of its kernel,
 * so it is the last resort and is used only if the kernel's release or build id is known. Thread-safe.
 */
public final class BundledIndexes extends DebugSource {
    private final Path folder;

    /**
     * Indexes below a folder.
     *
     * @param folder the folder; if it does not exist, there are no indexes
     */
    public BundledIndexes(Path folder) {
        this.folder = folder;
    }

    @Override
    List<Path> candidates(Wanted wanted, SearchLog searchLog) throws IOException {
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
                Path idFile = kernel.resolve("build-id");
                if (Files.isRegularFile(idFile)
                        && Files.readString(idFile, StandardCharsets.US_ASCII)
                                .strip()
                                .toLowerCase(Locale.ROOT)
                                .equals(id.toString())) {
                    return kernel;
                }
            }
        }
        return null;
    }

    /**
     * {@return a warning about answers from a file; the same for all files of a kernel}
     *
     * @param audience who reads it
     */
    String note(Path file, Audience audience) {
        Path kernel = file.getParent();
        return "source lines are from backline's index of " + (kernel == null ? file : kernel.getFileName())
                + ", which contains only the network stack"
                + audience.optional("; use -e, -d or --fetch for the whole kernel");
    }
}
