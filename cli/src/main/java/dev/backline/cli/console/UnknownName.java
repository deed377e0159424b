package dev.backline.cli.console;

import dev.backline.io.Suggestions;
import java.util.List;

/** Says that an option or a command is unknown, and which one may be meant. */
public final class UnknownName {
    /** Shorter options differ from each other by one letter only. */
    private static final int SHORTEST = 3;

    private UnknownName() {}

    /** {@return the complaint about an option that a command does not have} */
    public static String option(String word, CommandDeclaration command) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Suggestions suggestions = new Suggestions(name, 1);
        for (CommandDeclaration.Option option : command.options()) {
            for (String each : option.names()) {
                if (name.length() >= SHORTEST && each.length() >= SHORTEST) {
                    suggestions.consider(each);
                }
            }
        }
        return "unknown option '" + Printable.of(name) + "'" + meant(suggestions);
    }

    /** {@return the complaint about a command that backline does not have} */
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
