package dev.backline.server;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.UsageException;
import dev.backline.cli.explain.Explain;
import dev.backline.cli.report.Report;
import dev.backline.cli.symbolize.Symbolize;
import dev.backline.cli.triage.TriageCommand;
import dev.backline.symbolize.KernelPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What can be asked about a log: the commands that read one. */
// The lists and sets are List.of and Set.of, the runners static methods.
@SuppressWarnings("ImmutableEnumChecker")
enum Question {
    SYMBOLIZE(
            "symbolize",
            "frames",
            Symbolize::answer,
            List.of(Format.TEXT, Format.NDJSON, Format.JSON),
            "inlines",
            "links"),
    EXPLAIN(
            "explain",
            "reports",
            Explain::answer,
            List.of(Format.TEXT, Format.NDJSON, Format.JSON, Format.HTML, Format.MARKDOWN),
            "all",
            "links"),
    REPORT(
            "report",
            null,
            Report::answer,
            List.of(Format.TEXT, Format.NDJSON, Format.JSON, Format.HTML),
            "all",
            "lang",
            "links"),
    TRIAGE("triage", "groups", TriageCommand::answer, List.of(Format.TEXT, Format.NDJSON, Format.JSON));

    /** The name of standard input in command lines. */
    private static final String BODY = "-";

    /** The parameters that are options of all commands. */
    private static final String RELEASE = "release";

    /** For each parameter and value, the words of the command line. */
    private static final Map<String, Map<String, List<String>>> WORDS = Map.of(
            "all", Map.of("true", List.of("--all"), "false", List.of()),
            "inlines", Map.of("true", List.of(), "false", List.of("--no-inlines")),
            "links", Map.of("auto", List.of("--links", "auto"), "none", List.of()),
            "lang", Map.of("en", List.of("--lang", "en"), "zh", List.of("--lang", "zh")));

    private final String command;
    private final @Nullable String list;
    private final Runner runner;
    private final List<Format> formats;
    private final Set<String> parameters;

    /** Runs a command on standard input. */
    private interface Runner {
        void answer(List<String> arguments, Console console, KernelPool kernels) throws IOException, UsageException;
    }

    Question(String command, @Nullable String list, Runner runner, List<Format> formats, String... parameters) {
        this.command = command;
        this.list = list;
        this.runner = runner;
        this.formats = formats;
        this.parameters = Set.of(parameters);
    }

    /** {@return the question with a path, such as {@code /v1/explain}; null if no question has it} */
    static @Nullable Question at(String path) {
        for (Question each : values()) {
            if (path.equals(each.path())) {
                return each;
            }
        }
        return null;
    }

    String path() {
        return "/v1/" + command;
    }

    String command() {
        return command;
    }

    List<Format> formats() {
        return formats;
    }

    /** {@return the name of the list in a JSON object, whose elements are the command's lines; null if it prints one object} */
    @Nullable
    String list() {
        return list;
    }

    /** {@return the names of the parameters that the question has} */
    Set<String> parameters() {
        Set<String> all = new TreeSet<>(parameters);
        all.add(RELEASE);
        return all;
    }

    /**
     * {@return the command's arguments} No parameter can name a file.
     *
     * @param given the parameters of the request
     * @throws Refusal when a parameter or its value is unknown
     */
    List<String> arguments(Map<String, String> given, Format format) throws Refusal {
        List<String> words = new ArrayList<>(List.of("--format", format.option()));
        for (Map.Entry<String, String> each : given.entrySet()) {
            String name = each.getKey();
            String value = each.getValue();
            if (name.equals(RELEASE)) {
                if (!value.matches("[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}")) {
                    throw new Refusal(400, "The parameter release must be a kernel release, the output of uname -r.");
                }
                words.addAll(List.of("-r", value));
                continue;
            }
            Map<String, List<String>> values = parameters.contains(name) ? WORDS.get(name) : null;
            if (values == null) {
                throw new Refusal(400, "The parameters of " + path() + " are " + String.join(", ", parameters()) + ".");
            }
            List<String> option = values.get(value);
            if (option == null) {
                throw new Refusal(
                        400,
                        "The parameter " + name + " must be " + String.join(" or ", new TreeSet<>(values.keySet()))
                                + ".");
            }
            words.addAll(option);
        }
        if (this == TRIAGE) {
            words.addAll(List.of("--jobs", "1"));
        }
        words.add(BODY);
        return words;
    }

    /** Writes the answer to the console's output, and what else is to be said to its error output. */
    void answer(List<String> arguments, Console console, KernelPool kernels) throws IOException, UsageException {
        runner.answer(arguments, console, kernels);
    }
}
