/**
 * Rust's mangled symbols come in, names as they stand in the source go out: v0 (RFC 2603) and the legacy scheme.
 *
 * <pre>{@code
 * RustDemangler.demangle("_RNvCsdrcRWtUq8XC_6kernel4init"); // "kernel::init"
 * }</pre>
 */
@NullMarked
package dev.backline.demangle;

import org.jspecify.annotations.NullMarked;
