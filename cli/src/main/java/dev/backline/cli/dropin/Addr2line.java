package dev.backline.cli.dropin;

import dev.backline.cli.console.Command;
import dev.backline.cli.console.CommandTable;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.ExitStatus;
import dev.backline.cli.console.Help;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.UsageException;
import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.DebugFiles;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.gsym.GsymException;
import dev.backline.io.LongList;
import dev.backline.io.OutputBudget;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code backline addr2line}: GNU addr2line's output for GNU addr2line's options, so that scripts can run either tool. An
 * address from standard input is answered as soon as it arrives; addresses that have already arrived are answered in
 * batches.
 */
public final class Addr2line implements Command {
    /** GNU addr2line reads a line into a buffer of 100 bytes with a final 0. */
    private static final int MAX_LINE = 99;

    /** So large that each part of a large file is decoded once for many addresses. */
    private static final int MAX_BATCH = 1 << 17;

    /** The most bytes of the answers to a batch; a batch with longer answers is halved. */
    private static final long MAX_ANSWERS =
            Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);

    private static final int FAILED = 1;

    private final int maxBatch;
    private final long maxAnswers;

    public Addr2line() {
        this(MAX_BATCH, MAX_ANSWERS);
    }

    /**
     * @param maxBatch the most addresses in a batch
     * @param maxAnswers the most bytes of the answers to a batch
     */
    Addr2line(int maxBatch, long maxAnswers) {
        this.maxBatch = maxBatch;
        this.maxAnswers = maxAnswers;
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
            Help.print(CommandTable.addr2line(), console);
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
        try (Symbolizer symbolizer = Symbolizer.open(Path.of(options.file()), console.indexes())) {
            DebugData debug = separate(symbolizer, console);
            if (debug == null) {
                return answer(options, symbolizer, console);
            }
            try (Symbolizer other = Symbolizer.of(debug)) {
                return answer(options, other, console);
            }
        } catch (ElfException | GsymException e) {
            complain(console, options.file() + ": file format not recognized (" + e.getMessage() + ")");
            return FAILED;
        }
    }

    /**
     * Opens the debug file of a stripped file. It has the sections and symbols of the stripped file too.
     *
     * @return null if the file itself has debug information, or if no debug file is found
     */
    private static @Nullable DebugData separate(Symbolizer symbolizer, Console console) throws IOException {
        ElfFile elf = symbolizer.elf();
        return elf == null || symbolizer.hasDebugInfo() ? null : DebugFiles.separate(elf, console.indexes());
    }

    /** Why the file cannot be used, in the words of GNU addr2line, or null. */
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

    private int answer(Addr2lineOptions options, Symbolizer symbolizer, Console console) throws IOException {
        DebugData data = symbolizer.data();
        Section section = null;
        if (options.section() != null) {
            section = named(data, options.section());
            if (section == null) {
                complain(console, options.file() + ": cannot find section " + options.section());
                return FAILED;
            }
        }
        AddressOperand operand = new AddressOperand(data, console.problems("addr2line"));
        Answers answers = new Answers(
                options,
                data.is64(),
                new BinutilsLookup(symbolizer, console.problems("addr2line")),
                section,
                maxAnswers,
                new OutputBudget(Files.size(Path.of(options.file()))),
                console.out());
        LongList batch = new LongList();
        if (!options.operands().isEmpty()) {
            for (String address : options.operands()) {
                batch.add(operand.value(address));
                if (batch.size() == maxBatch) {
                    answers.print(take(batch), true);
                }
            }
            answers.print(take(batch), false);
            return ExitStatus.DONE;
        }
        LineBatches batches = new LineBatches(console.in(), maxBatch, MAX_LINE);
        while (batches.next((bytes, from, to) -> batch.add(operand.value(bytes, from, to))) > 0) {
            answers.print(take(batch), !batches.isDone());
            console.out().flush();
        }
        return ExitStatus.DONE;
    }

    private static long[] take(LongList batch) {
        long[] taken = batch.toArray();
        batch.clear();
        return taken;
    }

    static @Nullable Section named(DebugData data, String name) {
        for (Section section : data.sections()) {
            if (section.name().equals(name)) {
                return section;
            }
        }
        return null;
    }

    /** Looks up batches and prints the answers. */
    private record Answers(
            Addr2lineOptions options,
            boolean is64,
            BinutilsLookup lookup,
            @Nullable Section section,
            long maxAnswers,
            OutputBudget budget,
            Output out) {
        void print(long[] addresses, boolean moreMayCome) throws IOException {
            AnswerPages pages = new AnswerPages(addresses.length, maxAnswers);
            lookup.lines(section, addresses, Runtime.getRuntime().availableProcessors(), moreMayCome, () -> {
                Addr2lineText text = new Addr2lineText(options, is64, pages.writer(), budget);
                return (index, lines) -> text.write(index, addresses[index], lines);
            });
            if (!pages.isFull() || addresses.length == 1) {
                pages.writeTo(out);
                return;
            }
            int half = addresses.length / 2;
            print(Arrays.copyOfRange(addresses, 0, half), true);
            print(Arrays.copyOfRange(addresses, half, addresses.length), moreMayCome);
        }
    }
}
