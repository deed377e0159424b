package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function.
 *
 * @param name as declared, or null where the declaration has none
 * @param type as declared
 */
public record Parameter(@Nullable String name, Type type) {}
