package dev.backline.benchmarks.instructions;

import dev.backline.elf.ElfFile;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The command {@code benchmarks/instructions}. */
public final class Instructions {
    private static final String USAGE = """
            usage: benchmarks/instructions [OPTION]... FILE...
                   benchmarks/instructions [--set SET] --random N
            Disassemble the executable sections of ELF files with GNU objdump and llvm-objdump, decode the same bytes
            with backline, and count the instructions whose length, memory operand or text differ.
              --set SET        instruction set, such as X86_64 (default: the file's)
              --tool TOOL      gnu, llvm or both (default: all that know the instruction set)
              --examples N     print at most N examples of each difference in a file (5)
              --list FILE      write the places where the two tools disagree to FILE
              --total          print only files with differences, and the total
              --random N       decode N random inputs and print the time
            Exit status: 0 no difference in length and operands, and at least 99.9 % of the texts equal; 1 otherwise;
            2 wrong usage.
            """;

    private final PrintStream out;
    private @Nullable InstructionSet set;
    private List<Tool> tools = List.of(Tool.values());
    private int examples = 5;
    private @Nullable Path list;
    private boolean totalOnly;
    private long random;
    private final List<Path> files = new ArrayList<>();

    private Instructions(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the command.
     *
     * @param args see the usage
     */
    public static void main(String... args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Instructions command = new Instructions(out);
        int status;
        try {
            command.parse(args);
            status = command.run() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            out.println("instructions: " + e.getMessage());
            out.print(USAGE);
            status = 2;
        }
        out.flush();
        System.exit(status);
    }

    private void parse(String... args) {
        Iterator<String> words = List.of(args).iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (!word.startsWith("--")) {
                files.add(Path.of(word));
                continue;
            }
            if (word.equals("--total")) {
                totalOnly = true;
                continue;
            }
            if (!words.hasNext()) {
                throw new IllegalArgumentException("unknown option or missing value: " + word);
            }
            String value = words.next();
            switch (word) {
                case "--set" -> set = InstructionSet.valueOf(value.toUpperCase(Locale.ROOT));
                case "--tool" ->
                    tools = value.equals("both")
                            ? List.of(Tool.values())
                            : List.of(Tool.valueOf(value.toUpperCase(Locale.ROOT)));
                case "--examples" -> examples = Integer.parseInt(value);
                case "--list" -> list = Path.of(value);
                case "--random" -> random = Long.parseLong(value);
                default -> throw new IllegalArgumentException("unknown option " + word);
            }
        }
        if (files.isEmpty() == (random == 0)) {
            throw new IllegalArgumentException("expected files, or --random");
        }
    }

    private boolean run() throws IOException {
        if (random > 0) {
            decodeRandomBytes();
            return true;
        }
        Tally total = new Tally(0);
        out.println(Tally.HEAD);
        try (PrintWriter disagreements = new PrintWriter(
                list == null ? PrintWriter.nullWriter() : Files.newBufferedWriter(list, StandardCharsets.UTF_8))) {
            for (Path file : files) {
                Tally tally = new Tally(examples);
                compare(file, tally, disagreements);
                print(file.getFileName().toString(), tally);
                total.add(tally);
            }
        }
        if (files.size() > 1) {
            out.println(total.row(files.size() + " files"));
        }
        return total.passes();
    }

    private void print(String name, Tally tally) {
        boolean clean =
                tally.count(Tally.Kind.LENGTH) + tally.count(Tally.Kind.OPERAND) + tally.count(Tally.Kind.TEXT) == 0;
        if (totalOnly && clean) {
            return;
        }
        out.println(tally.row(name));
        for (Tally.Kind kind : Tally.Kind.values()) {
            for (String example : tally.examples(kind)) {
                out.println("  " + kind.name().toLowerCase(Locale.ROOT) + " " + example);
            }
        }
    }

    private void compare(Path path, Tally tally, PrintWriter disagreements) throws IOException {
        try (ElfFile file = ElfFile.open(path)) {
            InstructionSet own = set != null
                    ? set
                    : InstructionSet.ofElf(
                            file.header().machine(), file.header().is64());
            InstructionText text = own == null ? null : InstructionText.of(own);
            if (own == null || text == null) {
                throw new IllegalArgumentException(path + ": unknown instruction set; see InstructionText");
            }
            List<Tool> used = new ArrayList<>();
            List<List<String>> commands = new ArrayList<>();
            for (Tool tool : tools) {
                String program =
                        program(tool == Tool.GNU ? text.gnuPrograms() : List.of("llvm-objdump-19", "llvm-objdump"));
                if (program != null) {
                    List<String> command = new ArrayList<>(List.of(program, "-d", "-z", "--no-show-raw-insn"));
                    command.addAll(tool == Tool.LLVM ? text.llvmOptions() : List.of());
                    command.add(path.toString());
                    used.add(tool);
                    commands.add(command);
                }
            }
            if (used.isEmpty()) {
                throw new IllegalArgumentException("no disassembler for " + own + " is installed");
            }
            try (FileComparison comparison =
                    new FileComparison(file, own, text, used, commands, tally, disagreements)) {
                comparison.run();
            }
        }
    }

    private static @Nullable String program(List<String> names) {
        for (String name : names) {
            for (String folder :
                    System.getenv().getOrDefault("PATH", "/usr/bin").split(File.pathSeparator, -1)) {
                if (Files.isExecutable(Path.of(folder, name))) {
                    return name;
                }
            }
        }
        return null;
    }

    private void decodeRandomBytes() {
        for (InstructionSet one : set == null ? List.of(InstructionSet.values()) : List.of(set)) {
            decodeRandomBytes(one);
        }
    }

    private void decodeRandomBytes(InstructionSet one) {
        Decoder decoder = one.decoder();
        SplittableRandom source = new SplittableRandom(20260917);
        byte[] code = new byte[4096];
        long decoded = 0;
        long valid = 0;
        long characters = 0;
        long begin = System.nanoTime();
        while (decoded < random) {
            source.nextBytes(code);
            // Each start is another input: instructions overlap, and those at the end are cut off.
            for (int from = 0; from < code.length && decoded < random; from++, decoded++) {
                int length = decoder.decode(code, from, code.length, 0xffff_ffff_8100_0000L + decoded);
                if (length < 1 || from + length > code.length) {
                    throw new IllegalStateException(one + ": length " + length);
                }
                characters += decoder.text().length();
                valid += decoder.isValid() ? 1 : 0;
            }
        }
        out.printf(
                Locale.ROOT,
                "%s: %,d random inputs, %,d valid, %,d characters of text, %.1f s%n",
                one,
                decoded,
                valid,
                characters,
                (System.nanoTime() - begin) / 1e9);
    }
}
