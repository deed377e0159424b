/**
 * Hostile captures and kernel logs: what comes in are recordings as Jazzer mutates them, what must come out are events and
 * diagnoses, in bounded time and a heap of 256 MB.
 *
 * <pre>{@code
 * fixtures/fuzz --seconds 3600 capture kernelLog
 * }</pre>
 */
@NullMarked
package dev.backline.fuzz;

import org.jspecify.annotations.NullMarked;
