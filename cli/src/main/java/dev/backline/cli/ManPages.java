package dev.backline.cli;

import dev.backline.cli.console.Specs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the manual pages of section 1, in the man(7) macros, from the same specifications as {@code --help}. */
public final class ManPages {
    private static final String EXAMPLES = "Examples:";

    private final String version;
    private final StringBuilder page = new StringBuilder();

    private ManPages(String version) {
        this.version = version;
    }

    /**
     * Writes {@code backline.1} and {@code backline-COMMAND.1} of each command.
     *
     * @param args the directory, which is made if need be; the version that stands in the pages' footers
     */
    public static void main(String[] args) {
        try {
            Path directory = Files.createDirectories(Path.of(args[0]));
            CommandSpec root = Specs.root();
            Files.writeString(directory.resolve("backline.1"), of(root, args[1]));
            for (CommandLine command : root.subcommands().values()) {
                CommandSpec spec = command.getCommandSpec();
                Files.writeString(directory.resolve(pageName(spec) + ".1"), of(spec, args[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the manual page of one command} */
    static String of(CommandSpec spec, String version) {
        return new ManPages(version).write(spec);
    }

    private static String pageName(CommandSpec spec) {
        String parent = spec.parent() == null ? "" : spec.parent().name() + "-";
        String name = spec.name();
        return parent + name.substring(name.lastIndexOf(' ') + 1);
    }

    private String write(CommandSpec spec) {
        String name = pageName(spec);
        String description = String.join(" ", spec.usageMessage().description());
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "backline " + version, "User Commands");
        macro("SH", "NAME");
        text(name + " - " + summary(description));
        macro("SH", "SYNOPSIS");
        text(synopsis(spec));
        macro("SH", "DESCRIPTION");
        text(description);
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            argument(parameter.paramLabel(), parameter);
        }
        if (!spec.subcommands().isEmpty()) {
            macro("SH", "COMMANDS");
            for (CommandLine command : spec.subcommands().values()) {
                CommandSpec sub = command.getCommandSpec();
                macro("TP");
                text(pageName(sub) + "(1)");
                text(String.join(" ", sub.usageMessage().description()));
            }
        }
        macro("SH", "OPTIONS");
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                String names = String.join(", ", option.names());
                argument(option.arity().max() == 0 ? names : names + " " + option.paramLabel(), option);
            }
        }
        footer(Arrays.asList(spec.usageMessage().footer()));
        macro("SH", "SEE ALSO");
        text(
                spec.parent() == null
                        ? "The guide and the formats are in /usr/share/doc/backline, or in doc/ of the archive."
                        : "backline(1)");
        return page.toString();
    }

    private static String synopsis(CommandSpec spec) {
        String[] custom = spec.usageMessage().customSynopsis();
        if (custom.length > 0) {
            return String.join(" ", custom);
        }
        StringBuilder synopsis = new StringBuilder(spec.name()).append(" [OPTION]...");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String label = parameter.paramLabel();
            String more = parameter.arity().max() > 1 ? "..." : "";
            synopsis.append(' ').append(parameter.required() ? label + more : "[" + label + "]" + more);
        }
        return synopsis.toString();
    }

    /** What the index of all pages shows: the first sentence, up to its first colon. */
    private static String summary(String description) {
        String sentence = description;
        for (String end : List.of(". ", ": ")) {
            int at = sentence.indexOf(end);
            sentence = at < 0 ? sentence : sentence.substring(0, at);
        }
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private void argument(String label, ArgSpec argument) {
        macro("TP");
        text(label);
        text(String.join(" ", argument.description()));
    }

    /** Lines as they are: they are laid out for a terminal. What follows "Examples:" gets a section of its own. */
    private void footer(List<String> lines) {
        int examples = lines.indexOf(EXAMPLES);
        List<String> notes = examples < 0 ? lines : lines.subList(0, examples);
        if (notes.stream().anyMatch(line -> !line.isBlank())) {
            macro("SH", "NOTES");
            verbatim(notes);
        }
        if (examples >= 0) {
            macro("SH", "EXAMPLES");
            verbatim(lines.subList(examples + 1, lines.size()));
        }
    }

    private void verbatim(List<String> lines) {
        macro("nf");
        boolean begun = false;
        for (String line : lines) {
            begun |= !line.isBlank();
            if (begun) {
                text(line);
            }
        }
        macro("fi");
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
    }

    /** A line of text; a dot or an apostrophe at its beginning would be a request. */
    private void text(String line) {
        String escaped = escape(line);
        if (escaped.startsWith(".") || escaped.startsWith("'") || escaped.startsWith("\\(aq")) {
            page.append("\\&");
        }
        page.append(escaped).append('\n');
    }

    /** Characters that troff changes, so that options and quotes can be copied out of the page; %% is picocli's. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        String plain = text.replace("%%", "%");
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
