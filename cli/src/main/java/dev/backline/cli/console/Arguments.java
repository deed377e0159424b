package dev.backline.cli.console;

import dev.backline.cli.console.OptionTable.Option;
import dev.backline.cli.console.OptionTable.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * A command line taken apart. {@link #scan} does so for the ordinary ones, quickly, and leaves everything else to
 * picocli ({@link #parse}): where it reads a command line at all, it reads it as picocli would. Options go by the first
 * of their names. Immutable.
 */
public final class Arguments {
    private final List<String> names;
    /** What stood behind the option of the same place in {@link #names}; empty for one that takes nothing. */
    private final List<String> values;

    private final List<String> operands;
    private final boolean wantsHelp;

    private Arguments(List<String> names, List<String> values, List<String> operands, boolean wantsHelp) {
        this.names = names;
        this.values = values;
        this.operands = operands;
        this.wantsHelp = wantsHelp;
    }

    /**
     * Takes an ordinary command line apart: options by their full names, their values in the next word or, for long
     * ones, behind "="; operands; and "--" before operands that look like options.
     *
     * @return null when anything in it is out of the ordinary or wrong
     */
    public static @Nullable Arguments scan(OptionTable table, List<String> words) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> operands = new ArrayList<>();
        int count = words.size();
        for (int i = 0; i < count; i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                operands.addAll(words.subList(i + 1, count));
                break;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                operands.add(word);
                continue;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            Option option = table.find(equals < 0 ? word : word.substring(0, equals));
            if (option == null) {
                return null;
            }
            String value = "";
            if (option.value() == Value.NONE) {
                if (equals >= 0) {
                    return null;
                }
            } else {
                if (equals < 0 && ++i == count) {
                    return null;
                }
                value = equals < 0 ? words.get(i) : word.substring(equals + 1);
                if (!isPlain(option.value(), value)) {
                    return null;
                }
            }
            names.add(option.names().get(0));
            values.add(value);
        }
        return new Arguments(names, values, operands, false);
    }

    private static boolean isPlain(Value kind, String value) {
        return !value.isEmpty() && !value.startsWith("-") && (kind != Value.NUMBER || isNumber(value));
    }

    /** Whether it is a decimal number, and far from the largest. */
    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() < 10;
    }

    /**
     * Takes any command line apart, by picocli. Where an option takes one value and is given several, the last one
     * holds.
     *
     * @param command how complaints name it
     * @throws UsageException in picocli's words
     */
    public static Arguments parse(String command, CommandSpec spec, List<String> words) throws UsageException {
        try {
            // Queries and file names may begin with @, which is no file with arguments here.
            ParseResult result = new CommandLine(spec)
                    .setExpandAtFiles(false)
                    .setOverwrittenOptionsAllowed(true)
                    .parseArgs(words.toArray(new String[0]));
            return of(result);
        } catch (ParameterException e) {
            throw new UsageException(command + ": " + e.getMessage() + "; try: backline " + command + " --help");
        }
    }

    private static Arguments of(ParseResult result) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (OptionSpec option : result.matchedOptionsSet()) {
            boolean takesValue = option.arity().max() > 0;
            for (String value : takesValue ? option.stringValues() : List.of("")) {
                names.add(option.names()[0]);
                values.add(value);
            }
        }
        List<String> operands = new ArrayList<>();
        for (PositionalParamSpec positional : result.matchedPositionalsSet()) {
            operands.addAll(positional.stringValues());
        }
        return new Arguments(names, values, operands, result.isUsageHelpRequested());
    }

    public boolean wantsHelp() {
        return wantsHelp;
    }

    /** {@return what is no option, in its order} */
    public List<String> operands() {
        return operands;
    }

    /** Whether the option was given. */
    public boolean has(String name) {
        return names.contains(name);
    }

    /** {@return the last value of an option, or null where it was not given} */
    @Nullable
    public String text(String name) {
        int last = names.lastIndexOf(name);
        return last < 0 ? null : values.get(last);
    }

    /** The same for one that names a file. */
    @Nullable
    public Path file(String name) {
        String text = text(name);
        return text == null ? null : Path.of(text);
    }

    /** {@return all values of an option that names a file, in their order} */
    public List<Path> files(String name) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(name)) {
                files.add(Path.of(values.get(i)));
            }
        }
        return List.copyOf(files);
    }

    /** {@return all values of an option, in their order} */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equals(name)) {
                texts.add(values.get(i));
            }
        }
        return List.copyOf(texts);
    }

    /** {@return the last value of an option that is one of a few words} */
    public <E extends Enum<E>> E choice(String name, E otherwise) throws UsageException {
        String wanted = text(name);
        if (wanted == null) {
            return otherwise;
        }
        List<String> possible = new ArrayList<>();
        for (E value : otherwise.getDeclaringClass().getEnumConstants()) {
            String word = value.name().toLowerCase(Locale.ROOT);
            if (word.equals(wanted)) {
                return value;
            }
            possible.add(word);
        }
        throw new UsageException(name + " is one of " + String.join(", ", possible) + ", not '" + wanted + "'");
    }

    /** {@return the last value of an option that wants a number} */
    public int number(String name, int otherwise) {
        String text = text(name);
        return text == null ? otherwise : Integer.parseInt(text);
    }

    @Override
    public String toString() {
        return names + " " + values + " " + operands;
    }
}
