/**
 * Finds the kernel's own lines in a log as it was collected. A {@link dev.backline.intake.LogInput} decompresses a log and
 * decodes UTF-16 and the bodies of mails. A {@link dev.backline.intake.LogReader} finds the kernel's lines inside JSON,
 * logfmt, YAML, CSV, HTML and quoted or wrapped mail, and cuts off the prefixes of log collectors. Each {@link dev.backline.intake.KernelLine} knows where
 * in the input a text must be inserted, and how it must be escaped there. Every byte of the input is in an
 * {@link dev.backline.intake.Excerpt}, and memory is bounded.
 *
 * <pre>{@code
 * LogReader log = new LogReader(LogInput.open("crash.json", in).text());
 * while (log.next()) {
 *     for (KernelLine line : log.excerpt().lines()) {
 *         line.text();       // RIP: 0010:tcp_v4_rcv+0x99b/0xee0
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.intake;

import org.jspecify.annotations.NullMarked;
