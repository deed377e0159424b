package dev.backline.cli.symbolize;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.UsageException;
import dev.backline.trace.FrameReference;
import dev.backline.trace.LineFrame;
import dev.backline.trace.Pc;
import dev.backline.trace.Query;
import dev.backline.trace.TraceReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline symbolize}.
 *
 * @param kernel the options that name the kernel
 * @param format {@code --format}
 * @param print what to print of each frame
 * @param pcRule {@code --pc}
 * @param jobs how many processors look up queries in parallel ({@code --jobs})
 * @param strict {@code --strict}
 * @param inputs queries and logs, in the order of the command line
 */
public record SymbolizeOptions(
        KernelOptions kernel,
        Format format,
        PrintOptions print,
        PcRule pcRule,
        int jobs,
        boolean strict,
        List<Input> inputs) {

    /** {@code --format}. */
    public enum Format {
        TEXT,
        JSON,
        QUICKFIX
    }

    /** {@code --pc}. */
    enum PcRule {
        AUTO(null),
        EXACT(Pc.EXACT),
        RETURN(Pc.RETURN);

        private final @Nullable Pc pc;

        PcRule(@Nullable Pc pc) {
            this.pc = pc;
        }

        /** The rule for every frame, or null: each frame has the rule of its notation. */
        @Nullable
        Pc pc() {
            return pc;
        }
    }

    /** A query or a log. */
    sealed interface Input {}

    /**
     * A query.
     *
     * @param text as it was given
     * @param reference its meaning, with the rule of {@code --pc}
     * @param isWord whether the text could have been the name of a file, but there is no such file
     */
    record Place(String text, FrameReference reference, boolean isWord) implements Input {}

    /**
     * A log.
     *
     * @param name its file, or {@code -} for standard input
     */
    public record Log(String name) implements Input {
        boolean isStandardInput() {
            return name.equals("-");
        }
    }

    /**
     * Reads a command line.
     *
     * @return the options, or null when help was asked for
     */
    public static @Nullable SymbolizeOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.read(CommandTable.symbolize(), arguments);
        if (given.wantsHelp()) {
            return null;
        }
        PcRule rule = given.choice("--pc", PcRule.AUTO);
        return new SymbolizeOptions(
                KernelOptions.of(given),
                given.choice("--format", Format.TEXT),
                PrintOptions.of(given),
                rule,
                given.number("--jobs", Runtime.getRuntime().availableProcessors(), 1, Integer.MAX_VALUE),
                given.has("--strict"),
                inputs(given.operands(), rule));
    }

    private static List<Input> inputs(List<String> words, PcRule rule) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String text = words.get(i);
            // An unquoted "func+0x1 [module]" comes as two words.
            if (i + 1 < words.size() && isModule(words.get(i + 1))) {
                text += " " + words.get(++i);
            }
            FrameReference reference = Query.parse(text);
            if (reference != null) {
                inputs.add(new Place(text, adjusted(reference, rule), false));
            } else {
                addWord(text, rule, inputs);
            }
        }
        return inputs.isEmpty() ? List.of(new Log("-")) : List.copyOf(inputs);
    }

    /** Adds a file, else a place without an offset, else the places in a line of a log, else a missing file. */
    private static void addWord(String text, PcRule rule, List<Input> inputs) {
        if (text.equals("-") || exists(text)) {
            inputs.add(new Log(text));
            return;
        }
        FrameReference reference = Query.parseWord(text);
        if (reference != null) {
            inputs.add(new Place(text, adjusted(reference, rule), true));
            return;
        }
        List<LineFrame> frames = text.indexOf(' ') < 0 ? List.of() : new TraceReader().next(text);
        for (LineFrame frame : frames) {
            inputs.add(new Place(text, adjusted(frame.reference(), rule), false));
        }
        if (frames.isEmpty()) {
            // A line may begin with words that are not part of a notation.
            reference = Query.parse(text.substring(text.lastIndexOf(' ', Math.max(0, text.indexOf('+'))) + 1));
            inputs.add(
                    text.indexOf('+') < 0 || reference == null
                            ? new Log(text)
                            : new Place(text, adjusted(reference, rule), false));
        }
    }

    private static boolean exists(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether a word is a module's name in brackets; the closing bracket may be missing. */
    private static boolean isModule(String word) {
        int end = word.endsWith("]") ? word.length() - 1 : word.length();
        if (end < 2 || word.charAt(0) != '[') {
            return false;
        }
        for (int i = 1; i < end; i++) {
            char c = word.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static FrameReference adjusted(FrameReference reference, PcRule rule) {
        Pc pc = rule.pc();
        return pc == null ? reference : reference.withPc(pc);
    }
}
