package dev.backline.cli.console;

import dev.backline.debugfiles.BundledIndexes;
import dev.backline.debugfiles.DebianPackages;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.Debuginfod;
import dev.backline.debugfiles.InstalledFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.MissingFile;
import dev.backline.debugfiles.Progress;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.LoadMap;
import dev.backline.symbolize.KernelPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The kernel that options mean. */
public final class TracedKernel {
    private TracedKernel() {}

    /** {@return the build, of which nothing has been looked for yet} */
    public static KernelBuild build(KernelOptions options, Console console) {
        String release = options.release();
        return build(options, release == null ? KernelIdentity.UNKNOWN : KernelIdentity.ofRelease(release), console);
    }

    /** {@return the build of which so much is known, looked for where the options say} */
    public static KernelBuild build(KernelOptions options, KernelIdentity identity, Console console) {
        return KernelBuild.of(
                files(options, console, Debuginfod.Settings.fromEnvironment(console.environment())), identity);
    }

    /** {@return kernels from where the options say} */
    public static KernelPool pool(KernelOptions options, Console console) {
        return new KernelPool(files(options, console, Debuginfod.Settings.fromEnvironment(console.environment())));
    }

    /** {@return where to look, in this order: what is named, what is installed, servers, packages} */
    public static DebugFiles files(KernelOptions options, Console console, Debuginfod.Settings servers) {
        DebugFiles.Builder files = DebugFiles.builder();
        Path given = options.vmlinux();
        if (given != null) {
            files.vmlinux(given);
        }
        for (Path directory : options.debugDirectories()) {
            files.source(new DebugDirectory(directory));
        }
        files.source(new InstalledFiles(Path.of("/")));
        Progress progress = TerminalProgress.of(console);
        files.source(new Debuginfod(servers, progress));
        Path packages = DebianPackages.defaultCache(console.environment());
        if (packages != null) {
            files.source(new DebianPackages(packages, options.fetch(), Map.of(), progress));
        }
        String bundled = System.getProperty("backline.indexes");
        if (bundled != null) {
            files.source(new BundledIndexes(Path.of(bundled)));
        }
        if (options.force()) {
            files.takeOtherBuilds();
        }
        return files.build();
    }

    /** {@return where the traced boot had it, as far as options say} */
    public static Boot boot(KernelBuild build, KernelOptions options) throws IOException {
        return build.boot(loadMap(options).build());
    }

    /** {@return what options say of where the traced boot had it} */
    public static LoadMap.Builder loadMap(KernelOptions options) throws IOException {
        LoadMap.Builder map = LoadMap.builder();
        Long offset = options.kaslrOffset();
        if (offset != null) {
            map.kaslrOffset(offset);
        }
        Path kallsyms = options.kallsyms();
        if (kallsyms != null) {
            map.kallsyms(kallsyms);
        }
        Path modules = options.modules();
        if (modules != null) {
            map.modules(modules);
        }
        return map;
    }

    /**
     * Ends the command where there is no vmlinux; one without debug information is an answer.
     *
     * @throws UsageException when options do not say which kernel is meant
     * @throws IOException when there is none, saying where it was looked for
     */
    public static void requireVmlinux(KernelBuild build, KernelOptions options) throws IOException, UsageException {
        if (options.vmlinux() == null
                && options.release() == null
                && options.debugDirectories().isEmpty()) {
            throw new UsageException("which kernel? give its debug file with -e VMLINUX, its release with"
                    + " -r RELEASE (this machine's: -r $(uname -r)), or a directory with debug files with -d DIR");
        }
        if (build.vmlinux() instanceof MissingFile missing) {
            switch (missing.reason()) {
                case SEVERAL_KERNELS -> throw new UsageException(missing.message());
                case KERNEL_NOT_FOUND, UNREADABLE, BUILD_MISMATCH -> throw new IOException(missing.message());
                case NO_DEBUG_INFO, MODULE_NOT_FOUND -> {
                    // Each query's own answer says so.
                }
            }
        }
    }
}
