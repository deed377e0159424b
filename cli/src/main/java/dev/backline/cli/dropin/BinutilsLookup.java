package dev.backline.cli.dropin;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.ElfData;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.io.Lazy;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks up source lines by GNU addr2line's rules. An address belongs to the first allocated section with information
 * about it. Functions and files that the DWARF lacks come from the symbol table. Every line of an answer has the
 * discriminator of the innermost row. In an ET_REL every section begins at 0. Thread-safe.
 */
final class BinutilsLookup {
    private final Symbolizer symbolizer;
    private final DebugData data;
    /** Null for an index, whose own names are used. Few look-ups need them. */
    private final @Nullable Lazy<FunctionSymbols, IOException> functions;

    private final Consumer<IOException> problems;
    /** An array, since each look-up goes through it. */
    private final Section[] allocated;

    /**
     * @param problems receives the failure for each part of the file that cannot be read, possibly from several threads;
     *     the code described there counts as unknown
     */
    BinutilsLookup(Symbolizer symbolizer, Consumer<IOException> problems) throws IOException {
        this.symbolizer = symbolizer;
        this.problems = problems;
        this.data = symbolizer.data();
        this.functions = data instanceof ElfData elf ? functions(elf) : null;
        List<Section> found = new ArrayList<>();
        for (Section section : data.sections()) {
            if (section.isAllocated()) {
                found.add(section);
            }
        }
        allocated = found.toArray(new Section[0]);
    }

    private static Lazy<FunctionSymbols, IOException> functions(ElfData elf) throws IOException {
        Lazy<FunctionSymbols, IOException> functions = new Lazy<>() {
            @Override
            protected FunctionSymbols compute() throws IOException {
                return new FunctionSymbols(elf.elf());
            }
        };
        if (!elf.hasIndex()) {
            // A file without a readable symbol table is refused at once.
            functions.get();
        }
        return functions;
    }

    /**
     * One line of an answer: {@code FUNCTION at FILE:LINE}.
     *
     * @param function null for {@code ??}
     * @param file null for {@code ??}
     * @param line 0 for {@code ?}
     * @param discriminator 0 if there is none
     */
    record Line(@Nullable String function, @Nullable String file, int line, int discriminator) {}

    /** Receives the lines of the addresses of a batch. One thread at a time uses a sink. */
    @FunctionalInterface
    interface LineSink {
        /**
         * Receives the lines of one address, innermost first; an empty list if the address is unknown.
         *
         * @return whether to continue; false ends the look-up early
         */
        boolean accept(int index, List<Line> lines);
    }

    /**
     * {@return the lines of one address, innermost first; empty if the address is unknown}
     *
     * @param section the section that {@code pc} is an offset in, or null if {@code pc} is an address
     * @param pc the address or offset
     */
    List<Line> lines(@Nullable Section section, long pc) {
        List<List<Line>> found = new ArrayList<>(1);
        lines(section, new long[] {pc}, 1, true, () -> (index, lines) -> found.add(lines));
        return found.get(0);
    }

    /**
     * Looks up each address and hands its lines to one of the sinks, in any order.
     *
     * @param threads the most threads
     * @param keep whether to keep decoded data for later look-ups
     * @param sinks creates a sink for each thread
     */
    void lines(@Nullable Section section, long[] pcs, int threads, boolean keep, Supplier<LineSink> sinks) {
        Section[] home = new Section[pcs.length];
        int[] indexes = new int[pcs.length];
        long[] addresses = new long[pcs.length];
        int asked = 0;
        boolean goOn = true;
        LineSink unknown = null;
        for (int i = 0; i < pcs.length && goOn; i++) {
            Section first = section == null ? next(null, pcs[i]) : holds(section, pcs[i], true) ? section : null;
            if (first == null) {
                unknown = unknown == null ? sinks.get() : unknown;
                goOn = unknown.accept(i, List.of());
            } else {
                home[asked] = first;
                indexes[asked] = i;
                addresses[asked++] = data.address(first) + offset(section, first, pcs[i]);
            }
        }
        if (asked > 0 && goOn) {
            symbolizer.framesAt(
                    asked == addresses.length ? addresses : Arrays.copyOf(addresses, asked),
                    threads,
                    keep,
                    () -> {
                        LineSink sink = sinks.get();
                        return (k, frames) -> {
                            long pc = pcs[indexes[k]];
                            return sink.accept(indexes[k], lines(section, home[k], pc, frames));
                        };
                    },
                    problems);
        }
    }

    private List<Line> lines(@Nullable Section section, Section first, long pc, List<SourceFrame> frames) {
        List<Line> lines = named(first, offset(section, first, pc), frames);
        return section == null && lines.isEmpty() ? inLaterSections(first, pc) : lines;
    }

    private List<Line> inLaterSections(Section first, long pc) {
        for (Section other = next(first, pc); other != null; other = next(other, pc)) {
            long offset = offset(null, other, pc);
            long[] address = {data.address(other) + offset};
            List<Line> lines =
                    named(other, offset, symbolizer.framesAt(address, problems).get(0));
            if (!lines.isEmpty()) {
                return lines;
            }
        }
        return List.of();
    }

    private List<Line> named(Section section, long offset, List<SourceFrame> frames) {
        if (frames.isEmpty()) {
            Line symbol = symbolAt(section, offset);
            return symbol == null ? List.of() : List.of(symbol);
        }
        int discriminator = frames.get(0).discriminator();
        List<Line> lines = new ArrayList<>(frames.size());
        for (SourceFrame frame : frames) {
            String function = frame.linkageName() != null ? frame.linkageName() : frame.function();
            String file = frame.file();
            if (function == null) {
                Line symbol = symbolAt(section, offset);
                if (symbol != null) {
                    function = symbol.function();
                    file = file != null ? file : symbol.file();
                }
            }
            lines.add(new Line(function, file, frame.line(), discriminator));
        }
        return lines;
    }

    /** The function and file of a place according to the symbol table, or null. */
    private @Nullable Line symbolAt(Section section, long offset) {
        try {
            if (functions != null) {
                FunctionSymbols table = functions.get();
                int symbol = table.at(section, offset);
                return symbol < 0 ? null : new Line(table.name(symbol), table.sourceFile(symbol), 0, 0);
            }
            Symbols symbols = data.symbols();
            int symbol = symbols.at(data.address(section) + offset);
            return symbol < 0 ? null : new Line(symbols.name(symbol), null, 0, 0);
        } catch (IOException e) {
            problems.accept(e);
            return null;
        }
    }

    /** The first section after {@code after} that contains {@code pc}. */
    private @Nullable Section next(@Nullable Section after, long pc) {
        for (Section section : allocated) {
            if ((after == null || section.index() > after.index()) && holds(section, pc, data.isRelocatable())) {
                return section;
            }
        }
        return null;
    }

    private static boolean holds(Section section, long pc, boolean isOffset) {
        long offset = isOffset ? pc : pc - section.address();
        return section.isAllocated() && Long.compareUnsigned(offset, section.size()) < 0;
    }

    private long offset(@Nullable Section asked, Section section, long pc) {
        return asked != null || data.isRelocatable() ? pc : pc - section.address();
    }
}
