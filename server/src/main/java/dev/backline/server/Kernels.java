package dev.backline.server;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.debugfiles.KernelInventory;
import dev.backline.symbolize.KernelPool;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * The kernels that the service knows: a pool of open ones for all requests, and the list of those that are there. A pool
 * remembers what it did not find, so there is a new one when the list changes. Thread-safe.
 */
final class Kernels implements Closeable {
    /** Lists the kernels that are there. */
    interface Inventory {
        List<KernelInventory.Entry> list() throws IOException;
    }

    private final Supplier<DebugFiles> files;
    private final Inventory inventory;
    private List<KernelInventory.Entry> listed = List.of();
    private Lease now;

    Kernels(Supplier<DebugFiles> files, Inventory inventory) {
        this.files = files;
        this.inventory = inventory;
        now = new Lease(new KernelPool(files.get()));
    }

    /** A pool and the number of its users. */
    static final class Lease {
        private final KernelPool pool;
        private int users;
        private boolean old;

        private Lease(KernelPool pool) {
            this.pool = pool;
        }

        KernelPool pool() {
            return pool;
        }
    }

    /** {@return the pool, which stays open until it is given back} */
    synchronized Lease borrow() {
        now.users++;
        return now;
    }

    /** Gives the pool back. */
    void giveBack(Lease lease) {
        boolean last;
        synchronized (this) {
            lease.users--;
            last = lease.old && lease.users == 0;
        }
        if (last) {
            lease.pool.close();
        }
    }

    /** {@return the kernels with debug information, as of the last look} */
    synchronized List<KernelInventory.Entry> list() {
        return listed;
    }

    synchronized int open() {
        return now.pool.size();
    }

    synchronized long openBytes() {
        return now.pool.retainedBytes();
    }

    /** Looks which kernels are there, and forgets what was not found if they are others than before. */
    void look() throws IOException {
        List<KernelInventory.Entry> found = inventory.list();
        Lease before;
        boolean unused;
        synchronized (this) {
            if (found.equals(listed)) {
                return;
            }
            listed = found;
            before = now;
            before.old = true;
            unused = before.users == 0;
            now = new Lease(new KernelPool(files.get()));
        }
        if (unused) {
            before.pool.close();
        }
    }

    @Override
    public synchronized void close() {
        now.pool.close();
    }
}
