package dev.backline.cli.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command as {@link CommandTable} declares it: what it accepts, in which words its help explains that, how it ends,
 * and examples. {@link Arguments} reads command lines by it; help, manual pages, completion and picocli's specification
 * are made from it. Nothing here touches picocli, whose classes take longer to load than a whole query. Not thread-safe
 * while it is declared; nothing changes it afterwards.
 */
public final class CommandDeclaration {
    /** What follows an option. */
    public enum Value {
        /** Nothing. */
        NONE,
        /** Text or nothing. */
        OPTIONAL,
        TEXT,
        FILE,
        /** A whole number. */
        NUMBER
    }

    /**
     * One option.
     *
     * @param names all of its names, dashes included; {@link Arguments} knows it by the first
     * @param label the name of the value in help, empty for {@link Value#NONE}
     * @param repeatable whether every value counts, and not just the last
     * @param choices the possible values where there are only a few, else empty
     * @param description sentences that can be read alone
     */
    public record Option(
            List<String> names,
            Value value,
            String label,
            boolean repeatable,
            List<String> choices,
            String description) {

        /** {@return its names, and the label of its value} */
        public String usage() {
            String all = String.join(", ", names);
            return switch (value) {
                case NONE -> all;
                case OPTIONAL -> all + "[=" + label + "]";
                case TEXT, FILE, NUMBER -> all + " " + label;
            };
        }

        /** {@return the description, with a sentence for a repeatable option} */
        public String help() {
            return repeatable ? description + " Can be repeated." : description;
        }

        Option severalTimes() {
            return new Option(names, value, label, true, choices, description);
        }
    }

    /**
     * Options with one purpose.
     *
     * @param title the purpose
     * @param options the most used first
     */
    public record Section(String title, List<Option> options) {}

    /**
     * An argument that is not an option.
     *
     * @param least the least number of such arguments
     * @param most the greatest number of such arguments
     * @param choices the possible values where there are only a few, else empty
     */
    public record Operand(String label, int least, int most, List<String> choices, String description) {}

    /** An exit status. */
    public record Status(int code, String meaning) {}

    /**
     * An example of a command line.
     *
     * @param purpose what the command line does, an imperative without a full stop
     */
    public record Example(String purpose, String command) {}

    private final String name;
    private final String summary;
    private final List<String> synopses = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();
    private final List<Operand> operands = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Status> statuses = new ArrayList<>();
    private final List<Example> examples = new ArrayList<>();
    private List<CommandDeclaration> commands = List.of();

    /**
     * A command without options.
     *
     * @param name the words that run the command, such as "backline symbolize"
     * @param summary one sentence
     */
    public CommandDeclaration(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    /** Adds a form of the command line, without the command's name. */
    public CommandDeclaration synopsis(String arguments) {
        synopses.add(name + " " + arguments);
        return this;
    }

    public CommandDeclaration section(String title, Option... options) {
        sections.add(new Section(title, List.of(options)));
        return this;
    }

    public CommandDeclaration operand(String label, int least, int most, String description, String... choices) {
        operands.add(new Operand(label, least, most, List.of(choices), description));
        return this;
    }

    /** Adds a paragraph that help shows after the options. */
    public CommandDeclaration note(String paragraph) {
        notes.add(paragraph);
        return this;
    }

    public CommandDeclaration exit(int code, String meaning) {
        statuses.add(new Status(code, meaning));
        return this;
    }

    public CommandDeclaration example(String purpose, String command) {
        examples.add(new Example(purpose, command));
        return this;
    }

    public CommandDeclaration commands(List<CommandDeclaration> all) {
        commands = all;
        return this;
    }

    static Option flag(String description, String... names) {
        return new Option(List.of(names), Value.NONE, "", false, List.of(), description);
    }

    static Option value(Value value, String label, String description, String... names) {
        return new Option(List.of(names), value, label, false, List.of(), description);
    }

    static Option choice(String label, List<String> choices, String description, String... names) {
        return new Option(List.of(names), Value.TEXT, label, false, choices, description);
    }

    @Override
    public String toString() {
        return name;
    }

    /** {@return the words that run the command, such as "backline symbolize"} */
    public String name() {
        return name;
    }

    /** {@return the last word of the name} */
    public String shortName() {
        return name.substring(name.lastIndexOf(' ') + 1);
    }

    public String summary() {
        return summary;
    }

    public List<String> synopses() {
        return List.copyOf(synopses);
    }

    public List<Section> sections() {
        return List.copyOf(sections);
    }

    public List<Operand> operands() {
        return List.copyOf(operands);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    public List<Status> statuses() {
        return List.copyOf(statuses);
    }

    public List<Example> examples() {
        return List.copyOf(examples);
    }

    /** {@return the subcommands; empty unless this is backline itself} */
    public List<CommandDeclaration> commands() {
        return commands;
    }

    /** {@return the options of all sections} */
    public List<Option> options() {
        List<Option> options = new ArrayList<>();
        for (Section section : sections) {
            options.addAll(section.options());
        }
        return options;
    }

    /** {@return the option of that name, or null} */
    public @Nullable Option find(String optionName) {
        for (Section section : sections) {
            for (Option option : section.options()) {
                if (option.names().contains(optionName)) {
                    return option;
                }
            }
        }
        return null;
    }
}
