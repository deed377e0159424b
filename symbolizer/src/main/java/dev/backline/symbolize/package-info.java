/**
 * From frame references to source frames. What stands here so far: symbols of Rust code come in as the compiler mangled
 * them, legacy or v0, and go out as a person would write them.
 */
@NullMarked
package dev.backline.symbolize;

import org.jspecify.annotations.NullMarked;
