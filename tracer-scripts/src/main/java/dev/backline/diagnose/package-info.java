/**
 * Why a RST was sent.
 *
 * <p>In come captures, what else was recorded ({@link dev.backline.diagnose.Evidence}) and kernels to symbolise with; out go
 * events with their causes, and groups of events with the same cause and stack. {@link dev.backline.diagnose.CaptureAnalysis}
 * does all of this. {@link dev.backline.diagnose.Diagnoser} is its last step, for programs that have the events and the
 * resolved stacks already: a {@link dev.backline.diagnose.Diagnosis} has one cause, how certain it is, the evidence for it,
 * what would settle it, and remedies with their price. The rules are a table, {@code rules.txt} beside these classes. What an
 * event does not tell leaves a rule open; the causes of open rules are the candidates.
 *
 * <pre>{@code
 * try (CaptureAnalysis analysis = new CaptureAnalysis(kernels, LogOptions.DEFAULT, evidence, event -> {})) {
 *     analysis.read("rst.log", in);
 *     analysis.finish();
 *     analysis.groups().forEach(group -> System.out.println(group.diagnosis().cause().title()));
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.diagnose;

import org.jspecify.annotations.NullMarked;
