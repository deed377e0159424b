package dev.backline.diagnose;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The call that a frame returns to, according to the debug information (DWARF5 3.4).
 *
 * @param callee the function that is called; null for a call through a pointer
 * @param constants the arguments that are constants at this call: position in the parameter list, from 0 → value
 * @param after the callee of the previous call in the code; {@code none} when this call is the first, {@code pointer} for a
 *     call through a pointer
 * @param then the callee of the next call in the code, in the same way
 * @param reason the kernel's own reason where it is one of the constants: an enumerator of {@code enum sk_rst_reason}
 *     without its prefix; else null
 */
public record CallFacts(
        @Nullable String callee,
        Map<Integer, Long> constants,
        String after,
        String then,
        @Nullable String reason) {
    public CallFacts {
        constants = Map.copyOf(constants);
    }
}
