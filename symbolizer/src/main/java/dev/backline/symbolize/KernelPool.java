package dev.backline.symbolize;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.elf.BuildId;
import dev.backline.kernel.KernelBuild;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Open kernels, shared by everyone who symbolises logs: what was found and decoded for one log serves the next log of the
 * same kernel, also that there are no debug files for it. Kernels that nobody uses are kept up to a bound on their memory,
 * the least recently used is closed first. Thread-safe.
 */
public final class KernelPool implements Closeable {
    /** What a kernel weighs of which nothing has been read: its open files and their headers, about. */
    private static final long LEAST_WEIGHT = 64 << 10;

    private final DebugFiles files;
    private final long maxBytes;

    /** From the least to the most recently used. */
    private final Map<Key, Entry> kernels = new LinkedHashMap<>(16, 0.75f, true);

    private boolean closed;

    /** What one build is told by. */
    private record Key(@Nullable String release, @Nullable BuildId buildId) {}

    /** A kernel and how many use it. Guarded by the pool. */
    private static final class Entry {
        final KernelSymbolizer kernel;
        int users;

        Entry(KernelSymbolizer kernel) {
            this.kernel = kernel;
        }

        long weight() {
            return LEAST_WEIGHT + kernel.retainedBytes();
        }
    }

    /**
     * A pool that keeps a quarter of the Java heap at most.
     *
     * @param files where debug files come from
     */
    public KernelPool(DebugFiles files) {
        this(files, Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * A pool with a bound of its own.
     *
     * @param files where debug files come from
     * @param maxBytes about how much memory the open kernels may take together. Kernels in use share it; a kernel that needs
     *     more for a single look-up gets it for that time
     */
    public KernelPool(DebugFiles files, long maxBytes) {
        this.files = files;
        this.maxBytes = maxBytes;
    }

    /** {@return where debug files come from} */
    public DebugFiles files() {
        return files;
    }

    /**
     * Opens a kernel, or shares it where it is open. No file is looked for before the first frame is.
     *
     * @param identity what is known of the kernel; release and build id tell kernels apart
     * @return the kernel, in use until it is closed
     * @throws IllegalStateException when the pool is closed
     */
    public Lease lease(KernelIdentity identity) {
        Key key = new Key(identity.release(), identity.buildId());
        List<KernelSymbolizer> evicted;
        Entry entry;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the pool of kernels is closed");
            }
            entry = kernels.get(key);
            if (entry == null) {
                entry = new Entry(new KernelSymbolizer(
                        KernelBuild.of(files, new KernelIdentity(key.release(), key.buildId(), Map.of()))));
                kernels.put(key, entry);
            }
            entry.users++;
            shareMemory();
            evicted = evict();
        }
        closeQuietly(evicted);
        return new Lease(this, entry);
    }

    /** Lets each kernel in use keep its part of what all may keep. */
    private void shareMemory() {
        int used = 0;
        for (Entry each : kernels.values()) {
            used += each.users > 0 ? 1 : 0;
        }
        for (Entry each : kernels.values()) {
            each.kernel.limitCache(maxBytes / Math.max(1, used));
        }
    }

    /** Takes out kernels that nobody uses until the others fit. */
    private List<KernelSymbolizer> evict() {
        List<KernelSymbolizer> evicted = new ArrayList<>();
        long weight = retainedBytes();
        Iterator<Entry> oldestFirst = kernels.values().iterator();
        while (weight > maxBytes && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.users == 0) {
                weight -= entry.weight();
                oldestFirst.remove();
                evicted.add(entry.kernel);
            }
        }
        return evicted;
    }

    private void release(Entry entry) throws IOException {
        List<KernelSymbolizer> evicted;
        synchronized (this) {
            entry.users--;
            if (closed) {
                evicted = entry.users == 0 ? List.of(entry.kernel) : List.of();
            } else {
                shareMemory();
                evicted = evict();
            }
        }
        closeQuietly(evicted);
    }

    private static void closeQuietly(List<KernelSymbolizer> kernels) {
        for (KernelSymbolizer each : kernels) {
            closeQuietly(each);
        }
    }

    /** Closing a file that was only read loses nothing. */
    private static void closeQuietly(KernelSymbolizer kernel) {
        try {
            kernel.close();
        } catch (IOException e) {
            return;
        }
    }

    /** {@return about how many bytes of the heap the open kernels take} */
    public synchronized long retainedBytes() {
        long weight = 0;
        for (Entry each : kernels.values()) {
            weight += each.weight();
        }
        return weight;
    }

    /** {@return how many kernels are open, in use or not} */
    public synchronized int size() {
        return kernels.size();
    }

    /** Closes the kernels that nobody uses now, and the others when they are returned. */
    @Override
    public void close() {
        List<KernelSymbolizer> idle = new ArrayList<>();
        synchronized (this) {
            closed = true;
            for (Entry each : kernels.values()) {
                if (each.users == 0) {
                    idle.add(each.kernel);
                }
            }
            kernels.clear();
        }
        closeQuietly(idle);
    }

    /** A kernel in use. Closing it returns it to the pool. Thread-safe. */
    public static final class Lease implements Closeable {
        private final KernelPool pool;
        private final Entry entry;
        private boolean returned;

        private Lease(KernelPool pool, Entry entry) {
            this.pool = pool;
            this.entry = entry;
        }

        /** {@return the kernel; not to be closed, and not to be used after the lease is closed} */
        public KernelSymbolizer kernel() {
            return entry.kernel;
        }

        @Override
        public void close() throws IOException {
            synchronized (this) {
                if (returned) {
                    return;
                }
                returned = true;
            }
            pool.release(entry);
        }
    }
}
