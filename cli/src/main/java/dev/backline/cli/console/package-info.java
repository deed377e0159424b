/**
 * Everything that all commands share: the table that declares them, arguments, help, output, colours, progress and exit
 * statuses. Words of a command line come in; options and a console go out. Imports no command.
 *
 * <pre>{@code
 * Console console = new Console(System.in, new Output(System.out), System.err, System.getenv(), false, false);
 * int status = command.run(arguments, console);
 * }</pre>
 */
@NullMarked
package dev.backline.cli.console;

import org.jspecify.annotations.NullMarked;
