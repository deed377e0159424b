package dev.backline.dwarf.types;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An enumeration.
 *
 * @param name the name after {@code enum}, or null if there is none
 * @param byteSize the size of a value
 * @param enumerators in the order of the declaration
 */
public record Enumeration(@Nullable String name, long byteSize, List<Enumerator> enumerators) {
    public Enumeration {
        enumerators = List.copyOf(enumerators);
    }

    /**
     * An enumerator.
     *
     * @param name DW_AT_name
     * @param value DW_AT_const_value
     */
    public record Enumerator(String name, long value) {}

    /**
     * {@return the value of the enumerator with this name, or null}
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
     * {@return the name of the first enumerator with this value, or null}
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
