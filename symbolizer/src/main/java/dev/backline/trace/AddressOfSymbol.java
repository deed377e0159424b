package dev.backline.trace;

import org.jspecify.annotations.Nullable;

/**
 * A run-time address that a log prints beside a symbol and offset. {@code address - offset} is the load
 * address of the symbol.
 *
 * @param address the run-time address, KASLR offset included
 * @param symbol the function as written
 * @param offset from the symbol's start, in bytes
 * @param module the module's name as written, null for the kernel itself
 */
public record AddressOfSymbol(
        long address, String symbol, long offset, @Nullable String module) {}
