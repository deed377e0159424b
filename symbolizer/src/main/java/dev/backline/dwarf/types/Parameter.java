package dev.backline.dwarf.types;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function.
 *
 * @param name as declared, or null if the declaration has no name
 * @param type as declared
 */
public record Parameter(@Nullable String name, Type type) {}
