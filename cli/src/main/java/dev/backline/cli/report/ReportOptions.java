package dev.backline.cli.report;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.console.Wording;
import dev.backline.cli.symbolize.PrintOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline report}.
 *
 * @param kernel the options that name the kernel
 * @param print what to print of each frame
 * @param format {@code --format}
 * @param kernelLogs {@code --kernel-log}
 * @param conntrack {@code --conntrack}
 * @param packets {@code --pcap}
 * @param counters {@code --counters}
 * @param output {@code -o}, or null for standard output
 * @param all whether the text has every group, stack and sentence ({@code --all})
 * @param language {@code --lang}
 * @param redact whether addresses and names are replaced ({@code --redact})
 * @param follow whether to read on while the last capture grows ({@code --follow})
 * @param captures the files to read, {@code -} for standard input
 */
record ReportOptions(
        KernelOptions kernel,
        PrintOptions print,
        Format format,
        List<Path> kernelLogs,
        List<Path> conntrack,
        List<PacketSource> packets,
        List<Path> counters,
        @Nullable Path output,
        boolean all,
        Language language,
        boolean redact,
        boolean follow,
        List<String> captures) {

    /** {@code --format}. */
    enum Format {
        TEXT,
        JSON,
        HTML
    }

    /** {@code --lang}. */
    enum Language {
        EN,
        ZH;

        Wording wording() {
            return Wording.of(name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * A packet capture.
     *
     * @param name the place of the capture
     */
    record PacketSource(String name, Path file) {
        private static List<PacketSource> of(List<String> texts) throws UsageException {
            List<PacketSource> sources = new ArrayList<>();
            for (String text : texts) {
                int equals = text.indexOf('=');
                String file = text.substring(equals + 1);
                if (equals == 0 || file.isEmpty()) {
                    throw new UsageException("--pcap must be FILE or NAME=FILE, not '" + text + "'");
                }
                // A = in a directory's name separates nothing.
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
        Arguments given = Arguments.read(CommandTable.report(), arguments);
        if (given.wantsHelp()) {
            return null;
        }
        PrintOptions print = PrintOptions.of(given);
        Format format = given.choice("--format", Format.TEXT);
        if (print.source() != null && format != Format.HTML) {
            throw given.wrong("--source needs --format html: the other formats show no source code");
        }
        return new ReportOptions(
                KernelOptions.of(given),
                print,
                format,
                given.files("--kernel-log"),
                given.files("--conntrack"),
                PacketSource.of(given.texts("--pcap")),
                given.files("--counters"),
                given.file("-o"),
                given.has("--all"),
                given.choice("--lang", Language.EN),
                given.has("--redact"),
                given.has("--follow"),
                given.operands());
    }
}
