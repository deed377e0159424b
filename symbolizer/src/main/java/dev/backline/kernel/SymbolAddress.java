package dev.backline.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Where the traced boot had a symbol.
 *
 * @param symbol its name, compiler suffixes and all
 * @param module the module that defines it, null for the kernel itself
 * @param address of its first byte, in the traced boot's memory
 */
record SymbolAddress(String symbol, @Nullable String module, long address) {}
