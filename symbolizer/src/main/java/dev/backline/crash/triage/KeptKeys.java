package dev.backline.crash.triage;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values by name, for a bounded number of names: those with the smallest hash of all names that were ever asked for. So what
 * is kept depends on the set of names alone, not on their order or on how they were divided: a name that is dropped once
 * can never come back, and a name that is kept was kept from its first use on, so that its value is whole. An attacker can
 * choose which names are dropped, but not how many are kept. Not thread-safe.
 */
final class KeptKeys<V> {
    private final Map<String, V> values = new HashMap<>();

    /** By hash; the last one is dropped first. */
    private final TreeSet<Key> order = new TreeSet<>(Comparator.<Key>naturalOrder());

    private int limit;
    private boolean full;

    /** A name with its hash. */
    private record Key(long hash, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int hashes = Long.compareUnsigned(hash, other.hash);
            return hashes != 0 ? hashes : name.compareTo(other.name);
        }
    }

    KeptKeys(int limit) {
        this.limit = limit;
    }

    /** {@return whether names were dropped} */
    boolean isFull() {
        return full;
    }

    int size() {
        return values.size();
    }

    Map<String, V> values() {
        return values;
    }

    /** {@return the value of a name, made if there is none; null if the name is not kept} */
    @Nullable
    V get(String name, Supplier<V> maker) {
        V known = values.get(name);
        if (known != null) {
            return known;
        }
        Key key = new Key(hash(name), name);
        if (full && order.size() >= limit && key.compareTo(order.last()) > 0) {
            return null;
        }
        V made = maker.get();
        values.put(name, made);
        order.add(key);
        trim();
        return values.get(name);
    }

    /** Sets the value of a name that is kept. */
    void set(String name, V value) {
        if (values.containsKey(name)) {
            values.put(name, value);
        }
    }

    /** Keeps fewer names from now on, never more. */
    void limit(int most) {
        limit = Math.min(limit, most);
        trim();
    }

    /** The other one has dropped names. */
    void merged(boolean otherIsFull) {
        full |= otherIsFull;
        trim();
    }

    private void trim() {
        while (order.size() > limit) {
            Key last = order.pollLast();
            if (last != null) {
                values.remove(last.name());
            }
            full = true;
        }
    }

    /** {@return the number of all names, estimated if some were dropped: they are spread evenly over the hashes} */
    long estimate() {
        if (!full || order.isEmpty()) {
            return order.size();
        }
        double share = ((order.last().hash() >>> 11) + 1) / (double) (1L << 53);
        return Math.max(order.size(), Math.round((order.size() - 1) / share));
    }

    /** FNV-1a over the characters, and the finaliser of MurmurHash3, which spreads it over all bits. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
