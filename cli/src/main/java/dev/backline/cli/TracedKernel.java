package dev.backline.cli;

import dev.backline.kernel.Boot;
import dev.backline.kernel.BundledIndexes;
import dev.backline.kernel.DebianPackages;
import dev.backline.kernel.DebugDirectory;
import dev.backline.kernel.DebugFiles;
import dev.backline.kernel.Debuginfod;
import dev.backline.kernel.InstalledFiles;
import dev.backline.kernel.KernelBuild;
import dev.backline.kernel.KernelIdentity;
import dev.backline.kernel.LoadMap;
import dev.backline.kernel.Missing;
import dev.backline.kernel.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The kernel that options mean. */
final class TracedKernel {
    private TracedKernel() {}

    /** {@return the build, of which nothing has been looked for yet} */
    static KernelBuild build(KernelOptions options, Console console) {
        String release = options.release();
        return build(options, release == null ? KernelIdentity.UNKNOWN : KernelIdentity.ofRelease(release), console);
    }

    /** {@return the build of which so much is known, looked for where the options say} */
    static KernelBuild build(KernelOptions options, KernelIdentity identity, Console console) {
        return KernelBuild.of(
                files(options, console, Debuginfod.Settings.fromEnvironment(console.environment())), identity);
    }

    /** {@return where to look, in this order: what is named, what is installed, servers, packages} */
    static DebugFiles files(KernelOptions options, Console console, Debuginfod.Settings servers) {
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
    static Boot boot(KernelBuild build, KernelOptions options) throws IOException {
        return build.boot(loadMap(options).build());
    }

    /** {@return what options say of where the traced boot had it} */
    static LoadMap.Builder loadMap(KernelOptions options) throws IOException {
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
    static void requireVmlinux(KernelBuild build, KernelOptions options) throws IOException, UsageException {
        if (options.vmlinux() == null
                && options.release() == null
                && options.debugDirectories().isEmpty()) {
            throw new UsageException("which kernel? give its debug file with -e VMLINUX, its release with"
                    + " -r RELEASE (this machine's: -r $(uname -r)), or a directory with debug files with -d DIR");
        }
        if (build.vmlinux() instanceof Missing missing) {
            switch (missing.reason()) {
                case SEVERAL_KERNELS -> throw new UsageException(missing.message());
                case KERNEL_NOT_FOUND, UNREADABLE, BUILD_MISMATCH -> throw new IOException(missing.message());
                case NO_DEBUG_INFO, MODULE_NOT_FOUND, NOT_CODE -> {
                    // Each query's own answer says so.
                }
            }
        }
    }
}
