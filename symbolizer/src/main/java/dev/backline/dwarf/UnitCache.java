package dev.backline.dwarf;

import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The units of one file that have been decoded, by their offsets in {@code .debug_info}. Together they take no more
 * than a share of the heap: then those that have not been asked for lately are let go, and decoded again when somebody
 * asks for them. Thread-safe.
 */
final class UnitCache {
    /** All of Debian's vmlinux takes some 100 MB. */
    private static final long MOST = 128L << 20;

    /** Of a unit of which only the root entry has been read. */
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
        /** Guarded by the cache. */
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
    /** In turns; one that was used since its last turn gets another. */
    private final ArrayDeque<Slot> turns = new ArrayDeque<>();

    private long weight;

    UnitCache(Reader reader) {
        this(reader, Math.min(MOST, Runtime.getRuntime().maxMemory() / 8));
    }

    /**
     * @param budget how many bytes the units may take, about
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
            letGo();
        }
        return slot;
    }

    /** Notes that a unit takes so many bytes more. */
    synchronized void grew(long offset, long bytes) {
        Slot slot = slots.get(offset);
        if (slot != null) {
            slot.weight += bytes;
            weight += bytes;
            letGo();
        }
    }

    /** Lets the units take so many bytes, about, but never more than the cache was made for. */
    synchronized void limit(long bytes) {
        budget = Math.min(most, bytes);
        letGo();
    }

    /** How many bytes the units take, about. */
    synchronized long weight() {
        return weight;
    }

    private void letGo() {
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
