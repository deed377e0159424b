package dev.backline.cli;

import dev.backline.cli.console.CommandDeclaration;
import dev.backline.cli.console.CommandDeclaration.Example;
import dev.backline.cli.console.CommandDeclaration.Operand;
import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Section;
import dev.backline.cli.console.CommandDeclaration.Status;
import dev.backline.cli.console.CommandTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes the manual pages of section 1, in the man(7) macros, from the same declarations as {@code --help}. */
public final class ManPages {
    private final String version;
    private final StringBuilder page = new StringBuilder();

    private ManPages(String version) {
        this.version = version;
    }

    /**
     * Writes {@code backline.1} and {@code backline-COMMAND.1} of each command.
     *
     * @param args the directory, which is created if needed; the version in the pages' footers
     */
    public static void main(String[] args) {
        try {
            Path directory = Files.createDirectories(Path.of(args[0]));
            CommandDeclaration root = CommandTable.root();
            Files.writeString(directory.resolve("backline.1"), of(root, args[1]));
            for (CommandDeclaration command : root.commands()) {
                Files.writeString(directory.resolve(pageName(command) + ".1"), of(command, args[1]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the manual page of one command} */
    static String of(CommandDeclaration command, String version) {
        return new ManPages(version).write(command);
    }

    private static String pageName(CommandDeclaration command) {
        return command.name().replace(' ', '-');
    }

    private String write(CommandDeclaration command) {
        String name = pageName(command);
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "backline " + version, "User Commands");
        macro("SH", "NAME");
        text(name + " - " + withoutFullStop(command.summary()));
        macro("SH", "SYNOPSIS");
        macro("nf");
        command.synopses().forEach(this::text);
        macro("fi");
        macro("SH", "DESCRIPTION");
        text(command.summary());
        for (String note : command.notes()) {
            macro("PP");
            text(note);
        }
        if (!command.operands().isEmpty()) {
            macro("SH", "ARGUMENTS");
            for (Operand operand : command.operands()) {
                entry(operand.label(), operand.description());
            }
        }
        if (!command.commands().isEmpty()) {
            macro("SH", "COMMANDS");
            for (CommandDeclaration each : command.commands()) {
                entry(pageName(each) + "(1)", each.summary());
            }
        }
        macro("SH", "OPTIONS");
        for (Section section : command.sections()) {
            // A single section needs no title besides OPTIONS.
            if (command.sections().size() > 1) {
                macro("SS", section.title());
            }
            for (Option option : section.options()) {
                entry(option.usage(), option.help());
            }
        }
        macro("SH", "EXIT STATUS");
        for (Status status : command.statuses()) {
            entry(Integer.toString(status.code()), status.meaning());
        }
        macro("SH", "EXAMPLES");
        macro("nf");
        for (Example example : command.examples()) {
            text(example.purpose() + ":");
            text("  " + example.command());
        }
        macro("fi");
        macro("SH", "SEE ALSO");
        text(
                command.commands().isEmpty()
                        ? "backline(1)"
                        : "The guide and the formats are in /usr/share/doc/backline, or in doc/ of the archive.");
        return page.toString();
    }

    private static String withoutFullStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private void entry(String label, String description) {
        macro("TP");
        text(label);
        text(description);
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

    /** Escapes the characters that troff changes, so that options and quotes can be copied from the page. */
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
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
