package dev.backline.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@link Triage}. Immutable.
 *
 * @param inputs files, folders and patterns; the topics of Kafka
 * @param output the folder of the tables
 * @param form how the inputs store logs
 * @param column the column with the log
 * @param idColumn the column with the log's name; null to name logs by file, by message, or by hash
 * @param hostColumn the column with the host, for logs that do not name their host; null for no such column
 * @param brokers the brokers of Kafka; empty for files
 * @param settings the settings of Spark that the options set
 * @param sourceOptions the options of Spark's source
 * @param trigger the interval between batches; empty to read what is new and end; null for a single batch
 * @param checkpoint the folder with the stream's progress
 * @param perBatch the most files or messages in a batch; 0 for no limit
 * @param overwrite whether to replace the tables of an earlier run
 * @param sorted whether each task sorts its logs by kernel
 */
record TriageOptions(
        List<String> inputs,
        String output,
        Form form,
        String column,
        @Nullable String idColumn,
        @Nullable String hostColumn,
        String brokers,
        Map<String, String> settings,
        Map<String, String> sourceOptions,
        @Nullable String trigger,
        String checkpoint,
        long perBatch,
        boolean overwrite,
        boolean sorted) {
    static final String HELP = """
            Usage: spark-submit [SPARK'S OPTIONS] --class dev.backline.spark.Triage backline-spark-...-all.jar
                       [OPTION]... -o DIR INPUT...
            Writes which bugs the crash reports of many logs show: Parquet tables reports, frames and groups.

            INPUT is a file, a folder or a pattern, on any file system that Spark reads; with --from kafka, a topic.

              -o, --output DIR         where the tables are written
                  --from FORM          text: each file is a log, also compressed (default); json: each line is an
                                       object with a log; parquet: each row has a log; kafka: each message is a log
                  --column NAME        the column with the log (default: log)
                  --id NAME            the column with the log's name (default: the file, the message, or a hash)
                  --host NAME          the column with the host, for logs that do not name one
                  --brokers LIST       HOST:PORT of Kafka's brokers, separated by commas
                  --option NAME=VALUE  an option of Spark's source; repeatable
                  --overwrite          replaces the tables and the checkpoint of an earlier run
                  --unsorted           does not sort the logs of a task by kernel: faster for few kernels

            Debug files, as for the command; on each executor:
              -d, --debug-dir DIR      files with debug information; repeatable
                  --store DIR          the indexes that backline index --store keeps, on any file system
              -e, --vmlinux FILE       the file of the only kernel
              -r, --release REL        the release of logs that name none
                  --memory SIZE        of the open kernels of an executor, such as 512m

            Streams:
                  --stream             reads what is new since the last run, in batches, and ends
                  --every TIME         goes on for ever, with a batch every 10s, 5m, ...
                  --checkpoint DIR     the stream's progress (default: _checkpoint in the output)
                  --per-batch N        the most files or messages in a batch

              -h, --help               prints this
            """;

    /** How logs are stored. */
    enum Form {
        TEXT,
        JSON,
        PARQUET,
        KAFKA
    }

    /** The arguments cannot be used; the message says why in one line. */
    static final class WrongUsage extends Exception {
        private static final long serialVersionUID = 1;

        WrongUsage(String message) {
            super(message);
        }
    }

    /** {@return the options; null if help is asked for} */
    static @Nullable TriageOptions parse(List<String> arguments) throws WrongUsage {
        Map<String, String> values = new HashMap<>();
        Map<String, String> sourceOptions = new HashMap<>();
        List<String> directories = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        boolean options = true;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!options || !word.startsWith("-") || word.equals("-")) {
                inputs.add(word);
                continue;
            }
            if (word.equals("--")) {
                options = false;
                continue;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String name = longName(equals < 0 ? word : word.substring(0, equals));
            switch (name) {
                case "--help" -> {
                    return null;
                }
                case "--overwrite", "--unsorted", "--stream" -> {
                    if (equals >= 0) {
                        throw new WrongUsage(name + " takes no value");
                    }
                    values.put(name, "");
                }
                default -> {
                    if (equals < 0 && ++i >= arguments.size()) {
                        throw new WrongUsage(name + " needs a value");
                    }
                    String value = equals < 0 ? arguments.get(i) : word.substring(equals + 1);
                    if (name.equals("--debug-dir")) {
                        directories.add(value);
                    } else if (name.equals("--option")) {
                        int at = value.indexOf('=');
                        if (at < 1) {
                            throw new WrongUsage("--option needs NAME=VALUE, not " + value);
                        }
                        sourceOptions.put(value.substring(0, at), value.substring(at + 1));
                    } else {
                        values.put(name, value);
                    }
                }
            }
        }
        return of(inputs, values, sourceOptions, directories);
    }

    private static String longName(String word) throws WrongUsage {
        return switch (word) {
            case "-h", "--help" -> "--help";
            case "-o", "--output" -> "--output";
            case "-d", "--debug-dir" -> "--debug-dir";
            case "-e", "--vmlinux" -> "--vmlinux";
            case "-r", "--release" -> "--release";
            case "--from",
                    "--column",
                    "--id",
                    "--host",
                    "--brokers",
                    "--option",
                    "--overwrite",
                    "--unsorted",
                    "--memory",
                    "--store",
                    "--stream",
                    "--every",
                    "--checkpoint",
                    "--per-batch" -> word;
            default -> throw new WrongUsage("unknown option " + word + "; --help lists the options");
        };
    }

    private static TriageOptions of(
            List<String> inputs,
            Map<String, String> values,
            Map<String, String> sourceOptions,
            List<String> directories)
            throws WrongUsage {
        String output = values.get("--output");
        if (output == null) {
            throw new WrongUsage("where to? -o DIR names the folder of the tables");
        }
        if (inputs.isEmpty()) {
            throw new WrongUsage("which logs? name files, folders or topics; --help shows how");
        }
        Form form = form(values.getOrDefault("--from", "text"));
        String brokers = values.getOrDefault("--brokers", "");
        if (form == Form.KAFKA && brokers.isEmpty()) {
            throw new WrongUsage("--from kafka needs --brokers HOST:PORT");
        }
        if ((form == Form.TEXT || form == Form.KAFKA)
                && (values.containsKey("--column") || values.containsKey("--id") || values.containsKey("--host"))) {
            throw new WrongUsage("--column, --id and --host are for --from json and --from parquet");
        }
        Map<String, String> settings = new HashMap<>();
        set(settings, Kernels.DEBUG_DIRS, directories.isEmpty() ? null : String.join(",", directories));
        set(settings, Kernels.VMLINUX, values.get("--vmlinux"));
        set(settings, Kernels.RELEASE, values.get("--release"));
        set(settings, Kernels.STORE, values.get("--store"));
        set(settings, Kernels.MEMORY, values.get("--memory"));
        String every = values.get("--every");
        return new TriageOptions(
                List.copyOf(inputs),
                output,
                form,
                values.getOrDefault("--column", "log"),
                values.get("--id"),
                values.get("--host"),
                brokers,
                Map.copyOf(settings),
                Map.copyOf(sourceOptions),
                every != null ? interval(every) : values.containsKey("--stream") ? "" : null,
                values.getOrDefault("--checkpoint", output + "/_checkpoint"),
                number(values.getOrDefault("--per-batch", "0")),
                values.containsKey("--overwrite"),
                !values.containsKey("--unsorted"));
    }

    private static void set(Map<String, String> settings, String name, @Nullable String value) {
        if (value != null) {
            settings.put(name, value);
        }
    }

    private static Form form(String name) throws WrongUsage {
        for (Form each : Form.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
                return each;
            }
        }
        throw new WrongUsage("--from is text, json, parquet or kafka, not " + name);
    }

    private static long number(String text) throws WrongUsage {
        if (!text.matches("\\d{1,18}")) {
            throw new WrongUsage("--per-batch needs a number, not " + text);
        }
        return Long.parseLong(text);
    }

    /** The interval as Spark wants it. */
    private static String interval(String text) throws WrongUsage {
        if (!text.matches("[1-9]\\d{0,8}[smh]")) {
            throw new WrongUsage("--every needs a time such as 10s, 5m or 1h, not " + text);
        }
        String number = text.substring(0, text.length() - 1);
        return number
                + switch (text.charAt(text.length() - 1)) {
                    case 's' -> " seconds";
                    case 'm' -> " minutes";
                    default -> " hours";
                };
    }
}
