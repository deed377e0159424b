package dev.backline.cli.explain;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.symbolize.PrintOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline explain}.
 *
 * @param kernel the options that name the kernel
 * @param print what to print of each frame
 * @param format {@code --format}
 * @param context source lines before and after the line ({@code --context})
 * @param all whether to print every frame, variable and instruction ({@code --all})
 * @param strict {@code --strict}
 * @param output {@code -o}, or null for standard output
 * @param logs the files to read, {@code -} for standard input
 */
record ExplainOptions(
        KernelOptions kernel,
        PrintOptions print,
        Format format,
        int context,
        boolean all,
        boolean strict,
        @Nullable Path output,
        List<String> logs) {
    private static final int DEFAULT_CONTEXT = 2;
    private static final int MAX_CONTEXT = 1000;

    ExplainOptions {
        logs = List.copyOf(logs);
    }

    /** {@code --format}. */
    enum Format {
        TEXT,
        MARKDOWN,
        JSON,
        HTML
    }

    /** {@return the source tree of {@code --source}, or null} */
    @Nullable
    Path source() {
        return print.source();
    }

    /**
     * Reads a command line.
     *
     * @return the options, or null when help was asked for
     */
    static @Nullable ExplainOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.read(CommandTable.explain(), arguments);
        if (given.wantsHelp()) {
            return null;
        }
        List<String> logs = given.operands();
        return new ExplainOptions(
                KernelOptions.of(given),
                PrintOptions.of(given),
                given.choice("--format", Format.TEXT),
                given.number("--context", DEFAULT_CONTEXT, 0, MAX_CONTEXT),
                given.has("--all"),
                given.has("--strict"),
                given.file("-o"),
                logs.isEmpty() ? List.of("-") : logs);
    }
}
