package dev.backline.symbolize;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelIdentity;
import dev.backline.elf.BuildId;
import dev.backline.kernel.KernelBuild;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pool of open kernels, shared by all logs: files and decoded data of one log serve the next log of the same
 * kernel. A failed search for debug files is remembered too. At most 512 kernels stay open, as far as they fit into a memory
 * limit; the least recently used idle kernel is closed first. Thread-safe.
 */
public final class KernelPool implements Closeable {
    /** The approximate size of a kernel before anything is read: open files and their headers. */
    private static final long LEAST_WEIGHT = 64 << 10;
    /** The most kernels that stay open, because each has open files. */
    private static final int MAX_KERNELS = 512;

    private final DebugFiles files;
    private final long maxBytes;

    /** In the order of their last use, oldest first. */
    private final Map<Key, Entry> kernels = new LinkedHashMap<>(16, 0.75f, true);

    /** The kernels in use. A lease visits only these, because there can be many others. */
    private final Set<Entry> used = new HashSet<>();

    /** The weight of the kernels that are not in use. */
    private long idleWeight;

    private boolean closed;

    /** What identifies a build. */
    private record Key(@Nullable String release, @Nullable BuildId buildId, String build) {
        /** Hand-written: a record's generated methods are linked by invokedynamic on first use (20 to 40 ms). */
        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Key other
                    && Objects.equals(release, other.release)
                    && Objects.equals(buildId, other.buildId)
                    && build.equals(other.build);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Objects.hashCode(release) + Objects.hashCode(buildId)) + build.hashCode();
        }
    }

    /** A kernel and the number of its users. Guarded by the pool. */
    private static final class Entry {
        final KernelSymbolizer kernel;
        int users;
        /** The weight at the end of the last use. */
        long idleWeight;

        Entry(KernelSymbolizer kernel) {
            this.kernel = kernel;
        }

        long weight() {
            return LEAST_WEIGHT + kernel.retainedBytes();
        }
    }

    /**
     * Creates a pool that uses at most a quarter of the Java heap.
     *
     * @param files where debug files come from
     */
    public KernelPool(DebugFiles files) {
        this(files, Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * Creates a pool with a given memory limit.
     *
     * @param files where debug files come from
     * @param maxBytes the approximate memory of all open kernels together. Kernels in use share the limit; a kernel can
     *     exceed its share during a single lookup
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
     * Opens a kernel, or shares an open one. The first lookup of a frame searches the files.
     *
     * @param identity what is known about the kernel; release and build id distinguish kernels
     * @return the kernel, in use until the lease is closed
     * @throws IllegalStateException if the pool is closed
     */
    public Lease lease(KernelIdentity identity) {
        Key key = new Key(identity.release(), identity.buildId(), files.build(identity));
        List<KernelSymbolizer> evicted;
        Entry entry;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the kernel pool is closed");
            }
            entry = kernels.get(key);
            if (entry == null) {
                entry = new Entry(new KernelSymbolizer(KernelBuild.of(files, identity.withoutModules())));
                kernels.put(key, entry);
            }
            if (entry.users++ == 0) {
                idleWeight -= entry.idleWeight;
                used.add(entry);
            }
            shareMemory();
            evicted = evict();
        }
        closeQuietly(evicted);
        return new Lease(this, entry);
    }

    /** Divides the memory limit equally among the kernels in use. */
    private void shareMemory() {
        for (Entry each : used) {
            each.kernel.limitCache(maxBytes / used.size());
        }
    }

    /** Removes idle kernels until the others fit into the limits. */
    private List<KernelSymbolizer> evict() {
        List<KernelSymbolizer> evicted = new ArrayList<>();
        long weight = retainedBytes();
        Iterator<Entry> oldestFirst = kernels.values().iterator();
        while ((weight > maxBytes || kernels.size() > MAX_KERNELS) && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.users == 0) {
                weight -= entry.idleWeight;
                idleWeight -= entry.idleWeight;
                oldestFirst.remove();
                evicted.add(entry.kernel);
            }
        }
        return evicted;
    }

    private void release(Entry entry) throws IOException {
        List<KernelSymbolizer> evicted;
        synchronized (this) {
            if (--entry.users == 0) {
                used.remove(entry);
            }
            if (closed) {
                evicted = entry.users == 0 ? List.of(entry.kernel) : List.of();
            } else {
                if (entry.users == 0) {
                    entry.idleWeight = entry.weight();
                    idleWeight += entry.idleWeight;
                }
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

    /** Ignores errors: closing a file that was only read loses no data. */
    private static void closeQuietly(KernelSymbolizer kernel) {
        try {
            kernel.close();
        } catch (IOException e) {
            return;
        }
    }

    /** {@return the approximate size of the open kernels in the heap, in bytes} */
    public synchronized long retainedBytes() {
        long weight = idleWeight;
        for (Entry each : used) {
            weight += each.weight();
        }
        return weight;
    }

    /** {@return the number of open kernels, in use or idle} */
    public synchronized int size() {
        return kernels.size();
    }

    /** Closes idle kernels now, and each other kernel when its last lease is closed. */
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
            idleWeight = 0;
        }
        closeQuietly(idle);
        try {
            files.close();
        } catch (IOException e) {
            // A file that was only read loses no data.
            return;
        }
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

        /** {@return the kernel; do not close the kernel, and do not use it after closing the lease} */
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
