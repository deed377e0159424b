package dev.backline.cli.console;

import dev.backline.cli.console.CommandDeclaration.Example;
import dev.backline.cli.console.CommandDeclaration.Operand;
import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Section;
import dev.backline.cli.console.CommandDeclaration.Status;

/** Formats the help of a command in {@value #WIDTH} columns. picocli could, but its classes take 60 ms to load. */
final class HelpPage {
    private static final int WIDTH = 90;
    /** The column in which descriptions begin. A longer label has a line of its own. */
    private static final int DESCRIPTIONS = 26;

    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean color;
    private final StringBuilder page = new StringBuilder();

    private HelpPage(boolean color) {
        this.color = color;
    }

    static String of(CommandDeclaration command, boolean color) {
        return new HelpPage(color).text(command);
    }

    /** {@return usage and examples only, for a command line without a command} */
    static String brief(CommandDeclaration command) {
        HelpPage help = new HelpPage(false);
        help.usage(command);
        help.examples(command);
        help.example(new Example("Show all commands", command.name() + " --help"));
        return help.page.toString();
    }

    private String text(CommandDeclaration command) {
        usage(command);
        page.append('\n');
        paragraph(command.summary(), 0);
        if (!command.commands().isEmpty()) {
            title("Commands");
            for (CommandDeclaration each : command.commands()) {
                entry(each.shortName(), each.summary());
            }
        }
        if (!command.operands().isEmpty()) {
            title("Arguments");
            for (Operand operand : command.operands()) {
                entry(operand.label(), operand.description());
            }
        }
        for (Section section : command.sections()) {
            title(section.title());
            for (Option option : section.options()) {
                entry(option.usage(), option.help());
            }
        }
        for (String note : command.notes()) {
            page.append('\n');
            paragraph(note, 0);
        }
        title("Exit status");
        for (Status status : command.statuses()) {
            page.append("  ")
                    .append(status.code())
                    .append("  ")
                    .append(status.meaning())
                    .append('\n');
        }
        examples(command);
        return page.toString();
    }

    private void usage(CommandDeclaration command) {
        String lead = "Usage: ";
        for (String synopsis : command.synopses()) {
            page.append(lead).append(synopsis).append('\n');
            lead = "       ";
        }
    }

    private void examples(CommandDeclaration command) {
        title("Examples");
        for (Example each : command.examples()) {
            example(each);
        }
    }

    private void example(Example example) {
        page.append("  ")
                .append(example.purpose())
                .append(":\n    ")
                .append(example.command())
                .append('\n');
    }

    private void title(String title) {
        page.append('\n')
                .append(color ? BOLD : "")
                .append(title)
                .append(':')
                .append(color ? PLAIN : "")
                .append('\n');
    }

    private void entry(String label, String description) {
        page.append("  ").append(color ? BOLD : "").append(label).append(color ? PLAIN : "");
        int column = 2 + label.length();
        if (column + 2 > DESCRIPTIONS) {
            page.append('\n');
            column = 0;
        }
        page.append(" ".repeat(DESCRIPTIONS - column));
        paragraph(description, DESCRIPTIONS);
    }

    /** Appends text, wrapped into lines that are indented except for the first. */
    private void paragraph(String text, int indent) {
        int column = indent;
        for (String word : text.split(" ", -1)) {
            if (column > indent && column + 1 + word.length() > WIDTH) {
                page.append('\n').append(" ".repeat(indent));
                column = indent;
            } else if (column > indent) {
                page.append(' ');
                column++;
            }
            page.append(word);
            column += word.length();
        }
        page.append('\n');
    }
}
