package dev.backline.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
    /** The weight of a text is its length. */
    private static BoundedCache<Integer, String> texts(int maxWeight) {
        return new BoundedCache<>(1000, maxWeight, false) {
            @Override
            protected long weight(Integer key, String value) {
                return value.length();
            }
        };
    }

    /** Starts at the last key, because each look-up counts as a use. */
    private static <V> List<Integer> held(BoundedCache<Integer, V> cache, int keys) {
        List<Integer> held = new ArrayList<>();
        for (int i = keys - 1; i >= 0; i--) {
            if (cache.get(i) != null) {
                held.add(0, i);
            }
        }
        return held;
    }

    @Test
    void returnsTheValuesThatWerePut() {
        BoundedCache<String, String> cache = new BoundedCache<>(10);
        assertThat(cache.get("key")).isNull();
        cache.put("key", "value");
        assertThat(cache.get("key")).isEqualTo("value");
        cache.put("key", "other");
        assertThat(cache.get("key")).isEqualTo("other");
    }

    @Test
    void keepsAtMostTheMaximumAndAtLeastTheLastHalfOfTheValues() {
        for (int count = 1; count < 40; count++) {
            BoundedCache<Integer, String> cache = new BoundedCache<>(10);
            for (int i = 0; i < count; i++) {
                cache.put(i, "value");
            }
            List<Integer> held = held(cache, count);
            assertThat(held).as("after %d values", count).hasSizeLessThanOrEqualTo(10);
            for (int i = Math.max(0, count - 5); i < count; i++) {
                assertThat(held).contains(i);
            }
        }
    }

    @Test
    void keepsAValueThatIsUsedOften() {
        BoundedCache<Integer, String> cache = new BoundedCache<>(10);
        cache.put(0, "value");
        for (int i = 1; i < 1000; i++) {
            cache.put(i, "value");
            assertThat(cache.get(0)).as("after %d values", i).isNotNull();
        }
    }

    @Test
    void keepsAtMostTheMaximumWeight() {
        BoundedCache<Integer, String> cache = texts(100);
        for (int i = 0; i < 100; i++) {
            cache.put(i, "x".repeat(7));
        }
        List<Integer> held = held(cache, 100);
        assertThat(held.size() * 7).isBetween(43, 100);
        assertThat(held).contains(99, 98, 97, 96, 95, 94, 93);
    }

    @Test
    void doesNotKeepAValueHeavierThanHalfTheMaximum() {
        BoundedCache<Integer, String> cache = texts(100);
        cache.put(0, "small");
        cache.put(1, "x".repeat(51));
        assertThat(held(cache, 2)).containsExactly(0);
    }

    @Test
    void subtractsTheWeightOfAReplacedValue() {
        BoundedCache<Integer, String> cache = texts(100);
        cache.put(0, "first");
        for (int i = 0; i < 1000; i++) {
            cache.put(1, "x".repeat(40));
        }
        assertThat(held(cache, 2)).containsExactly(0, 1);
    }

    @Test
    void removesTheKeysThatMeetACondition() {
        BoundedCache<Integer, String> cache = texts(100);
        for (int i = 0; i < 10; i++) {
            cache.put(i, "x".repeat(10));
        }
        cache.removeIf(key -> key % 2 == 0);
        assertThat(held(cache, 10)).containsExactly(1, 3, 5, 7, 9);
        cache.removeIf(key -> key != 9);
        cache.put(10, "x".repeat(40));
        assertThat(held(cache, 11)).containsExactly(9, 10);
        cache.clear();
        assertThat(held(cache, 11)).isEmpty();
    }

    @Test
    void comparesKeysByIdentityIfAskedTo() {
        BoundedCache<List<String>, String> cache = new BoundedCache<>(10, 0, true);
        List<String> key = new ArrayList<>(List.of("key"));
        cache.put(key, "value");
        assertThat(cache.get(new ArrayList<>(key))).isNull();
        key.add("changed");
        assertThat(cache.get(key)).isEqualTo("value");
    }
}
