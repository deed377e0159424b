package dev.backline.io;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cache of at most so many values, and of at most so much weight. It always holds the values that were used last, up to
 * half of both bounds. Not thread-safe.
 *
 * <p>It consists of two generations. A value enters the younger one, also when it is found in the older one. When the
 * younger one has half of a bound, it becomes the older one, and the values that were in the older one are forgotten. A hit
 * therefore costs no more than in a {@link HashMap}, where a list in the order of use would have to be kept.
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

    /** Of the younger generation. */
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
     * @param maxWeight the largest sum of {@link #weight} of the values. A value of more than half is not kept.
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
     * {@return what a value counts of the largest weight; the same each time} 0 unless a subclass says otherwise.
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
        V value = older.remove(key);
        if (value != null) {
            put(key, value);
        }
        return value;
    }

    /**
     * Keeps a value, and forgets others if there is no room.
     *
     * @param key its key
     * @param value takes the place of the key's value, if there is one
     */
    public final void put(K key, V value) {
        remove(key);
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
        older.remove(key);
    }

    /**
     * Forgets the values of some keys.
     *
     * @param condition tells which
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

    /** Forgets all values. */
    public final void clear() {
        younger = generation();
        older = generation();
        weight = 0;
    }
}
