package dev.backline.cli.console;

import dev.backline.cli.console.CommandDeclaration.Operand;
import dev.backline.cli.console.CommandDeclaration.Option;
import dev.backline.cli.console.CommandDeclaration.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads unusual command lines and writes the completion script, with picocli. */
public final class Picocli {
    private Picocli() {}

    /** {@return a script for bash, and for zsh through its bashcompinit, that completes all commands} */
    public static String completionScript() {
        return AutoComplete.bash("backline", new CommandLine(spec(CommandTable.root())));
    }

    /** Reads any command line, as {@link Arguments#read} promises. */
    static Arguments parse(CommandDeclaration command, List<String> words) throws UsageException {
        try {
            // A query or file name may begin with @, which picocli would replace by the arguments in a file.
            ParseResult result = new CommandLine(spec(command))
                    .setExpandAtFiles(false)
                    .setOverwrittenOptionsAllowed(true)
                    .parseArgs(words.toArray(new String[0]));
            return arguments(command, result);
        } catch (ParameterException e) {
            throw new UsageException(message(command, words, e) + "; see: " + command.name() + " --help");
        }
    }

    private static Arguments arguments(CommandDeclaration command, ParseResult result) {
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
        return new Arguments(command, names, values, operands);
    }

    /** What is wrong, in a few words. */
    private static String message(CommandDeclaration command, List<String> words, ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            return unmatched.isUnknownOption()
                    ? UnknownName.option(word, command)
                    : "unexpected argument '" + Printable.of(word) + "'";
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec argument = missing.getMissing().get(0);
            return argument instanceof OptionSpec option
                    ? needsValue(option.names()[0], command)
                    : "missing argument: " + argument.paramLabel();
        }
        for (String word : words) {
            String name = word.substring(0, Math.max(0, word.indexOf('=')));
            Option option = command.find(name);
            if (option != null && option.value() == Value.NONE) {
                return name + " takes no value";
            }
        }
        return String.valueOf(e.getMessage());
    }

    private static String needsValue(String name, CommandDeclaration command) {
        Option option = Objects.requireNonNull(command.find(name));
        String label = option.choices().isEmpty() ? option.label() : String.join("|", option.choices());
        return name + " needs a value: " + name + " " + label;
    }

    /** {@return the specification of a command and of its subcommands} */
    static CommandSpec spec(CommandDeclaration command) {
        CommandSpec spec = CommandSpec.create().name(command.shortName());
        for (Option option : command.options()) {
            spec.addOption(spec(option));
        }
        for (int i = 0; i < command.operands().size(); i++) {
            Operand operand = command.operands().get(i);
            boolean several = operand.most() > 1;
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel(operand.label())
                    .index(several ? i + "..*" : Integer.toString(i))
                    .required(operand.least() > 0)
                    .arity(operand.least() + (several ? "..*" : ".." + operand.most()))
                    .type(several ? String[].class : String.class)
                    .completionCandidates(operand.choices().isEmpty() ? null : operand.choices())
                    .build());
        }
        for (CommandDeclaration each : command.commands()) {
            spec.addSubcommand(each.shortName(), spec(each));
        }
        return spec;
    }

    private static OptionSpec spec(Option option) {
        String[] names = option.names().toArray(new String[0]);
        OptionSpec.Builder builder = OptionSpec.builder(names[0], Arrays.copyOfRange(names, 1, names.length));
        if (option.value() == Value.NONE) {
            builder.arity("0")
                    .type(boolean.class)
                    .usageHelp(option.names().contains("--help"))
                    .versionHelp(option.names().contains("--version"));
        } else {
            builder.arity(option.value() == Value.OPTIONAL ? "0..1" : "1")
                    .paramLabel(option.label())
                    .type(type(option));
        }
        if (!option.choices().isEmpty()) {
            builder.completionCandidates(option.choices());
        }
        return builder.build();
    }

    /** {@link Arguments} reads numbers, so that a message can name the range. */
    private static Class<?> type(Option option) {
        if (option.value() == Value.FILE) {
            return option.repeatable() ? Path[].class : Path.class;
        }
        return option.repeatable() ? String[].class : String.class;
    }
}
