package dev.backline.cli;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.symbolize.RustDemangler;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code backline addr2line}: GNU addr2line's output for GNU addr2line's options, so that scripts can be pointed at it.
 * Addresses that come over standard input are answered as they come; those that are there already are worked through
 * in batches.
 */
final class Addr2line implements Command {
    /** GNU addr2line reads lines into 100 bytes, the last of them a 0. */
    private static final int MAX_LINE = 99;

    private static final int MAX_BATCH = 1 << 14;
    private static final int FAILED = 1;

    @Override
    public CommandSpec spec() {
        return Specs.addr2line();
    }

    @Override
    public int run(List<String> arguments, Console console) throws IOException {
        Addr2lineOptions options;
        try {
            options = Addr2lineOptions.parse(arguments);
        } catch (UsageException e) {
            complain(console, e.getMessage());
            console.complain("Try 'backline addr2line --help'.");
            return FAILED;
        }
        if (options.help()) {
            Help.print(spec(), console);
            return ExitStatus.DONE;
        }
        if (options.version()) {
            Help.printVersion(console);
            return ExitStatus.DONE;
        }
        String refusal = refusal(options);
        if (refusal != null) {
            complain(console, refusal);
            return FAILED;
        }
        try (Symbolizer symbolizer = Symbolizer.open(Path.of(options.file()))) {
            return answer(options, symbolizer, console);
        } catch (ElfException e) {
            complain(console, options.file() + ": file format not recognized (" + e.getMessage() + ")");
            return FAILED;
        }
    }

    /** Why the file cannot be worked on, in the words of GNU addr2line; null when nothing speaks against it. */
    private static @Nullable String refusal(Addr2lineOptions options) throws IOException {
        String name = options.file();
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            return "'" + name + "': No such file";
        }
        if (!Files.exists(file)) {
            return "'" + name + "': No such file";
        }
        if (Files.isDirectory(file)) {
            return "Warning: '" + name + "' is a directory";
        }
        if (!Files.isRegularFile(file)) {
            return "Warning: '" + name + "' is not an ordinary file";
        }
        if (!Files.isReadable(file)) {
            return name + ": Permission denied";
        }
        if (Files.size(file) == 0) {
            return name + ": file is empty";
        }
        String target = options.target();
        if (target != null && !target.startsWith("elf") && !target.equals("default")) {
            return name + ": invalid bfd target";
        }
        byte[] magic = new byte[8];
        try (var in = Files.newInputStream(file)) {
            int read = in.readNBytes(magic, 0, magic.length);
            return new String(magic, 0, read, StandardCharsets.ISO_8859_1).equals("!<arch>\n")
                    ? name + ": cannot get addresses from archive"
                    : null;
        }
    }

    private static void complain(Console console, @Nullable String message) throws IOException {
        console.complain("addr2line: " + message);
    }

    private static int answer(Addr2lineOptions options, Symbolizer symbolizer, Console console) throws IOException {
        ElfFile elf = symbolizer.elf();
        Section section = null;
        if (options.section() != null) {
            section = named(elf, options.section());
            if (section == null) {
                complain(console, options.file() + ": cannot find section " + options.section());
                return FAILED;
            }
        }
        BinutilsLookup lookup = new BinutilsLookup(symbolizer, console.problems("addr2line"));
        AddressOperand operand = new AddressOperand(elf);
        Answers answers = new Answers(options, elf.header().is64(), console.out());
        if (!options.operands().isEmpty()) {
            answers.print(operand, lookup, section, options.operands());
            return ExitStatus.DONE;
        }
        LineBatches batches = new LineBatches(console.in(), MAX_BATCH, MAX_LINE);
        for (List<String> lines = batches.next(); !lines.isEmpty(); lines = batches.next()) {
            answers.print(operand, lookup, section, lines);
            console.out().flush();
        }
        return ExitStatus.DONE;
    }

    static @Nullable Section named(ElfFile elf, String name) {
        for (Section section : elf.sections()) {
            if (section.name().equals(name)) {
                return section;
            }
        }
        return null;
    }

    /** The answers as text. */
    private record Answers(Addr2lineOptions options, boolean is64, Output out) {
        void print(AddressOperand operand, BinutilsLookup lookup, @Nullable Section section, List<String> operands)
                throws IOException {
            long[] addresses = new long[operands.size()];
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] = operand.value(operands.get(i));
            }
            for (int from = 0; from < addresses.length; from += MAX_BATCH) {
                long[] batch = Arrays.copyOfRange(addresses, from, Math.min(addresses.length, from + MAX_BATCH));
                List<List<BinutilsLookup.Line>> found = lookup.lines(section, batch);
                for (int i = 0; i < batch.length; i++) {
                    print(batch[i], found.get(i));
                }
            }
        }

        private void print(long address, List<BinutilsLookup.Line> lines) throws IOException {
            if (options.addresses()) {
                String digits = Long.toHexString(address);
                out.print("0x")
                        .print("0".repeat((is64 ? 16 : 8) - digits.length()))
                        .print(digits);
                out.print(options.pretty() ? ": " : "\n");
            }
            if (lines.isEmpty()) {
                if (options.functions()) {
                    out.print(options.pretty() ? "?? " : "??\n");
                }
                out.print("??:0\n");
                return;
            }
            int shown = options.inlines() ? lines.size() : 1;
            for (int i = 0; i < shown; i++) {
                if (i > 0 && options.pretty()) {
                    out.print(" (inlined by) ");
                }
                print(lines.get(i));
            }
        }

        private void print(BinutilsLookup.Line line) throws IOException {
            if (options.functions()) {
                out.print(Printable.of(function(line.function()))).print(options.pretty() ? " at " : "\n");
            }
            String file = line.file();
            if (options.basenames() && file != null) {
                file = file.substring(file.lastIndexOf('/') + 1);
            }
            out.print(file == null ? "??" : Printable.of(file))
                    .print(":")
                    .print(line.line() == 0 ? "?" : "" + line.line());
            if (line.line() != 0 && line.discriminator() != 0) {
                out.print(" (discriminator ").print(line.discriminator()).print(")");
            }
            out.newLine();
        }

        private String function(@Nullable String name) {
            if (name == null || name.isEmpty()) {
                return "??";
            }
            String demangled = options.demangle() ? RustDemangler.demangle(name) : null;
            return demangled == null ? name : demangled;
        }
    }
}
