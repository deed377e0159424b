package dev.backline.diagnose;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the debug information says of the call that a frame returns to (DWARF5 3.4).
 *
 * @param callee the function that is called; null for a call through a pointer
 * @param constants arguments that are constants at this call: position in the parameter list, from 0 → value
 * @param after the function that the call before this one in the code calls, {@code none} when it is the first, {@code
 *     pointer} for a call through a pointer
 * @param then the same of the call behind this one
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
