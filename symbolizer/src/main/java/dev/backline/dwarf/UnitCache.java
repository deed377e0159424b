package dev.backline.dwarf;

import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The decoded units of one file, by their offsets in {@code .debug_info}. Bounded by a share of the heap: units that
 * were not used lately are released, and decoded again when they are needed. Thread-safe.
 */
final class UnitCache {
    /** Enough for all units of Debian's vmlinux, which take about 100 MB. */
    private static final long MOST = 128L << 20;

    /** The approximate memory of a unit without tables, in bytes. */
    private static final int ROOT = 2048;

    /** Reads a unit. */
    @FunctionalInterface
    interface Reader {
        Unit read(long offset) throws IOException;
    }

    private static final class Slot extends Lazy<Unit, IOException> {
        final long offset;
        private final Reader reader;
        volatile boolean used = true;
        /** Guarded by the cache's lock. */
        long weight = ROOT;

        Slot(long offset, Reader reader) {
            this.offset = offset;
            this.reader = reader;
        }

        @Override
        protected Unit compute() throws IOException {
            return reader.read(offset);
        }
    }

    private final Reader reader;
    private final long most;
    private long budget;
    private final ConcurrentHashMap<Long, Slot> slots = new ConcurrentHashMap<>();
    /** The next unit to release comes first; a unit that was used since its last turn moves to the end. */
    private final ArrayDeque<Slot> turns = new ArrayDeque<>();

    private long weight;

    UnitCache(Reader reader) {
        this(reader, Math.min(MOST, Runtime.getRuntime().maxMemory() / 8));
    }

    /**
     * @param budget the approximate bound of the units' memory, in bytes
     */
    UnitCache(Reader reader, long budget) {
        this.reader = reader;
        this.most = budget;
        this.budget = budget;
    }

    Unit get(long offset) throws IOException {
        Slot slot = slots.get(offset);
        if (slot == null) {
            slot = add(offset);
        }
        if (!slot.used) {
            slot.used = true;
        }
        return slot.get();
    }

    boolean holds(long offset) {
        return slots.containsKey(offset);
    }

    private synchronized Slot add(long offset) {
        Slot slot = slots.get(offset);
        if (slot == null) {
            slot = new Slot(offset, reader);
            slots.put(offset, slot);
            turns.add(slot);
            weight += ROOT;
            release();
        }
        return slot;
    }

    /** Adds to the memory of a unit. */
    synchronized void grew(long offset, long bytes) {
        Slot slot = slots.get(offset);
        if (slot != null) {
            slot.weight += bytes;
            weight += bytes;
            release();
        }
    }

    /** Changes the bound, up to the bound that the cache was created with. */
    synchronized void limit(long bytes) {
        budget = Math.min(most, bytes);
        release();
    }

    /** The approximate memory of the units, in bytes. */
    synchronized long weight() {
        return weight;
    }

    private void release() {
        while (weight > budget && turns.size() > 1) {
            Slot slot = turns.remove();
            if (slot.used) {
                slot.used = false;
                turns.add(slot);
            } else {
                slots.remove(slot.offset, slot);
                weight -= slot.weight;
            }
        }
    }
}
