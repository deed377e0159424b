package dev.backline.trace;

import org.jspecify.annotations.Nullable;

/**
 * A run-time address that a log prints beside a symbol. With an offset, {@code address - offset} is the load address of
 * the symbol; without one, the address is somewhere in the symbol.
 *
 * @param address the run-time address, KASLR offset included
 * @param symbol the function as written
 * @param offset from the symbol's start, in bytes; null if the log does not print it
 * @param module the module's name as written, null for the kernel itself
 */
public record AddressOfSymbol(
        long address,
        String symbol,
        @Nullable Long offset,
        @Nullable String module) {}
