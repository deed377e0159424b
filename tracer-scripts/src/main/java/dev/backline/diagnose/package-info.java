/**
 * Why a RST was sent.
 *
 * <p>In come a {@link dev.backline.capture.ProbeEvent}, its stack as resolved {@link
 * dev.backline.diagnose.CallStep}s and, where there is one, the {@link dev.backline.evidence.KernelLog}; out goes a
 * {@link dev.backline.diagnose.Diagnosis}: one cause with how sure it is, the evidence it rests on, what would settle it,
 * and remedies with their price. The rules are a table, {@code rules.txt} beside these classes; what an event does not tell
 * leaves a rule open, and the causes of open rules are the candidates.
 *
 * <pre>{@code
 * Diagnoser diagnoser = new Diagnoser(kernelLog);
 * Diagnosis why = diagnoser.diagnose(event, steps);
 * System.out.println(why.cause().title() + ", " + why.confidence());
 * }</pre>
 */
@NullMarked
package dev.backline.diagnose;

import org.jspecify.annotations.NullMarked;
