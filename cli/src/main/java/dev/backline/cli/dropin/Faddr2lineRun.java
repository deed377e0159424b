package dev.backline.cli.dropin;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.cli.dropin.BashArithmetic.ExpressionException;
import dev.backline.cli.dropin.BashArithmetic.UnboundVariableException;
import dev.backline.cli.symbolize.SourceListing;
import dev.backline.debugfiles.DebugData;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.Hex;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of the kernel's faddr2line script, step by step as bash executes it: an argument that makes the script fail
 * fails here too, with the same status.
 */
final class Faddr2lineRun {
    private static final int FAILED = 1;
    /** The status of awk, and so of the script, when a file cannot be read. */
    private static final int NO_SOURCE = 2;

    private final DebugData data;
    private final ScriptSymbols symbols;
    private final BinutilsLookup lookup;
    private final boolean list;
    private final Console console;
    private final @Nullable String sourcePrefix;
    private boolean first = true;

    /**
     * @param elf the symbolizer's file
     * @param list whether to print the source code around each line ({@code --list})
     */
    Faddr2lineRun(Symbolizer symbolizer, ElfFile elf, boolean list, Console console) throws IOException {
        this.data = symbolizer.data();
        this.symbols = new ScriptSymbols(elf);
        this.lookup = new BinutilsLookup(symbolizer, console.problems("faddr2line"));
        this.list = list;
        this.console = console;
        this.sourcePrefix = sourcePrefix();
    }

    /** The directory in front of init/main.c, the file of start_kernel. */
    private @Nullable String sourcePrefix() throws IOException {
        int[] named = symbols.named("start_kernel");
        if (named.length == 0) {
            return null;
        }
        List<BinutilsLookup.Line> lines = lookup.lines(null, symbols.value(named[0]));
        String file = lines.isEmpty() ? null : lines.get(0).file();
        if (file == null) {
            return null;
        }
        int end = (file + ":").lastIndexOf("init/main.c:");
        return end <= 0 ? null : file.substring(0, end);
    }

    /** {@return the exit status after all arguments} */
    int all(List<String> arguments) throws IOException {
        try {
            for (String argument : arguments) {
                one(argument);
            }
            return ExitStatus.DONE;
        } catch (AbortedException e) {
            console.complain("faddr2line: " + e.getMessage());
            return e.status;
        }
    }

    private void one(String argument) throws IOException, AbortedException {
        // The script passes the argument unquoted: a second word replaces the source prefix, and an empty argument
        // leaves
        // the shell function without its last argument.
        String[] words = argument.replaceAll("^[ \t\n]+|[ \t\n]+$", "").split("[ \t\n]+", -1);
        if (words[0].isEmpty()) {
            throw new AbortedException("line 149: $4: unbound variable", FAILED);
        }
        String prefix = words.length > 1 ? words[1] : sourcePrefix;
        boolean settled = answer(words[0], prefix, false);
        if (!settled) {
            answer(words[0], prefix, words.length == 1);
            console.complain("no match for " + argument);
        }
    }

    /**
     * Answers one argument for every symbol of its name.
     *
     * @param explain whether to print why a symbol was skipped
     * @return whether an answer or a message was printed
     */
    private boolean answer(String argument, @Nullable String prefix, boolean explain)
            throws IOException, AbortedException {
        Query query = Query.of(argument);
        if (query == null) {
            console.complain("bad func+offset " + argument);
            return true;
        }
        boolean settled = false;
        for (int symbol : symbols.named(query.name)) {
            Section section = symbols.section(symbol);
            if (section == null) {
                console.complain("bad section size: section: " + symbols.sectionColumn(symbol));
                return true;
            }
            String value = symbols.valueColumn(symbol);
            ScriptSymbols.Size found = symbols.size(symbol, section);
            if (!(found instanceof ScriptSymbols.Known known)) {
                console.complain(
                        found instanceof ScriptSymbols.Bad bad
                                ? "bad symbol size: sym_addr: " + value + " cur_sym_addr: "
                                        + symbols.valueColumn(bad.last())
                                : "can't find symbol: sym_name: " + query.name + " sym_sec: "
                                        + symbols.sectionColumn(symbol) + " sym_addr: " + value + " sym_elf_size: "
                                        + symbols.elfSize(symbol));
                return true;
            }
            String address = address(query, symbol, value);
            if (address == null) {
                console.complain("bad address: " + value + " + " + query.offset);
                return true;
            }
            String why = mismatch(query, known.bytes());
            if (why == null) {
                print(query, Hex.text(known.bytes()), address, section, prefix);
                settled = true;
            } else if (explain) {
                console.out().print("skipping " + query.name + " address at " + address + " due to size mismatch (");
                console.out().print(why).print(")\n");
            }
        }
        return settled;
    }

    /** The parts of an argument by the script's patterns: the name ends at the last plus, the offset begins after the first. */
    private record Query(String name, String offset, String size) {
        static @Nullable Query of(String argument) {
            int plus = argument.lastIndexOf('+');
            if (plus <= 0) {
                return null;
            }
            String offset = argument.substring(argument.indexOf('+') + 1);
            int slash = offset.lastIndexOf('/');
            offset = slash < 0 ? offset : offset.substring(0, slash);
            int size = argument.indexOf('/');
            return offset.isEmpty()
                    ? null
                    : new Query(argument.substring(0, plus), offset, size < 0 ? "" : argument.substring(size + 1));
        }
    }

    /** The address, or null for 0, which the script treats as a failure. */
    private @Nullable String address(Query query, int symbol, String value) throws AbortedException {
        try {
            long address = symbols.value(symbol) + BashArithmetic.evaluate(query.offset);
            return address == 0 ? null : Hex.text(address);
        } catch (UnboundVariableException e) {
            throw new AbortedException("line 248: " + e.getMessage(), FAILED);
        } catch (ExpressionException e) {
            throw new AbortedException("line 248: " + value + " + " + query.offset + ": " + e.getMessage(), FAILED);
        }
    }

    /** How the query contradicts the symbol's size, or null. */
    private @Nullable String mismatch(Query query, long size) throws IOException, AbortedException {
        try {
            if (!query.size.isEmpty() && BashArithmetic.evaluate(query.size) != size) {
                return query.size + " != " + Hex.text(size);
            }
        } catch (UnboundVariableException e) {
            throw new AbortedException("line 257: " + e.getMessage(), FAILED);
        } catch (ExpressionException e) {
            // Inside [[ ]] a wrong expression does not end the script and counts as false.
            console.complain("faddr2line: line 257: [[: " + query.size + ": " + e.getMessage());
        }
        try {
            return BashArithmetic.evaluate(query.offset) > size ? query.offset + " > " + Hex.text(size) : null;
        } catch (UnboundVariableException | ExpressionException e) {
            throw new AbortedException("line 264: " + e.getMessage(), FAILED);
        }
    }

    private void print(Query query, String size, String address, Section section, @Nullable String prefix)
            throws IOException, AbortedException {
        Output out = console.out();
        if (!first) {
            out.newLine();
        }
        first = false;
        out.print(query.name + "+" + query.offset + "/" + size + ":\n");
        // For vmlinux the script passes the address to addr2line, for an object the offset in the section of this name.
        boolean bySection = data.isRelocatable();
        Section asked = bySection ? Addr2line.named(data, section.name()) : null;
        List<BinutilsLookup.Line> lines = lookup.lines(asked, Long.parseUnsignedLong(address.substring(2), 16));
        if (lines.isEmpty()) {
            print("?? ??:0");
        }
        for (int i = 0; i < lines.size(); i++) {
            String text = (i == 0 ? "" : " (inlined by) ") + text(lines.get(i));
            print(prefix == null ? text : withoutPrefix(text, " " + prefix));
        }
    }

    private static String text(BinutilsLookup.Line line) {
        String function = line.function() == null || line.function().isEmpty() ? "??" : line.function();
        String file = line.file() == null ? "??" : line.file();
        String text = Printable.of(function) + " at " + Printable.of(file) + ":";
        if (line.line() == 0) {
            return text + "?";
        }
        return text + line.line() + (line.discriminator() == 0 ? "" : " (discriminator " + line.discriminator() + ")");
    }

    private static String withoutPrefix(String text, String prefix) {
        int at = text.indexOf(prefix);
        if (at < 0) {
            return text;
        }
        int end = at + prefix.length();
        while (text.startsWith("./", end)) {
            end += 2;
        }
        return text.substring(0, at + 1) + text.substring(end);
    }

    private void print(String line) throws IOException, AbortedException {
        // The script's unquoted echo replaces each run of blanks by one.
        String text = line.strip().replaceAll("[ \t]+", " ");
        Output out = console.out();
        if (!list) {
            out.print(text).newLine();
            return;
        }
        out.newLine().print(text).newLine();
        int colon = text.lastIndexOf(':');
        int at = text.lastIndexOf("at ", colon);
        int end = colon + 1;
        while (end < text.length() && Character.digit(text.charAt(end), 10) >= 0) {
            end++;
        }
        if (at < 0 || end == colon + 1 || end > colon + 10) {
            throw new AbortedException("no source line is known for: " + text, FAILED);
        }
        String file = text.substring(at + 3, colon);
        SourceListing listing;
        try {
            listing = SourceListing.around(Path.of(file), Integer.parseInt(text.substring(colon + 1, end)), 5);
        } catch (InvalidPathException | IOException e) {
            throw new AbortedException(
                    "cannot read " + file + " for --list: run this in the kernel's source tree", NO_SOURCE);
        }
        out.print(listing.text());
    }

    /** The script ends here. */
    private static final class AbortedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        AbortedException(String message, int status) {
            super(message);
            this.status = status;
        }
    }
}
