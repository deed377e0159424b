/**
 * What all commands share: arguments, options, help, output, colours, progress and exit statuses. Imports no command.
 *
 * <pre>{@code
 * Console console = new Console(System.in, new Output(System.out), System.err, System.getenv(), false, false);
 * int status = command.run(arguments, console);
 * }</pre>
 */
@NullMarked
package dev.backline.cli.console;

import org.jspecify.annotations.NullMarked;
