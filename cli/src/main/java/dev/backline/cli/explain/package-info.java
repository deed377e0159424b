/**
 * The command {@code backline explain}: logs come in; what went wrong in each of their crash reports goes out as text,
 * Markdown, JSON Lines or HTML. All three forms for people show the same {@link dev.backline.cli.explain.CrashPage}.
 *
 * <pre>{@code
 * int status = Main.run(console, "explain", "--format", "markdown", "crash.log");
 * }</pre>
 */
@NullMarked
package dev.backline.cli.explain;

import org.jspecify.annotations.NullMarked;
