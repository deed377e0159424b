package dev.backline.io;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cache with a maximum number of values and a maximum total weight. It always holds the most recently used values, up
 * to half of both maxima. Not thread-safe.
 *
 * <p>The cache has two generations. A value enters the younger generation when it is put, and again when it is found in
 * the older generation. When the younger generation reaches half of a maximum, it replaces the older one, whose values are
 * evicted. A hit therefore costs about as much as in a {@link HashMap}; no list in the order of use is needed.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@Internal
public class BoundedCache<K, V> {
    private final int maxCount;
    private final long maxWeight;
    private final boolean identity;
    private Map<K, V> younger;
    private Map<K, V> older;

    /** The weight of the younger generation. */
    private long weight;

    /**
     * An empty cache whose values have no weight.
     *
     * @param maxCount the largest number of values, from 2
     */
    public BoundedCache(int maxCount) {
        this(maxCount, 0, false);
    }

    /**
     * An empty cache.
     *
     * @param maxCount the largest number of values, from 2
     * @param maxWeight the largest total {@link #weight}; a value of more than half of it is not kept
     * @param identity whether keys are compared by identity instead of {@code equals}
     */
    public BoundedCache(int maxCount, long maxWeight, boolean identity) {
        this.maxCount = maxCount;
        this.maxWeight = maxWeight;
        this.identity = identity;
        younger = generation();
        older = generation();
    }

    private Map<K, V> generation() {
        return identity ? new IdentityHashMap<>() : new HashMap<>();
    }

    /**
     * {@return the weight of a value, the same each time} The default is 0.
     *
     * @param key the value's key
     * @param value the value
     */
    protected long weight(K key, V value) {
        return 0;
    }

    /**
     * {@return the value of a key; null if it is not in the cache}
     *
     * @param key the key
     */
    public final @Nullable V get(K key) {
        V value = younger.get(key);
        return value != null ? value : older(key);
    }

    private @Nullable V older(K key) {
        // Most caches never fill a generation.
        V value = older.isEmpty() ? null : older.remove(key);
        if (value != null) {
            add(key, value);
        }
        return value;
    }

    /**
     * Adds a value, and evicts others if there is no room.
     *
     * @param key its key
     * @param value the value; replaces the key's value, if any
     */
    public final void put(K key, V value) {
        remove(key);
        add(key, value);
    }

    /** Adds a value whose key is in neither generation. */
    private void add(K key, V value) {
        long added = weight(key, value);
        if (added > maxWeight / 2) {
            return;
        }
        if (younger.size() >= maxCount / 2 || weight + added > maxWeight / 2) {
            older = younger;
            younger = generation();
            weight = 0;
        }
        younger.put(key, value);
        weight += added;
    }

    private void remove(K key) {
        V value = younger.remove(key);
        if (value != null) {
            weight -= weight(key, value);
        }
        if (!older.isEmpty()) {
            older.remove(key);
        }
    }

    /**
     * Removes the values of some keys.
     *
     * @param condition selects the keys
     */
    public final void removeIf(Predicate<? super K> condition) {
        older.keySet().removeIf(condition);
        for (Iterator<Map.Entry<K, V>> each = younger.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<K, V> entry = each.next();
            if (condition.test(entry.getKey())) {
                weight -= weight(entry.getKey(), entry.getValue());
                each.remove();
            }
        }
    }

    /** Removes all values. */
    public final void clear() {
        younger = generation();
        older = generation();
        weight = 0;
    }
}
