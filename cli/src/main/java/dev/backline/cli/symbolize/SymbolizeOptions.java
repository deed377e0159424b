package dev.backline.cli.symbolize;

import dev.backline.cli.console.Arguments;
import dev.backline.cli.console.Color;
import dev.backline.cli.console.KernelOptions;
import dev.backline.cli.console.OptionTable;
import dev.backline.cli.console.Specs;
import dev.backline.cli.console.TracedKernel;
import dev.backline.cli.console.UsageException;
import dev.backline.symbolize.LogOptions;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code backline symbolize}.
 *
 * @param kernel which kernel is meant
 * @param format {@code --format}
 * @param inlines not {@code --no-inlines}
 * @param source {@code --source}, or null
 * @param context {@code --context}, in lines
 * @param strict {@code --strict}
 * @param color {@code --color}
 * @param edges {@code --edges}
 * @param explain {@code --explain}
 * @param pcRule {@code --pc}
 * @param jobs {@code --jobs}: how many processors may work at once
 * @param inputs what to look up, in the order of the command line
 */
public record SymbolizeOptions(
        KernelOptions kernel,
        Format format,
        boolean inlines,
        @Nullable Path source,
        int context,
        boolean strict,
        Color color,
        boolean edges,
        boolean explain,
        PcRule pcRule,
        int jobs,
        List<Input> inputs) {

    private static final int DEFAULT_CONTEXT = 5;
    private static final int MAX_CONTEXT = 10_000;

    /** {@code --format}. */
    public enum Format {
        TEXT,
        JSON
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

        /** The rule for every frame; null for each frame's own. */
        @Nullable
        Pc pc() {
            return pc;
        }
    }

    /** Something to look up. */
    sealed interface Input {}

    /**
     * One place asked for.
     *
     * @param text as it was given
     * @param reference what it means, {@code --pc} applied
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
     * {@return how a log is symbolised}
     *
     * @throws IOException when what is said of the traced boot cannot be read
     */
    public LogOptions log() throws IOException {
        return LogOptions.DEFAULT
                .withPc(pcRule.pc())
                .withRelease(kernel.release())
                .withBoot(TracedKernel.loadMap(kernel).build());
    }

    /**
     * Reads a command line.
     *
     * @return the options, or null when help was asked for
     */
    public static @Nullable SymbolizeOptions parse(List<String> arguments) throws UsageException {
        Arguments given = Arguments.scan(OptionTable.symbolize(), arguments);
        if (given == null) {
            given = Arguments.parse("symbolize", Specs.symbolize(), arguments);
        }
        return given.wantsHelp() ? null : of(given);
    }

    /** {@return the options that were given, also to a command that has only some of them} */
    public static SymbolizeOptions of(Arguments given) throws UsageException {
        return of(given, given.choice("--format", Format.TEXT));
    }

    /** {@return the options that were given to a command with formats of its own} */
    public static SymbolizeOptions of(Arguments given, Format format) throws UsageException {
        int context = given.number("--context", DEFAULT_CONTEXT);
        if (context < 0 || context > MAX_CONTEXT) {
            throw new UsageException("--context wants a number of lines from 0 to " + MAX_CONTEXT);
        }
        int jobs = given.number("--jobs", Runtime.getRuntime().availableProcessors());
        if (jobs < 1) {
            throw new UsageException("--jobs wants a number of processors from 1 on");
        }
        PcRule rule = given.choice("--pc", PcRule.AUTO);
        return new SymbolizeOptions(
                KernelOptions.of(given),
                format,
                !given.has("--no-inlines"),
                given.file("--source"),
                context,
                given.has("--strict"),
                given.choice("--color", Color.AUTO),
                given.has("--edges"),
                given.has("--explain"),
                rule,
                jobs,
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
