package dev.backline.cli;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The opened files of one kernel build: vmlinux, and modules as they are asked for. Not thread-safe. */
final class KernelSymbolizers implements Closeable {
    private final KernelFiles files;
    private final Map<Path, Symbolizer> open = new HashMap<>();
    private final Map<String, Module> modules = new HashMap<>();
    private @Nullable Path vmlinux;

    KernelSymbolizers(KernelFiles files) {
        this.files = files;
    }

    /** A module's file, or the reason why there is none. */
    private record Module(
            @Nullable Symbolizer symbolizer, @Nullable Unresolved problem) {}

    /**
     * Looks up one reference in the file it belongs to.
     *
     * @throws IOException when vmlinux cannot be found or read; a module that cannot is an answer
     */
    Resolution resolve(FrameReference reference) throws IOException, UsageException {
        String module = reference.module();
        if (module == null) {
            return resolve(kernel(), reference);
        }
        Module found = modules.get(module);
        if (found == null) {
            found = module(module);
            modules.put(module, found);
        }
        return found.symbolizer != null ? resolve(found.symbolizer, reference) : problem(found);
    }

    private static Resolution problem(Module module) {
        if (module.problem == null) {
            throw new IllegalStateException("a module has a file or a problem");
        }
        return module.problem;
    }

    private static Resolution resolve(Symbolizer symbolizer, FrameReference reference) throws IOException {
        Resolution resolution = symbolizer.resolve(reference);
        if (resolution instanceof Unresolved unresolved && unresolved.reason() == Reason.NO_DEBUG_INFO) {
            return noDebugInfo(symbolizer.elf());
        }
        return resolution;
    }

    private static Unresolved noDebugInfo(ElfFile elf) {
        KernelRelease kernel = KernelRelease.of(elf);
        return new Unresolved(
                Reason.NO_DEBUG_INFO,
                elf.name() + " has no debug info (no .debug_info section); "
                        + DebugPackages.advice(kernel.release(), kernel.banner()));
    }

    private Symbolizer kernel() throws IOException, UsageException {
        Path path = vmlinux;
        if (path == null) {
            path = files.vmlinux();
            vmlinux = path;
        }
        return open(path);
    }

    private Symbolizer open(Path path) throws IOException {
        Symbolizer symbolizer = open.get(path);
        if (symbolizer == null) {
            symbolizer = Symbolizer.open(path);
            open.put(path, symbolizer);
        }
        return symbolizer;
    }

    private Module module(String name) throws IOException, UsageException {
        Path given = files.given();
        if (given != null
                && name.replace('-', '_').equals(KernelFiles.moduleName(String.valueOf(given.getFileName())))) {
            return new Module(open(given), null);
        }
        String release =
                given == null ? null : KernelRelease.of(open(given).elf()).release();
        List<Path> candidates = files.module(name, release);
        Unresolved problem = null;
        for (Path candidate : candidates) {
            try {
                Symbolizer symbolizer = open(candidate);
                if (symbolizer.hasDebugInfo()) {
                    return new Module(symbolizer, null);
                }
                problem = noDebugInfo(symbolizer.elf());
            } catch (ElfException e) {
                problem = problem != null
                        ? problem
                        : new Unresolved(Reason.MODULE_NOT_FOUND, String.valueOf(e.getMessage()));
            }
        }
        return new Module(null, problem != null ? problem : notFound(name, files.moduleDirectories(release)));
    }

    private static Unresolved notFound(String module, Collection<Path> directories) {
        String where = directories.isEmpty()
                ? "nowhere to look"
                : "looked below " + directories.stream().map(Path::toString).collect(Collectors.joining(", "));
        return new Unresolved(
                Reason.MODULE_NOT_FOUND,
                "no file for module " + module + " (" + module + ".ko or " + module + ".ko.debug, also compressed): "
                        + where + "; name a directory that has it with -d");
    }

    @Override
    public void close() throws IOException {
        for (Symbolizer symbolizer : open.values()) {
            symbolizer.close();
        }
    }
}
