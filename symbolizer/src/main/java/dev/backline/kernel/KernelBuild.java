package dev.backline.kernel;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.ModuleNames;
import dev.backline.elf.BuildId;
import dev.backline.io.Lazy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One kernel build: vmlinux and its modules, each looked for once, when first asked for. Closing it closes the files.
 * Thread-safe.
 */
public final class KernelBuild implements Closeable {
    /** More modules than any kernel has. */
    private static final int MAX_MODULES = 1 << 16;

    private final DebugFiles files;
    private final KernelIdentity identity;
    private final Lazy<DebugFileLookup, IOException> kernel = new Lazy<>() {
        @Override
        protected DebugFileLookup compute() throws IOException {
            return findKernel();
        }
    };
    private final ConcurrentHashMap<String, LazyModule> modules = new ConcurrentHashMap<>();
    private final List<DebugFile> open = new ArrayList<>();

    private KernelBuild(DebugFiles files, KernelIdentity identity) {
        this.files = files;
        this.identity = identity;
    }

    /**
     * {@return a build of which nothing has been looked for yet}
     *
     * @param files where to look
     * @param identity what is known of the build; files of others are refused, unless {@code files} takes
     *     them
     */
    public static KernelBuild of(DebugFiles files, KernelIdentity identity) {
        return new KernelBuild(files, identity);
    }

    /** {@return what is known of the build} */
    public KernelIdentity identity() {
        return identity;
    }

    /**
     * {@return the kernel's own file, or why there is none}
     *
     * @throws IOException when a folder that was named is none
     */
    public DebugFileLookup vmlinux() throws IOException {
        return kernel.get();
    }

    private DebugFileLookup findKernel() throws IOException {
        return kept(files.kernel(identity));
    }

    /**
     * {@return a module's file, or why there is none}
     *
     * @param name with - or _
     * @throws IOException when a folder that was named is none
     */
    public DebugFileLookup module(String name) throws IOException {
        return module(name, null);
    }

    /**
     * {@return the file of a module, or why there is none} One kernel can have loaded different builds of a module in
     * different boots.
     *
     * @param name with - or _
     * @param buildId of the module as loaded; null takes the one of {@link #identity()}, where that has one
     * @throws IOException when a folder that was named is none
     */
    public DebugFileLookup module(String name, @Nullable BuildId buildId) throws IOException {
        String plain = ModuleNames.plain(name);
        BuildId id = buildId == null ? identity.moduleBuildIds().get(plain) : buildId;
        if (modules.size() >= MAX_MODULES) {
            // Names come from logs, and a hostile log has any number of them.
            modules.values().removeIf(each -> !(each.ifComputed() instanceof DebugFile));
        }
        // An id has no slash; a name from a log may have one.
        return modules.computeIfAbsent((id == null ? "" : id) + "/" + plain, key -> new LazyModule(plain, id))
                .get();
    }

    private DebugFileLookup findModule(String name, @Nullable BuildId buildId) throws IOException {
        if (files.givenIs(name)) {
            return vmlinux();
        }
        String release = identity.release();
        Path beside = files.given();
        if (release == null && vmlinux() instanceof DebugFile found) {
            release = found.data().release().release();
            beside = found.data().path();
        }
        return kept(files.module(name, release, buildId, beside));
    }

    private DebugFileLookup kept(DebugFileLookup found) {
        if (found instanceof DebugFile file) {
            synchronized (open) {
                open.add(file);
            }
        }
        return found;
    }

    /**
     * {@return this build as one boot had loaded it}
     *
     * @param map where the kernel and its modules were; {@link LoadMap#UNKNOWN} when nothing is known
     */
    public Boot boot(LoadMap map) {
        return new Boot(this, map);
    }

    @Override
    public void close() throws IOException {
        synchronized (open) {
            for (DebugFile file : open) {
                file.data().close();
            }
            open.clear();
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
