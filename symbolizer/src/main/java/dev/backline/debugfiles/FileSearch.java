package dev.backline.debugfiles;

import dev.backline.debugfiles.MissingFile.Reason;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One search for one file: tries candidates, remembers what was wrong with them. Not thread-safe. */
final class FileSearch implements Closeable {
    private final DebugFiles files;
    private final Trail trail = new Trail();
    private final Set<Path> seen = new HashSet<>();
    private final List<Path> fitting = new ArrayList<>();
    private Wanted wanted;
    private @Nullable ElfData stripped;
    private @Nullable String mismatch;
    private @Nullable String unreadable;

    FileSearch(Wanted wanted, DebugFiles files) {
        this.files = files;
        BuildId running = wanted.buildId() == null ? new RunningKernel(files.root()).buildId(wanted) : null;
        this.wanted = running == null ? wanted : wanted.withBuildId(running);
    }

    /** The file that was given, or what leads on from it when it is stripped. */
    DebugFileLookup given(Path file, List<DebugSource> sources) throws IOException {
        DebugFile found = tryOne(file);
        if (found != null) {
            return found;
        }
        return stripped == null ? missing() : among(sources);
    }

    DebugFileLookup among(List<DebugSource> sources) throws IOException {
        BuildId before = wanted.buildId();
        DebugFileLookup found = once(sources);
        if (found == null && before == null && wanted.buildId() != null) {
            // A stripped file has said which build it is.
            found = once(sources);
        }
        return found != null ? found : missing();
    }

    private @Nullable DebugFileLookup once(List<DebugSource> sources) throws IOException {
        for (DebugSource source : sources) {
            List<Path> candidates = source.candidates(wanted, trail);
            if (isOpen(source) && hasSeveral(candidates)) {
                return new MissingFile(Reason.SEVERAL_KERNELS, several(source, candidates));
            }
            for (Path candidate : candidates) {
                DebugFile found = tryOne(candidate);
                if (found != null) {
                    return source instanceof BundledIndexes bundled && found.note() == null
                            ? new DebugFile(found.data(), found.module(), bundled.note(candidate))
                            : found;
                }
            }
        }
        return null;
    }

    /** A kernel and an index of it are one. */
    private static boolean hasSeveral(List<Path> candidates) {
        Set<Path> kernels = new HashSet<>();
        for (Path candidate : candidates) {
            kernels.add(candidate.resolveSibling(ModuleNames.withoutIndex(String.valueOf(candidate.getFileName()))));
        }
        return kernels.size() > 1;
    }

    /** Whether any kernel of a folder would do, so that there must be one only. */
    private boolean isOpen(DebugSource source) {
        return source instanceof DebugDirectory
                && wanted.isKernel()
                && wanted.release() == null
                && wanted.buildId() == null;
    }

    private static String several(DebugSource source, List<Path> found) {
        return source + " holds several kernels: "
                + String.join(", ", found.stream().limit(5).map(Path::toString).toList())
                + (found.size() > 5 ? ", …" : "") + "; choose one with -e, or with -r its release";
    }

    private @Nullable DebugFile tryOne(Path candidate) throws IOException {
        if (!seen.add(candidate)) {
            return null;
        }
        DebugData data;
        try {
            data = DebugFiles.open(candidate);
        } catch (IOException e) {
            note(candidate, message(e));
            return null;
        }
        DebugFile found = null;
        try {
            found = checked(data);
            return found;
        } catch (IOException e) {
            note(candidate, message(e));
            return null;
        } finally {
            if (found == null && !data.equals(stripped)) {
                data.close();
            }
        }
    }

    private @Nullable DebugFile checked(DebugData data) throws IOException {
        String other = otherBuild(data);
        String forced = null;
        if (other != null) {
            if (!files.takesOtherBuilds()) {
                if (isNamed(data)) {
                    mismatch = mismatch == null ? other : mismatch;
                }
                return null;
            }
            forced = other;
        }
        if (hasDebugInfo(data)) {
            return new DebugFile(data, wanted.module(), forced);
        }
        if (!(data instanceof ElfData elf)) {
            throw new IOException(data.name() + ": " + data.lacksLines());
        }
        BuildId id = elf.buildId();
        if (id != null && wanted.buildId() == null) {
            wanted = wanted.withBuildId(id);
        }
        boolean first = stripped == null;
        if (first) {
            stripped = elf;
        }
        fitting.clear();
        fitting.addAll(DebugLinks.candidates(elf.elf(), files.root(), trail));
        for (Path linked : List.copyOf(fitting)) {
            DebugFile found = tryOne(linked);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Why the file is not of the build that is wanted, with both builds' ids; null when it is, as far as can be told. */
    private @Nullable String otherBuild(DebugData data) throws IOException {
        BuildId id = wanted.buildId();
        BuildId its = data.buildId();
        String what = wanted.isKernel() ? "kernel" : "module";
        if (id != null && its != null) {
            return id.equals(its)
                    ? null
                    : data.name() + " is of another build: its build id is " + its + ", that of the traced " + what
                            + " is " + id;
        }
        String release = wanted.release();
        String itsRelease = release == null ? null : data.release().release();
        return release == null || itsRelease == null || release.equals(itsRelease)
                ? null
                : data.name() + " is of another build: it is of " + itsRelease + ", the traced kernel is " + release;
    }

    /** Whether someone meant this file, or its name or place does; where only a build id is known, any may be tried. */
    private boolean isNamed(DebugData data) {
        return wanted.release() != null || !wanted.isKernel() || Objects.equals(data.path(), files.given());
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
            unreadable = message;
        }
        trail.tried(message.startsWith(candidate.toString()) ? message : candidate + " (" + message + ")");
    }

    private static String message(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            String reason = file.getReason();
            return file.getFile() + ": " + (reason == null ? e.getClass().getSimpleName() : reason);
        }
        return String.valueOf(e.getMessage());
    }

    private MissingFile missing() {
        String release = wanted.release();
        if (mismatch != null) {
            return new MissingFile(
                    Reason.BUILD_MISMATCH, mismatch + "; give the right one, or --force to take it all the same");
        }
        if (stripped != null) {
            KernelRelease its = stripped.release();
            String tried = trail.sentence();
            return new MissingFile(
                    Reason.NO_DEBUG_INFO,
                    stripped.name() + " has no debug info (no .debug_info section)"
                            + (tried.isEmpty() ? "" : "; " + tried) + "; "
                            + DebugPackages.advice(its.release() != null ? its.release() : release, its.banner()));
        }
        String tried = trail.sentence();
        if (!wanted.isKernel()) {
            String module = String.valueOf(wanted.module());
            String message = "no file for module " + module + " (" + module + ".ko or " + module
                    + ".ko.debug, also compressed or as .gsym): " + (tried.isEmpty() ? "nowhere to look" : tried)
                    + "; name a directory that has it with -d";
            return new MissingFile(Reason.MODULE_NOT_FOUND, message);
        }
        if (files.given() != null && unreadable != null) {
            return new MissingFile(Reason.UNREADABLE, unreadable);
        }
        BuildId id = wanted.buildId();
        if (release != null && wanted.safeRelease() == null) {
            return new MissingFile(
                    Reason.KERNEL_NOT_FOUND,
                    "no vmlinux was found: no release can be called so; give what uname -r prints there");
        }
        return new MissingFile(
                Reason.KERNEL_NOT_FOUND,
                "no vmlinux" + (release != null ? " of " + release : id != null ? " with build id " + id : "")
                        + " was found" + (tried.isEmpty() ? "" : "; " + tried) + "; "
                        + DebugPackages.advice(release, null));
    }

    /** Closes what is not handed out. */
    @Override
    public void close() throws IOException {
        if (stripped != null) {
            stripped.close();
        }
    }
}
