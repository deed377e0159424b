/**
 * What several packages need and what is not part of their subjects: values computed on first use, bounded caches, loops
 * on several threads, files that get their names only when they are complete, lists of numbers, hex digits and ASCII
 * tests, names similar to a misspelt one. Imports nothing else of backline.
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
