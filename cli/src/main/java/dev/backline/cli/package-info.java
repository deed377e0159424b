/**
 * The {@code backline} command: arguments and standard streams come in, text or JSON and an exit status go out. What
 * the commands do is done by the libraries; here is only what a library user would not want. Command specifications
 * are built by program, never from annotations: reading annotations costs more than all else at start-up.
 *
 * <pre>{@code
 * PrintWriter out = new PrintWriter(System.out, true);
 * PrintWriter err = new PrintWriter(System.err, true);
 * int status = Main.run(out, err, "--version");
 * }</pre>
 */
@NullMarked
package dev.backline.cli;

import org.jspecify.annotations.NullMarked;
