package dev.backline.cli.console;

import dev.backline.debugfiles.BundledIndexes;
import dev.backline.debugfiles.DebianPackages;
import dev.backline.debugfiles.DebugDirectory;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.Debuginfod;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.MissingFile;
import dev.backline.kernel.Boot;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.LoadMap;
import dev.backline.symbolize.LogOptions;
import java.io.IOException;
import java.nio.file.Path;

/** The kernel that options name. */
public final class TracedKernel {
    private TracedKernel() {}

    /** {@return what options say about the kernel} */
    public static KernelIdentity identity(KernelOptions options) {
        String release = options.release();
        return release == null ? KernelIdentity.UNKNOWN : KernelIdentity.ofRelease(release);
    }

    /**
     * {@return the places to search, after a check of the named ones}
     *
     * @throws IOException when a file or a directory that options name cannot be used
     */
    public static DebugFiles checkedFiles(KernelOptions options, Console console) throws IOException {
        DebugFiles files = files(options, console);
        NamedFiles.check(files);
        return files;
    }

    /**
     * {@return how to symbolise a log of the kernel that options name}
     *
     * @throws IOException when a file with addresses of the traced boot cannot be read
     */
    public static LogOptions log(KernelOptions options) throws IOException {
        return LogOptions.DEFAULT
                .withRelease(options.release())
                .withBoot(loadMap(options).build());
    }

    /** {@return the places to search, in this order: named files, installed files, servers, packages} */
    public static DebugFiles files(KernelOptions options, Console console) {
        return files(options, console, Debuginfod.Settings.fromEnvironment(console.environment()));
    }

    /** {@return the places to search, with these settings of servers} */
    public static DebugFiles files(KernelOptions options, Console console, Debuginfod.Settings servers) {
        return builder(options, console, servers).build();
    }

    /** {@return the same places, to which a caller may add} */
    public static DebugFiles.Builder builder(KernelOptions options, Console console, Debuginfod.Settings servers) {
        DebugFiles.Builder files = DebugFiles.builder();
        Path given = options.vmlinux();
        if (given != null) {
            files.vmlinux(given);
        }
        for (Path directory : options.debugDirectories()) {
            files.source(new DebugDirectory(directory));
        }
        files.standardSources(
                servers,
                DebianPackages.defaultCache(console.environment()),
                options.fetch(),
                TerminalProgress.of(console));
        String bundled = System.getProperty("backline.indexes");
        if (bundled != null) {
            files.source(new BundledIndexes(Path.of(bundled)));
        }
        files.indexes(options.cached() ? console.indexes() : null);
        if (options.force()) {
            files.takeOtherBuilds();
        }
        return files;
    }

    /** {@return the traced boot, with the addresses that options give} */
    public static Boot boot(KernelBuild build, KernelOptions options) throws IOException {
        return build.boot(loadMap(options).build());
    }

    /** {@return the addresses in the traced boot that options give} */
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
     * Ends the command if no vmlinux was found. A vmlinux without debug information is no reason to end: the answers
     * say so.
     *
     * @throws UsageException when no option names the kernel
     * @throws IOException when there is no vmlinux; the message names the places searched
     */
    public static void requireVmlinux(KernelBuild build, KernelOptions options) throws IOException, UsageException {
        if (!options.isNamed()) {
            throw new UsageException("which kernel? give its debug file (-e VMLINUX), its release (-r RELEASE; for this"
                    + " machine -r $(uname -r)) or a directory of debug files (-d DIR)");
        }
        if (build.vmlinux() instanceof MissingFile missing) {
            switch (missing.reason()) {
                case SEVERAL_KERNELS -> throw new UsageException(missing.message());
                case KERNEL_NOT_FOUND, UNREADABLE, BUILD_MISMATCH -> throw new IOException(missing.message());
                case NO_DEBUG_INFO, MODULE_NOT_FOUND -> {
                    // The answer to each query says so.
                }
            }
        }
    }
}
