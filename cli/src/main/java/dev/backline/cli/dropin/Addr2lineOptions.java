package dev.backline.cli.dropin;

import dev.backline.cli.console.UsageException;
import dev.backline.cli.dropin.GetoptLong.Argument;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of GNU addr2line.
 *
 * @param file {@code -e}
 * @param section {@code -j}, or null
 * @param target {@code -b}, or null
 * @param addresses {@code -a}
 * @param functions {@code -f}
 * @param inlines {@code -i}
 * @param pretty {@code -p}
 * @param basenames {@code -s}
 * @param demangle {@code -C}
 * @param help {@code -h}
 * @param version {@code -v}
 * @param operands the addresses; empty: read standard input
 */
record Addr2lineOptions(
        String file,
        @Nullable String section,
        @Nullable String target,
        boolean addresses,
        boolean functions,
        boolean inlines,
        boolean pretty,
        boolean basenames,
        boolean demangle,
        boolean help,
        boolean version,
        List<String> operands) {

    private static final Set<String> DEMANGLING_STYLES =
            Set.of("none", "auto", "gnu-v3", "java", "gnat", "dlang", "rust");

    /**
     * Reads a command line.
     *
     * @throws UsageException with the words of GNU addr2line
     */
    static Addr2lineOptions parse(List<String> arguments) throws UsageException {
        GetoptLong.Parsed parsed = grammar().parse(arguments);
        String file = "a.out";
        String section = null;
        String target = null;
        StringBuilder flags = new StringBuilder();
        for (GetoptLong.Option option : parsed.options()) {
            String argument = option.argument();
            switch (option.letter()) {
                case 'e' -> file = String.valueOf(argument);
                case 'j' -> section = argument;
                case 'b' -> target = argument;
                // -h and -v take effect at once: later words are not checked.
                case 'H', 'h', 'V', 'v' -> {
                    return of(flags.append(Character.toLowerCase(option.letter())), file, section, target, List.of());
                }
                case 'C' -> {
                    // The names show their style; the option only has to name an existing one.
                    if (argument != null && !DEMANGLING_STYLES.contains(argument)) {
                        throw new UsageException("unknown demangling style `" + argument + "'");
                    }
                    flags.append(option.letter());
                }
                default -> flags.append(option.letter());
            }
        }
        return of(flags, file, section, target, parsed.operands());
    }

    private static Addr2lineOptions of(
            StringBuilder letters,
            String file,
            @Nullable String section,
            @Nullable String target,
            List<String> operands) {
        String flags = letters.toString();
        return new Addr2lineOptions(
                file,
                section,
                target,
                flags.contains("a"),
                flags.contains("f"),
                flags.contains("i"),
                flags.contains("p"),
                flags.contains("s"),
                flags.contains("C"),
                flags.contains("h"),
                flags.contains("v"),
                operands);
    }

    private static GetoptLong grammar() {
        GetoptLong grammar = new GetoptLong();
        for (char flag : "aCrRsfHhipVv".toCharArray()) {
            grammar.letter(flag, Argument.NONE);
        }
        for (char valued : "bej".toCharArray()) {
            grammar.letter(valued, Argument.REQUIRED);
        }
        return grammar.name("addresses", 'a', Argument.NONE)
                .name("basenames", 's', Argument.NONE)
                .name("demangle", 'C', Argument.OPTIONAL)
                .name("exe", 'e', Argument.REQUIRED)
                .name("functions", 'f', Argument.NONE)
                .name("inlines", 'i', Argument.NONE)
                .name("pretty-print", 'p', Argument.NONE)
                .name("recurse-limit", 'R', Argument.NONE)
                .name("recursion-limit", 'R', Argument.NONE)
                .name("no-recurse-limit", 'r', Argument.NONE)
                .name("no-recursion-limit", 'r', Argument.NONE)
                .name("section", 'j', Argument.REQUIRED)
                .name("target", 'b', Argument.REQUIRED)
                .name("help", 'H', Argument.NONE)
                .name("version", 'V', Argument.NONE);
    }
}
