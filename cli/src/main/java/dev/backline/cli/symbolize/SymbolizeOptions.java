package dev.backline.cli.symbolize;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.UsageException;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
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
     */
    record Place(String text, FrameReference reference) implements Input {}

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
            FrameReference reference = FrameReference.parse(text.strip());
            inputs.add(reference == null ? new Log(text) : new Place(text, adjusted(reference, rule)));
        }
        return inputs.isEmpty() ? List.of(new Log("-")) : List.copyOf(inputs);
    }

    /** Whether a word is a module's name in brackets. */
    private static boolean isModule(String word) {
        int last = word.length() - 1;
        if (last < 2 || word.charAt(0) != '[' || word.charAt(last) != ']') {
            return false;
        }
        for (int i = 1; i < last; i++) {
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
