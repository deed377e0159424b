package dev.backline.kernel;

import dev.backline.trace.FrameReference;
import org.jspecify.annotations.Nullable;

/**
 * Where the traced boot had a symbol, as its log or kallsyms says.
 *
 * @param symbol its name, compiler suffixes and all
 * @param module the module that defines it, null for the kernel itself
 * @param address of its first byte, in the traced boot's memory
 */
public record SymbolAddress(String symbol, @Nullable String module, long address) {
    /** {@return what a frame says that shows address and symbol; null for one that does not show both} */
    public static @Nullable SymbolAddress of(FrameReference frame) {
        String symbol = frame.symbol();
        Long address = frame.address();
        return symbol == null || address == null
                ? null
                : new SymbolAddress(symbol, frame.module(), address - frame.offset());
    }
}
