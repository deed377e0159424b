package dev.backline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An enumeration.
 *
 * @param name its tag, or null where it has none
 * @param byteSize of a value
 * @param enumerators in the order of the declaration
 */
public record Enumeration(@Nullable String name, long byteSize, List<Enumerator> enumerators) {
    public Enumeration {
        enumerators = List.copyOf(enumerators);
    }

    /**
     * One of its names.
     *
     * @param name DW_AT_name
     * @param value DW_AT_const_value
     */
    public record Enumerator(String name, long value) {}

    /**
     * {@return the value of the enumerator, or null when there is none of that name}
     *
     * @param enumerator DW_AT_name
     */
    public @Nullable Long value(String enumerator) {
        for (Enumerator each : enumerators) {
            if (each.name().equals(enumerator)) {
                return each.value();
            }
        }
        return null;
    }

    /**
     * {@return the first name of the value, or null when it has none}
     *
     * @param value DW_AT_const_value
     */
    public @Nullable String name(long value) {
        for (Enumerator each : enumerators) {
            if (each.value() == value) {
                return each.name();
            }
        }
        return null;
    }
}
