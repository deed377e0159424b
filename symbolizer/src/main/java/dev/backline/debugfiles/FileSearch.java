package dev.backline.debugfiles;

import dev.backline.debugfiles.MissingFile.Reason;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.Audience;
import dev.backline.io.FailureReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One search for one file. Tries candidates and records why each was rejected. Not thread-safe. */
final class FileSearch implements Closeable {
    private final DebugFiles files;
    private final Audience audience;
    private final SearchLog searchLog;
    private final Set<Path> seen = new HashSet<>();
    private final List<Path> fitting = new ArrayList<>();
    private Wanted wanted;
    private @Nullable ElfData stripped;
    private @Nullable String mismatch;
    private @Nullable String unreadable;

    FileSearch(Wanted wanted, DebugFiles files) {
        this.files = files;
        audience = files.audience();
        searchLog = new SearchLog(audience);
        BuildId running = wanted.buildId() == null ? new RunningKernel(files.root()).buildId(wanted) : null;
        this.wanted = running == null ? wanted : wanted.withBuildId(running);
    }

    /** Tries the given file; if it is stripped, searches for its debug file. */
    DebugFileLookup given(Path file, List<DebugSource> sources) throws IOException {
        DebugFile found = tryOne(file);
        if (found != null) {
            return found;
        }
        return stripped == null ? missing() : among(sources);
    }

    DebugFileLookup among(List<DebugSource> sources) throws IOException {
        BuildId known = wanted.buildId();
        DebugFileLookup found = once(sources);
        if (found == null && known == null && wanted.buildId() != null) {
            // A stripped file supplied the build id: search again with it.
            found = once(sources);
        }
        return found != null ? found : missing();
    }

    private @Nullable DebugFileLookup once(List<DebugSource> sources) throws IOException {
        for (DebugSource source : sources) {
            List<Path> candidates = source.candidates(wanted, searchLog);
            if (isOpen(source) && hasSeveral(candidates)) {
                return new MissingFile(Reason.SEVERAL_KERNELS, several(source, candidates), searchLog.places());
            }
            for (Path candidate : candidates) {
                DebugFile found = tryOne(candidate);
                if (found != null) {
                    return source instanceof BundledIndexes bundled && found.note() == null
                            ? new DebugFile(found.data(), found.module(), bundled.note(candidate, audience))
                            : found;
                }
            }
        }
        return null;
    }

    /** Counts a kernel and its index as one, and all paths to files with one build id. */
    private static boolean hasSeveral(List<Path> candidates) {
        Set<Path> kernels = new HashSet<>();
        for (Path candidate : candidates) {
            kernels.add(FileIndex.real(
                    candidate.resolveSibling(ModuleNames.withoutIndex(String.valueOf(candidate.getFileName())))));
        }
        Set<Object> builds = new HashSet<>();
        for (Path kernel : kernels.size() > 1 ? kernels : Set.<Path>of()) {
            BuildId id = buildId(kernel);
            builds.add(id == null ? kernel : id);
            if (builds.size() > 1) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable BuildId buildId(Path file) {
        try (DebugData data = DebugFiles.open(file)) {
            return data.buildId();
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether nothing selects a kernel, so that the directory must contain only one. */
    private boolean isOpen(DebugSource source) {
        return source instanceof DebugDirectory
                && wanted.isKernel()
                && wanted.release() == null
                && wanted.buildId() == null;
    }

    private String several(DebugSource source, List<Path> found) {
        return audience.choose(
                source + " contains several kernels: "
                        + String.join(
                                ", ",
                                found.stream()
                                        .limit(5)
                                        .map(FileSearch::described)
                                        .toList())
                        + (found.size() > 5 ? ", …" : "") + "; choose one with -e FILE or -r RELEASE",
                "there are several kernels, and the log does not tell which one wrote it; name its release");
    }

    /** A path, with the kernel's release if the path is that of an index by build id. */
    private static String described(Path kernel) {
        String file = String.valueOf(kernel.getFileName());
        if (!ModuleNames.isIndex(file) || ModuleNames.isKernelFile(file)) {
            return kernel.toString();
        }
        try (DebugData data = DebugFiles.open(kernel)) {
            String release = data.release().release();
            return kernel + (release == null ? "" : " (" + release + ")");
        } catch (IOException e) {
            return kernel.toString();
        }
    }

    private @Nullable DebugFile tryOne(Path candidate) throws IOException {
        if (!seen.add(candidate)) {
            return null;
        }
        DebugFiles.Rejected known = files.takesOtherBuilds() ? null : files.rejected(candidate);
        String rejection = known == null ? null : otherBuild(known.name(), known.buildId(), known.release());
        if (rejection != null) {
            reject(candidate, rejection);
            return null;
        }
        DebugData data;
        try {
            data = files.candidate(candidate);
        } catch (IOException e) {
            note(candidate, FailureReason.withFile(e));
            return null;
        }
        DebugFile found = null;
        try {
            found = checked(data);
            return found;
        } catch (IOException e) {
            note(candidate, FailureReason.withFile(e));
            return null;
        } finally {
            if (found == null && !data.equals(stripped)) {
                data.close();
            }
        }
    }

    private @Nullable DebugFile checked(DebugData data) throws IOException {
        BuildId id = data.buildId();
        String release = needsRelease(id) ? data.release().release() : null;
        String difference = otherBuild(data.name(), id, release);
        String forced = null;
        if (difference != null) {
            if (!files.takesOtherBuilds()) {
                reject(data.path(), difference);
                files.remember(data);
                return null;
            }
            forced = difference;
        }
        if (hasDebugInfo(data)) {
            return new DebugFile(data, wanted.module(), forced);
        }
        if (!(data instanceof ElfData elf)) {
            throw new IOException(data.name() + ": " + data.lacksLines());
        }
        if (id != null && wanted.buildId() == null) {
            wanted = wanted.withBuildId(id);
        }
        boolean first = stripped == null;
        if (first) {
            stripped = elf;
        }
        fitting.clear();
        fitting.addAll(DebugLinks.candidates(elf.elf(), files.root(), searchLog));
        for (Path linked : List.copyOf(fitting)) {
            DebugFile found = tryOne(linked);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private void reject(@Nullable Path path, String difference) {
        if (isNamed(path)) {
            mismatch = mismatch == null ? difference : mismatch;
        }
    }

    /** Whether a file's release decides if the file fits. Otherwise it is not read, because that takes time. */
    private boolean needsRelease(@Nullable BuildId fileId) {
        BuildId id = wanted.buildId();
        if (id == null || fileId == null) {
            return wanted.release() != null;
        }
        return wanted.isKernel() && !id.equals(fileId);
    }

    /** Why a file is from another build, with both build ids; null if it matches or cannot be compared. */
    private @Nullable String otherBuild(String name, @Nullable BuildId fileId, @Nullable String fileRelease) {
        BuildId id = wanted.buildId();
        String what = wanted.isKernel() ? "kernel" : "module";
        if (id != null && fileId != null) {
            return id.equals(fileId) || (wanted.isKernel() && isOracleWithWrongId(fileRelease))
                    ? null
                    : name + " is from another build: its build id is " + fileId + ", the traced " + what + " has "
                            + id;
        }
        String start = wanted.isKernel() ? wanted.kernel().buildIdStart() : null;
        if (start != null && fileId != null && !fileId.toString().startsWith(start)) {
            return name + " is from another build: its build id is " + fileId
                    + ", that of the traced kernel starts with " + start;
        }
        String release = wanted.release();
        return release == null || fileRelease == null || release.equals(fileRelease)
                ? null
                : name + " is from another build: its release is " + fileRelease + ", the traced kernel is " + release;
    }

    /** Whether only the releases can be compared, and are equal. */
    private boolean isOracleWithWrongId(@Nullable String release) {
        return release != null && release.equals(wanted.release()) && DebugPackages.isOracleWithWrongId(release);
    }

    /** Whether the search expected this file; if only a build id is known, unrelated files are tried too. */
    private boolean isNamed(@Nullable Path path) {
        return wanted.release() != null || !wanted.isKernel() || Objects.equals(path, files.given());
    }

    static boolean hasDebugInfo(DebugData data) throws IOException {
        return data instanceof ElfData elf ? hasDebugInfo(elf.elf()) : data.hasLines();
    }

    private static boolean hasDebugInfo(ElfFile elf) {
        Section section = elf.section(".debug_info");
        if (section == null) {
            section = elf.section(".zdebug_info");
        }
        return section != null && section.type() != Section.SHT_NOBITS;
    }

    private void note(Path candidate, String message) {
        if (unreadable == null) {
            unreadable = audience.choose(message, candidate.getFileName() + ": cannot be read");
        }
        searchLog.tried(message.startsWith(candidate.toString()) ? message : candidate + " (" + message + ")");
    }

    private MissingFile missing() {
        String release = wanted.release();
        if (mismatch != null) {
            return new MissingFile(
                    Reason.BUILD_MISMATCH,
                    audience.choose(
                            mismatch + "; use the debug files of the traced kernel, or add --force",
                            wanted.isKernel() ? noKernel("") : mismatch),
                    searchLog.places());
        }
        if (stripped != null) {
            KernelRelease file = stripped.release();
            String tried = searchLog.sentence(release != null ? release : file.release());
            return new MissingFile(
                    Reason.NO_DEBUG_INFO,
                    stripped.name() + " has no debug info (no .debug_info section)"
                            + (tried.isEmpty() ? "" : "; " + tried) + "; "
                            + DebugPackages.advice(kernel(file), wanted.isKernel() ? wanted.buildId() : null, audience),
                    searchLog.places());
        }
        BuildId id = wanted.buildId();
        String tried = searchLog.sentence(release != null ? release : id == null ? null : id.toString());
        if (!wanted.isKernel()) {
            String module = String.valueOf(wanted.module());
            String message = "no file found for module " + module + " (" + module + ".ko or " + module
                    + ".ko.debug, also compressed or as .gsym)"
                    + audience.optional(": " + (tried.isEmpty() ? "no directory to search" : tried)
                            + "; add its directory with -d DIR");
            return new MissingFile(Reason.MODULE_NOT_FOUND, message, searchLog.places());
        }
        if (files.given() != null && unreadable != null) {
            return new MissingFile(Reason.UNREADABLE, unreadable, searchLog.places());
        }
        if (release != null && wanted.safeRelease() == null) {
            return new MissingFile(
                    Reason.KERNEL_NOT_FOUND,
                    "no vmlinux found: not a valid kernel release; "
                            + audience.choose(
                                    "add -r RELEASE (the traced kernel's 'uname -r')",
                                    "name the traced kernel's 'uname -r'"),
                    searchLog.places());
        }
        return new MissingFile(Reason.KERNEL_NOT_FOUND, noKernel(tried), searchLog.places());
    }

    private String noKernel(String tried) {
        String release = wanted.release();
        BuildId id = wanted.buildId();
        return "no vmlinux found" + (release != null ? " for " + release : id != null ? " with build id " + id : "")
                + (tried.isEmpty() ? "" : "; " + tried) + "; "
                + DebugPackages.advice(wanted.kernel(), id, audience);
    }

    /** The kernel of a stripped file, with the file's banner if the log has none. */
    private KernelIdentity kernel(KernelRelease file) {
        KernelIdentity kernel = wanted.kernel();
        String release = file.release();
        return release == null || kernel.banner() != null
                ? kernel
                : new KernelIdentity(
                        release,
                        kernel.buildId(),
                        kernel.buildIdStart(),
                        kernel.moduleBuildIds(),
                        file.banner(),
                        kernel.osRelease());
    }

    /** Closes the stripped file, which is never returned. */
    @Override
    public void close() throws IOException {
        if (stripped != null) {
            stripped.close();
        }
    }
}
