/**
 * What several packages need and what is no part of their subjects: values computed on first use, files that
 * get their name only when they are complete, leftovers of interrupted runs, loops over all processors, names similar to
 * a misspelt one. Imports nothing else of backline.
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
