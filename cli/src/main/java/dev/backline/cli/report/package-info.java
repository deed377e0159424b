/**
 * The command {@code backline report}: captures and the evidence beside them come in; diagnosed events and groups go out as
 * text, JSON or HTML, once or as the capture grows.
 *
 * <pre>{@code
 * int status = new Report().run(List.of("--kernel-log", "dmesg.txt", "rst.log"), console);
 * }</pre>
 */
@NullMarked
package dev.backline.cli.report;

import org.jspecify.annotations.NullMarked;
