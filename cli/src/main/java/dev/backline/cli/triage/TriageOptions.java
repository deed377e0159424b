package dev.backline.cli.triage;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Color;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline triage}.
 *
 * @param kernel the options that name the kernel
 * @param format {@code --format}
 * @param color {@code --color}
 * @param top {@code --top}: the most groups to print
 * @param jobs {@code --jobs}: the number of threads
 * @param strict {@code --strict}
 * @param output {@code -o}, or null for standard output
 * @param inputs logs, directories and archives, {@code -} for standard input
 */
record TriageOptions(
        KernelOptions kernel,
        Format format,
        Color color,
        int top,
        int jobs,
        boolean strict,
        @Nullable Path output,
        List<String> inputs) {
    /** More groups than people read. */
    private static final int PEOPLE_READ = 50;

    TriageOptions {
        inputs = List.copyOf(inputs);
    }

    /** {@code --format}. */
    enum Format {
        TEXT,
        JSON,
        HTML
    }

    /**
     * Reads a command line.
     *
     * @return the options, or null when help was asked for
     */
    static @Nullable TriageOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.read(CommandTable.triage(), arguments);
        if (given.wantsHelp()) {
            return null;
        }
        Format format = given.choice("--format", Format.TEXT);
        return new TriageOptions(
                KernelOptions.of(given),
                format,
                given.choice("--color", Color.AUTO),
                given.number("--top", format == Format.JSON ? Integer.MAX_VALUE : PEOPLE_READ, 1, Integer.MAX_VALUE),
                given.number("--jobs", Runtime.getRuntime().availableProcessors(), 1, Integer.MAX_VALUE),
                given.has("--strict"),
                given.file("-o"),
                given.operands());
    }
}
