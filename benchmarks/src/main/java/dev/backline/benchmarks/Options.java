package dev.backline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The command line of a benchmark: options with a value each, and files. Not thread-safe. */
public final class Options {
    /** A benchmark. */
    @FunctionalInterface
    public interface Command {
        /**
         * {@return whether the results are good}
         *
         * @param options to declare and then to {@linkplain #parse parse}
         * @param out for the results
         * @throws IOException if a file cannot be read
         * @throws IllegalArgumentException if the command line is wrong
         */
        boolean run(Options options, PrintStream out) throws IOException;
    }

    private final List<String> words;
    private final Map<String, Consumer<String>> declared = new HashMap<>();

    private Options(List<String> words) {
        this.words = words;
    }

    /**
     * Runs a benchmark and ends the program: with status 0 if the results are good, 1 if not, 2 if the command line is
     * wrong.
     *
     * @param name of the command
     * @param usage to print if the command line is wrong
     * @param command to run
     * @param args of the command line
     * @throws IOException if a file cannot be read
     */
    public static void run(String name, String usage, Command command, String... args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int status;
        try {
            status = command.run(new Options(List.of(args)), out) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            out.println(name + ": " + e.getMessage());
            out.print(usage);
            status = 2;
        }
        out.flush();
        System.exit(status);
    }

    /**
     * {@return this, with one more option}
     *
     * @param name such as {@code --seed}
     * @param value is given the option's value
     */
    public Options with(String name, Consumer<String> value) {
        declared.put(name, value);
        return this;
    }

    /**
     * {@return the files of the command line, at least one}
     *
     * @throws IllegalArgumentException if the command line is wrong
     */
    public List<Path> parse() {
        List<Path> files = new ArrayList<>();
        Iterator<String> left = words.iterator();
        while (left.hasNext()) {
            String word = left.next();
            if (!word.startsWith("-")) {
                files.add(Path.of(word));
                continue;
            }
            Consumer<String> option = declared.get(word);
            if (option == null) {
                throw new IllegalArgumentException("unknown option " + word);
            }
            if (!left.hasNext()) {
                throw new IllegalArgumentException(word + " needs a value");
            }
            option.accept(left.next());
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no file");
        }
        return files;
    }
}
