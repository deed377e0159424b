/**
 * Bytes as collected in, the kernel's own lines out. A {@link dev.backline.intake.LogInput} decompresses a log and
 * decodes UTF-16. A {@link dev.backline.intake.LogReader} finds the kernel's lines inside JSON, CSV, HTML and quoted or
 * wrapped mail, and cuts off the prefixes of log collectors. Each {@link dev.backline.intake.KernelLine} knows the way
 * back: where in the input a text must be inserted, and how it must be escaped there. Nothing of the input is lost, and
 * memory is bounded.
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
