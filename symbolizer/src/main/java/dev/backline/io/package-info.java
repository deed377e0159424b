/**
 * Helpers for several packages: values computed on first use, bounded caches, loops on several threads, atomically
 * replaced files, lists of numbers, hex and ASCII tests, suggestions for misspelt names. Imports no other package of
 * backline.
 *
 * <pre>{@code
 * try (NewFile file = NewFile.beside(Path.of("out.gsym"))) {
 *     file.write(bytes);
 *     file.commit();
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.io;

import org.jspecify.annotations.NullMarked;
