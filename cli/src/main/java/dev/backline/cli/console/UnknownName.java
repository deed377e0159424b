package dev.backline.cli.console;

import dev.backline.io.Suggestions;
import java.util.List;

/** Messages about unknown options and commands, with the likeliest known name. */
public final class UnknownName {
    /** All shorter options differ from each other by one letter. */
    private static final int SHORTEST = 3;

    private UnknownName() {}

    /** {@return the message about an option that the command lacks} */
    public static String option(String word, CommandDeclaration command) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Suggestions suggestions = new Suggestions(name, 1);
        String longer = null;
        for (CommandDeclaration.Option option : command.options()) {
            if (name.startsWith("--") && option.choices().contains(name.substring(2))) {
                return "unknown option '" + Printable.of(name) + "' (did you mean "
                        + option.names().get(option.names().size() - 1) + " " + name.substring(2) + "?)";
            }
            for (String each : option.names()) {
                // GNU tools accept the beginning of a name.
                if (name.length() > SHORTEST && (each.startsWith(name) || name.startsWith(each + "-"))) {
                    longer = each;
                }
                if (name.length() >= SHORTEST && each.length() >= SHORTEST) {
                    suggestions.consider(each);
                }
            }
        }
        return "unknown option '" + Printable.of(name) + "'"
                + (longer == null ? meant(suggestions) : " (did you mean " + longer + "?)");
    }

    /** {@return the message about a command that backline lacks} */
    public static String command(String word) {
        Suggestions suggestions = new Suggestions(word, 1);
        for (CommandDeclaration each : CommandTable.root().commands()) {
            suggestions.consider(each.shortName());
        }
        return "unknown command '" + Printable.of(word) + "'" + meant(suggestions);
    }

    private static String meant(Suggestions suggestions) {
        List<String> names = suggestions.names();
        return names.isEmpty() ? "" : " (did you mean " + names.get(0) + "?)";
    }
}
