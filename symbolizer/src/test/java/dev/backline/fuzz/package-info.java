/**
 * Hostile input. What comes in are the small files of {@code fixtures/elf}, cut off, damaged at random or mutated by
 * Jazzer; what must come out is an answer or an error of one line, in bounded time and a heap of 256 MB.
 *
 * <p>The targets whose names end in {@code Grammar} are different: their input selects a sound file of a grammar, whose
 * generator knows the right answers, and then a few fields to damage.
 *
 * <pre>{@code
 * mvn verify -pl symbolizer -am          // each fuzz target on its seeds
 * mvn verify -pl symbolizer -am -Dslow   // truncations and 100,000 mutations too
 * fixtures/fuzz                          // each fuzz target for a minute, guided by coverage
 * fixtures/fuzz --seconds 3600 debugLine
 * }</pre>
 */
@NullMarked
package dev.backline.fuzz;

import org.jspecify.annotations.NullMarked;
