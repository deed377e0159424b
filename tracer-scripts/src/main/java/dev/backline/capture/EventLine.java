package dev.backline.capture;

import dev.backline.io.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code key=value} words of event lines. Values that are equal to those of the previous line are shared with it.
 * Not thread-safe.
 */
final class EventLine {
    /** More fields than any format has; a hostile line may have a million. */
    private static final int MAX_FIELDS = 100;

    /** Script versions and unreadable fields lead to a few different orders of keys. */
    private static final int MAX_ORDERS = 16;

    /** Longer values are not kept. */
    private static final int MAX_SHARED = 64;

    /** Keys in the order of a line, with the values of the last line with the same keys. */
    private static final class Order {
        private final byte[][] keys;
        private final String[] names;

        /** The index of each word's field; −1 for a repeated key. */
        private final int[] fields;

        private final EventFields.Keys shared;
        private final @Nullable String[] raw;
        private final @Nullable String[] values;

        Order(byte[][] keys) {
            this.keys = keys;
            names = new String[keys.length];
            fields = new int[keys.length];
            raw = new String[keys.length];
            values = new String[keys.length];
            Set<String> seen = new HashSet<>();
            List<String> distinct = new ArrayList<>();
            for (int i = 0; i < keys.length; i++) {
                names[i] = new String(keys[i], StandardCharsets.ISO_8859_1);
                fields[i] = seen.add(names[i]) ? distinct.size() : -1;
                if (fields[i] >= 0) {
                    distinct.add(names[i]);
                }
            }
            shared = new EventFields.Keys(distinct.toArray(new String[0]));
        }
    }

    /** Decodes a printed value; null when it is not a value. */
    @FunctionalInterface
    interface Meaning {
        @Nullable
        String of(String key, String value);
    }

    private final List<Order> orders = new ArrayList<>();
    private final Meaning meaning;
    private final int[] keyAt = new int[MAX_FIELDS];
    private final int[] valueAt = new int[MAX_FIELDS];
    private final int[] endAt = new int[MAX_FIELDS];
    private int words;
    private boolean mayHoldFrame;

    EventLine(Meaning meaning) {
        this.meaning = meaning;
    }

    /** Forgets decoded values, because their meaning has changed. */
    void forget() {
        orders.clear();
    }

    /** Whether the last line may contain a frame of a stack: a + before a digit, or a &lt;. */
    boolean mayHoldFrame() {
        return mayHoldFrame;
    }

    /**
     * Reads words. The first word of each key counts; words without {@code =} are skipped.
     *
     * @param rest a key whose value is the whole rest of the line; null for none
     */
    Map<String, String> read(byte[] line, int from, int to, @Nullable String rest) {
        scan(line, from, to);
        Order order = order(line);
        int count = order.keys.length;
        @Nullable String[] values = new String[order.shared.size()];
        for (int i = 0; i < count; i++) {
            int field = order.fields[i];
            if (field < 0) {
                continue;
            }
            boolean isRest = order.names[i].equals(rest);
            int end = isRest ? to : endAt[i];
            String last = order.raw[i];
            if (last == null || !isSame(line, valueAt[i], end, last)) {
                String raw = new String(line, valueAt[i], end - valueAt[i], StandardCharsets.ISO_8859_1);
                String value = isRest ? raw : meaning.of(order.names[i], raw);
                values[field] = value;
                boolean keeps = raw.length() <= MAX_SHARED;
                order.raw[i] = keeps ? raw : null;
                order.values[i] = keeps ? value : null;
            } else {
                values[field] = order.values[i];
            }
        }
        return new EventFields(order.shared, values);
    }

    private void scan(byte[] line, int from, int to) {
        words = 0;
        mayHoldFrame = false;
        int start = from;
        int equals = -1;
        for (int i = from; i <= to; i++) {
            byte c = i < to ? line[i] : (byte) ' ';
            if (c > '=') {
                continue;
            }
            if (c == ' ') {
                if (equals > start && equals + 1 < i && words < MAX_FIELDS) {
                    keyAt[words] = start;
                    valueAt[words] = equals + 1;
                    endAt[words] = i;
                    words++;
                }
                start = i + 1;
                equals = -1;
            } else if (c == '=') {
                equals = equals < 0 ? i : equals;
            } else if (c == '<' || (c == '+' && i + 1 < to && Ascii.isDigit(line[i + 1]))) {
                mayHoldFrame = true;
            }
        }
    }

    /** The order of the line's keys, shared with earlier lines where possible. */
    private Order order(byte[] line) {
        for (int i = orders.size() - 1; i >= 0; i--) {
            if (isOf(line, orders.get(i))) {
                return orders.get(i);
            }
        }
        byte[][] keys = new byte[words][];
        for (int i = 0; i < words; i++) {
            keys[i] = new byte[valueAt[i] - 1 - keyAt[i]];
            System.arraycopy(line, keyAt[i], keys[i], 0, keys[i].length);
        }
        Order order = new Order(keys);
        if (orders.size() == MAX_ORDERS) {
            orders.remove(0);
        }
        orders.add(order);
        return order;
    }

    private boolean isOf(byte[] line, Order order) {
        if (order.keys.length != words) {
            return false;
        }
        for (int i = 0; i < words; i++) {
            byte[] key = order.keys[i];
            int at = keyAt[i];
            if (valueAt[i] - 1 - at != key.length) {
                return false;
            }
            for (int j = 0; j < key.length; j++) {
                if (line[at + j] != key[j]) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isSame(byte[] line, int from, int to, String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = to - 1; i >= from; i--) {
            if ((line[i] & 0xff) != text.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }
}
