package dev.backline.cli.dropin;

import dev.backline.cli.console.UsageException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads options and operands as GNU getopt_long does: short options can be joined ({@code -afi}, {@code -eFILE}), long
 * options can be shortened to any unambiguous prefix, options can follow operands, and {@code --} ends the options.
 */
final class GetoptLong {
    /** Whether an option has an argument. */
    enum Argument {
        NONE,
        REQUIRED,
        OPTIONAL
    }

    /**
     * One option of a command line.
     *
     * @param letter its short form
     * @param argument its argument, or null
     */
    record Option(char letter, @Nullable String argument) {}

    /**
     * The parts of a command line.
     *
     * @param options the options in their order
     * @param operands the other words in their order
     */
    record Parsed(List<Option> options, List<String> operands) {}

    private final Map<Character, Argument> letters = new LinkedHashMap<>();
    private final Map<String, Character> names = new LinkedHashMap<>();
    private final Map<String, Argument> nameArguments = new LinkedHashMap<>();

    /** Adds a short option. */
    GetoptLong letter(char letter, Argument argument) {
        letters.put(letter, argument);
        return this;
    }

    /** Adds a long form of a short option. */
    GetoptLong name(String name, char letter, Argument argument) {
        names.put(name, letter);
        nameArguments.put(name, argument);
        return this;
    }

    /**
     * Reads a command line.
     *
     * @throws UsageException with getopt's own words
     */
    Parsed parse(List<String> arguments) throws UsageException {
        List<Option> options = new ArrayList<>();
        List<String> operands = new ArrayList<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            if (argument.equals("--")) {
                rest.forEachRemaining(operands::add);
            } else if (argument.startsWith("--")) {
                options.add(longOption(argument.substring(2), rest));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                shortOptions(argument, rest, options);
            } else {
                operands.add(argument);
            }
        }
        return new Parsed(options, operands);
    }

    private void shortOptions(String argument, Iterator<String> rest, List<Option> options) throws UsageException {
        for (int i = 1; i < argument.length(); i++) {
            char letter = argument.charAt(i);
            Argument wanted = letters.get(letter);
            if (wanted == null) {
                throw new UsageException("invalid option -- '" + letter + "'");
            }
            if (wanted == Argument.NONE) {
                options.add(new Option(letter, null));
                continue;
            }
            String value = argument.substring(i + 1);
            if (value.isEmpty()) {
                if (!rest.hasNext()) {
                    throw new UsageException("option requires an argument -- '" + letter + "'");
                }
                value = rest.next();
            }
            options.add(new Option(letter, value));
            return;
        }
    }

    private Option longOption(String text, Iterator<String> rest) throws UsageException {
        int equals = text.indexOf('=');
        String given = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? null : text.substring(equals + 1);
        String name = fullName(given, text);
        char letter = names.getOrDefault(name, '?');
        Argument wanted = nameArguments.getOrDefault(name, Argument.NONE);
        if (value != null && wanted == Argument.NONE) {
            throw new UsageException("option '--" + name + "' doesn't allow an argument");
        }
        if (value == null && wanted == Argument.REQUIRED) {
            if (!rest.hasNext()) {
                throw new UsageException("option '--" + name + "' requires an argument");
            }
            value = rest.next();
        }
        return new Option(letter, value);
    }

    private String fullName(String given, String text) throws UsageException {
        if (names.containsKey(given)) {
            return given;
        }
        List<String> possible =
                names.keySet().stream().filter(name -> name.startsWith(given)).toList();
        if (possible.isEmpty()) {
            throw new UsageException("unrecognized option '--" + text + "'");
        }
        if (possible.stream().map(names::get).distinct().count() > 1) {
            StringBuilder message = new StringBuilder("option '--" + text + "' is ambiguous; possibilities:");
            possible.forEach(name -> message.append(" '--").append(name).append('\''));
            throw new UsageException(message.toString());
        }
        return possible.get(0);
    }
}
