package dev.backline.cli.console;

import dev.backline.cli.console.CommandDeclaration.Operand;
import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The options and operands of a command line. Options go by the first of their names. Immutable.
 *
 * <p>{@link #scan} reads ordinary command lines without picocli, whose classes take 40 to 100 ms to load, and leaves the
 * rest to {@link Picocli}. Every command line that {@code scan} accepts means the same to picocli. No lambdas and no regular
 * expressions are used here: their first use costs a query milliseconds.
 */
public final class Arguments {
    private final CommandDeclaration command;
    private final List<String> names;
    /** The values of the options in {@link #names}, in the same order; empty for an option without a value. */
    private final List<String> values;

    private final List<String> operands;

    Arguments(CommandDeclaration command, List<String> names, List<String> values, List<String> operands) {
        this.command = command;
        this.names = names;
        this.values = values;
        this.operands = operands;
    }

    /**
     * Reads a command line. If an option with one value is given several times, the last one counts.
     *
     * @throws UsageException when the command line is wrong
     */
    public static Arguments read(CommandDeclaration command, List<String> words) throws UsageException {
        Arguments scanned = scan(command, words);
        return scanned == null ? Picocli.parse(command, words) : scanned;
    }

    /**
     * Reads an ordinary command line: options by their full names, with their values in the next word or, for long
     * options, after "="; operands; and "--" in front of operands that look like options.
     *
     * @return null when the command line is wrong or unusual
     */
    static @Nullable Arguments scan(CommandDeclaration command, List<String> words) {
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
            Option option = command.find(equals < 0 ? word : word.substring(0, equals));
            if (option == null || option.value() == Value.OPTIONAL) {
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
                if (value.isEmpty() || value.startsWith("-")) {
                    return null;
                }
            }
            names.add(option.names().get(0));
            values.add(value);
        }
        Arguments arguments = new Arguments(command, names, values, operands);
        long least = 0;
        long most = 0;
        for (Operand operand : command.operands()) {
            least += operand.least();
            most += operand.most();
        }
        boolean enough = operands.size() >= least || arguments.wantsHelp();
        return enough && operands.size() <= most ? arguments : null;
    }

    public boolean wantsHelp() {
        return names.contains("-h");
    }

    /** {@return the words that are not options, in their order} */
    public List<String> operands() {
        return operands;
    }

    /** Whether the option was given. */
    public boolean has(String name) {
        return names.contains(name);
    }

    /** {@return the last value of an option, or null if the option was not given} */
    @Nullable
    public String text(String name) {
        int last = names.lastIndexOf(name);
        return last < 0 ? null : values.get(last);
    }

    /** {@return the last value of an option that names a file, or null if the option was not given} */
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

    /** {@return the last value of an option whose values are the names of an enum} */
    public <E extends Enum<E>> E choice(String name, E otherwise) throws UsageException {
        String wanted = text(name);
        if (wanted == null) {
            return otherwise;
        }
        StringBuilder possible = new StringBuilder();
        for (E value : otherwise.getDeclaringClass().getEnumConstants()) {
            String word = value.name().toLowerCase(Locale.ROOT);
            if (word.equals(wanted)) {
                return value;
            }
            possible.append(possible.length() == 0 ? "" : ", ").append(word);
        }
        throw wrong(name + " must be one of " + possible + ", not '" + Printable.of(wanted) + "'");
    }

    /** {@return the last value of an option that is a number from {@code least} to {@code most}} */
    public int number(String name, int otherwise, int least, int most) throws UsageException {
        String text = text(name);
        return text == null ? otherwise : (int) number(name, text, least, most);
    }

    /**
     * {@return a value of an option as a number}
     *
     * @param text the value
     */
    public long number(String name, String text, long least, long most) throws UsageException {
        boolean digits = !text.isEmpty() && text.length() <= 18;
        for (int i = 0; i < text.length() && digits; i++) {
            digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        long value = digits ? Long.parseLong(text) : -1;
        if (value < least || value > most || !digits) {
            String range = most == Long.MAX_VALUE || most == Integer.MAX_VALUE
                    ? least <= 0 ? "" : " of at least " + least
                    : " from " + least + " to " + most;
            throw wrong(name + " must be a whole number" + range + ", not '" + Printable.of(text) + "'");
        }
        return value;
    }

    /** {@return a complaint that ends with a reference to the command's help} */
    public UsageException wrong(String message) {
        return new UsageException(message + "; see: " + command.name() + " --help");
    }

    @Override
    public String toString() {
        return names + " " + values + " " + operands;
    }
}
