package dev.backline.kernel;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.ModuleNames;
import dev.backline.elf.BuildId;
import dev.backline.io.Audience;
import dev.backline.io.Lazy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The debug files of one kernel build: vmlinux and its modules, each searched once, on first use. Closing the build
 * closes the files. Thread-safe.
 */
public final class KernelBuild implements Closeable {
    /** Modules without a file that are remembered; more than any boot loads. */
    private static final int MAX_MODULES = 1 << 12;

    /** The approximate size of a remembered search in the heap, in bytes: the message names all places searched. */
    private static final long SEARCH_BYTES = 1024;

    private final DebugFiles files;
    private final KernelIdentity identity;
    private final Lazy<DebugFileLookup, IOException> kernel = new Lazy<>() {
        @Override
        protected DebugFileLookup compute() throws IOException {
            return findKernel();
        }
    };
    private final ConcurrentHashMap<String, LazyModule> modules = new ConcurrentHashMap<>();
    private final List<DebugFile> openFiles = new ArrayList<>();

    private KernelBuild(DebugFiles files, KernelIdentity identity) {
        this.files = files;
        this.identity = identity;
    }

    /**
     * {@return the build with this identity; no file is searched yet}
     *
     * @param files where to search
     * @param identity what is known about the build; files of other builds are rejected, unless {@code files} accepts
     *     them
     */
    public static KernelBuild of(DebugFiles files, KernelIdentity identity) {
        return new KernelBuild(files, identity);
    }

    /** {@return whether files are used even if the log contradicts them} */
    boolean takesOtherBuilds() {
        return files.takesOtherBuilds();
    }

    /** {@return who reads the messages} */
    Audience audience() {
        return files.audience();
    }

    /** {@return what is known about the build} */
    public KernelIdentity identity() {
        return identity;
    }

    /**
     * {@return vmlinux, or the reason why it is missing}
     *
     * @throws IOException if a directory named by the user is not a directory
     */
    public DebugFileLookup vmlinux() throws IOException {
        return kernel.get();
    }

    private DebugFileLookup findKernel() throws IOException {
        return kept(files.kernel(identity));
    }

    /**
     * {@return a module's file, or the reason why it is missing}
     *
     * @param name with - or _
     * @throws IOException if a directory named by the user is not a directory
     */
    public DebugFileLookup module(String name) throws IOException {
        return module(name, null);
    }

    /**
     * {@return the file of a module, or the reason why it is missing} Different boots of a kernel can load different
     * builds of a module.
     *
     * @param name with - or _
     * @param buildId of the loaded module; null means the build id in {@link #identity()}, if there is one
     * @throws IOException if a directory named by the user is not a directory
     */
    public DebugFileLookup module(String name, @Nullable BuildId buildId) throws IOException {
        String plain = ModuleNames.plain(name);
        BuildId id = buildId == null ? identity.moduleBuildIds().get(plain) : buildId;
        if (modules.size() >= MAX_MODULES) {
            // Names come from logs; a hostile log can contain any number of them.
            modules.values().removeIf(each -> !(each.ifComputed() instanceof DebugFile));
        }
        // A build id contains no slash, so keys are unique even if a name contains one.
        return modules.computeIfAbsent((id == null ? "" : id) + "/" + plain, key -> new LazyModule(plain, id))
                .get();
    }

    private DebugFileLookup findModule(String name, @Nullable BuildId buildId) throws IOException {
        if (files.givenIs(name)) {
            return vmlinux();
        }
        KernelIdentity kernelOfModule = identity;
        Path beside = files.given();
        if (identity.release() == null && vmlinux() instanceof DebugFile found) {
            String release = found.data().release().release();
            kernelOfModule = release == null ? identity : identity.withRelease(release);
            beside = found.data().path();
        }
        return kept(files.module(name, kernelOfModule, buildId, beside));
    }

    private DebugFileLookup kept(DebugFileLookup found) {
        if (found instanceof DebugFile file) {
            synchronized (openFiles) {
                openFiles.add(file);
            }
        }
        return found;
    }

    /** {@return the approximate size of the remembered searches in the heap, in bytes; the files' contents are not counted} */
    public long retainedBytes() {
        return modules.size() * SEARCH_BYTES;
    }

    /**
     * {@return this build as loaded by one boot}
     *
     * @param map the load addresses; {@link LoadMap#UNKNOWN} if nothing is known
     */
    public Boot boot(LoadMap map) {
        return new Boot(this, map);
    }

    @Override
    public void close() throws IOException {
        synchronized (openFiles) {
            for (DebugFile file : openFiles) {
                file.data().close();
            }
            openFiles.clear();
        }
    }

    private final class LazyModule extends Lazy<DebugFileLookup, IOException> {
        private final String name;
        private final @Nullable BuildId buildId;

        LazyModule(String name, @Nullable BuildId buildId) {
            this.name = name;
            this.buildId = buildId;
        }

        @Override
        protected DebugFileLookup compute() throws IOException {
            return findModule(name, buildId);
        }
    }
}
