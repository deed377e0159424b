/**
 * Mangled Rust symbols in, paths as written in the source out. Supports the v0 scheme (RFC 2603) and the legacy scheme;
 * returns null for other symbols, such as those of C.
 *
 * <pre>{@code
 * RustDemangler.demangle("_RNvCsdrcRWtUq8XC_6kernel4init"); // "kernel::init"
 * }</pre>
 */
@NullMarked
package dev.backline.demangle;

import org.jspecify.annotations.NullMarked;
