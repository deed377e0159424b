package dev.backline.cli.report;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.OptionTable;
import dev.backline.cli.console.Specs;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.symbolize.SymbolizeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline report}.
 *
 * @param symbolize those that it shares with {@code symbolize}
 * @param format {@code --format}
 * @param kernelLogs {@code --kernel-log}
 * @param conntrack {@code --conntrack}
 * @param packets {@code --pcap}
 * @param output {@code -o}, or null for standard output
 * @param follow {@code --follow}: the last capture grows
 * @param captures the files to read, {@code -} for standard input
 */
record ReportOptions(
        SymbolizeOptions symbolize,
        Format format,
        List<Path> kernelLogs,
        List<Path> conntrack,
        List<PacketSource> packets,
        @Nullable Path output,
        boolean follow,
        List<String> captures) {

    /** {@code --format}. */
    enum Format {
        TEXT,
        JSON,
        HTML
    }

    /**
     * A packet capture.
     *
     * @param name of the place it was captured at
     */
    record PacketSource(String name, Path file) {
        private static List<PacketSource> of(List<String> texts) throws UsageException {
            List<PacketSource> sources = new ArrayList<>();
            for (String text : texts) {
                int equals = text.indexOf('=');
                String file = text.substring(equals + 1);
                if (equals == 0 || file.isEmpty()) {
                    throw new UsageException("--pcap takes FILE or NAME=FILE, not '" + text + "'");
                }
                // What stands before a = may be a folder's name.
                boolean named = equals > 0 && text.lastIndexOf('/', equals) < 0;
                Path path = Path.of(named ? file : text);
                Path last = path.getFileName();
                sources.add(new PacketSource(
                        named ? text.substring(0, equals) : String.valueOf(last == null ? path : last), path));
            }
            return List.copyOf(sources);
        }
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
        Format format = given.choice("--format", Format.TEXT);
        if (symbolize.source() != null && format != Format.HTML) {
            throw new UsageException("--source is for --format html, which has room for the source around each line");
        }
        return new ReportOptions(
                symbolize,
                format,
                given.files("--kernel-log"),
                given.files("--conntrack"),
                PacketSource.of(given.texts("--pcap")),
                given.file("-o"),
                given.has("--follow"),
                given.operands());
    }
}
