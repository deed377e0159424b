package dev.backline.trace;

import org.jspecify.annotations.Nullable;

/**
 * An address that a log shows beside what it is the address of: {@code address - offset} is where the
 * symbol was loaded.
 *
 * @param address as it was at run time, KASLR and all
 * @param symbol the function as written
 * @param offset from the symbol's start, in bytes
 * @param module the module's name as written, null for the kernel itself
 */
public record AddressOfSymbol(
        long address, String symbol, long offset, @Nullable String module) {}
