package dev.backline.crash;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The registers that a report prints, by their lower-case names: {@code rax}, {@code r8}, {@code x0}, {@code sp}, {@code
 * a0}, {@code cr2}, {@code far}. Immutable.
 *
 * @param values in the order of the report
 */
public record Registers(Map<String, Long> values) {
    /** No registers. */
    public static final Registers NONE = new Registers(Map.of());

    public Registers {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * {@return the value of a register; null if the report does not print it}
     *
     * @param name in lower case
     */
    public @Nullable Long get(String name) {
        return values.get(name);
    }
}
