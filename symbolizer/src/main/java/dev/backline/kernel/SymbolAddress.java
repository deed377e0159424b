package dev.backline.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The run-time address of a symbol in the traced boot.
 *
 * @param symbol the name, compiler suffixes included
 * @param module the module that defines it, null for the kernel itself
 * @param address the run-time address of the first byte
 */
record SymbolAddress(String symbol, @Nullable String module, long address) {}
