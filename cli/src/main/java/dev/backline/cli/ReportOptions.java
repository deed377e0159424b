package dev.backline.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline report}.
 *
 * @param symbolize those that it shares with {@code symbolize}
 * @param format {@code --format}
 * @param kernelLogs {@code --kernel-log}
 * @param output {@code -o}, or null for standard output
 * @param captures the files to read, {@code -} for standard input
 */
record ReportOptions(
        SymbolizeOptions symbolize,
        Format format,
        List<Path> kernelLogs,
        @Nullable Path output,
        List<String> captures) {

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
    static @Nullable ReportOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.scan(OptionTable.report(), arguments);
        if (given == null) {
            given = Arguments.parse("report", Specs.report(), arguments);
        }
        if (given.wantsHelp()) {
            return null;
        }
        if (given.operands().isEmpty()) {
            throw new UsageException("report wants a capture: backline report rst.log, or - for standard input;"
                    + " try: backline report --help");
        }
        SymbolizeOptions symbolize = SymbolizeOptions.of(given, SymbolizeOptions.Format.TEXT);
        Format format = SymbolizeOptions.choice(given, "--format", Format.TEXT);
        if (symbolize.source() != null && format != Format.HTML) {
            throw new UsageException("--source is for --format html, which has room for the source around each line");
        }
        return new ReportOptions(symbolize, format, given.files("--kernel-log"), given.file("-o"), given.operands());
    }
}
