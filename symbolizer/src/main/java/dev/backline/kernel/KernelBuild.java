package dev.backline.kernel;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.debugfiles.ModuleNames;
import dev.backline.elf.BuildId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One kernel build: vmlinux and its modules, each looked for once, when first asked for. Closing it closes the files.
 * Thread-safe.
 */
public final class KernelBuild implements Closeable {
    private final DebugFiles files;
    private volatile KernelIdentity identity;
    private final Once kernel = new Once() {
        @Override
        DebugFileLookup lookUp() throws IOException {
            return findKernel();
        }
    };
    private final ConcurrentHashMap<String, Once> modules = new ConcurrentHashMap<>();
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

    /** {@return what is known of the build, also from {@link #learn}} */
    public KernelIdentity identity() {
        return identity;
    }

    /**
     * Tells the build ids of modules that a log names as it goes on: files of others are refused from now on.
     * A module that was looked for already stays as it was found.
     *
     * @param moduleBuildIds by the modules' names, with - or _
     */
    public synchronized void learn(Map<String, BuildId> moduleBuildIds) {
        KernelIdentity known = identity;
        Map<String, BuildId> all = new HashMap<>(known.moduleBuildIds());
        moduleBuildIds.forEach((module, id) -> all.putIfAbsent(ModuleNames.plain(module), id));
        identity = new KernelIdentity(known.release(), known.buildId(), all);
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
        String plain = ModuleNames.plain(name);
        return modules.computeIfAbsent(plain, ModuleOnce::new).get();
    }

    private DebugFileLookup findModule(String name) throws IOException {
        if (files.givenIs(name)) {
            return vmlinux();
        }
        String release = identity.release();
        Path beside = files.given();
        if (release == null && vmlinux() instanceof DebugFile found) {
            release = found.data().release().release();
            beside = found.data().path();
        }
        return kept(files.module(name, release, identity, beside));
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

    /** A look-up that is done once; so is its failure. */
    private abstract static class Once {
        private @Nullable DebugFileLookup found;
        private @Nullable IOException failure;

        abstract DebugFileLookup lookUp() throws IOException;

        synchronized DebugFileLookup get() throws IOException {
            if (failure != null) {
                throw new IOException(failure.getMessage(), failure);
            }
            if (found == null) {
                try {
                    found = lookUp();
                } catch (IOException e) {
                    failure = e;
                    throw e;
                }
            }
            return found;
        }
    }

    private final class ModuleOnce extends Once {
        private final String name;

        ModuleOnce(String name) {
            this.name = name;
        }

        @Override
        DebugFileLookup lookUp() throws IOException {
            return findModule(name);
        }
    }
}
