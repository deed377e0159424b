package dev.backline.gsym;

import dev.backline.dwarf.CodeReader;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import dev.backline.dwarf.UnitCode;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.io.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers of a GSYM file and an ELF file for all code: at each address where a function, a line or an
 * inlined call starts or ends, and at the last byte before. All fields are compared if the index has details, and then
 * also each address where a column or a discriminator changes; else columns and discriminators are not. Not thread-safe.
 */
public final class GsymVerifier {
    private static final int MAX_DIFFERENCES = 20;

    private final ElfFile elf;
    private final GsymFile gsym;
    private int jobs = 1;
    private @Nullable Predicate<SourceFile> only;
    private @Nullable Consumer<IOException> problems;

    /**
     * Creates a comparison of all code, with one thread.
     *
     * @param elf the file from which the index was made
     * @param gsym the index
     */
    public GsymVerifier(ElfFile elf, GsymFile gsym) {
        this.elf = elf;
        this.gsym = gsym;
    }

    /**
     * Sets the number of threads.
     *
     * @param threads at least 1
     * @return this
     */
    public GsymVerifier jobs(int threads) {
        jobs = threads;
        return this;
    }

    /**
     * Compares only the code that {@link GsymWriter#only} kept.
     *
     * @param files whether to compare code compiled from a file
     * @return this
     */
    public GsymVerifier only(Predicate<SourceFile> files) {
        only = files;
        return this;
    }

    /**
     * Sets what is told of damaged units, which {@link GsymWriter} left out: their code is not compared. Without it, a
     * damaged unit ends the comparison.
     *
     * @param damaged is called for each damaged unit, on the calling thread
     * @return this
     */
    public GsymVerifier problems(Consumer<IOException> damaged) {
        problems = damaged;
        return this;
    }

    /**
     * The result of a comparison.
     *
     * @param functions the number of functions in the GSYM file
     * @param places the number of compared addresses
     * @param different the number of addresses with different answers
     * @param differences the first of these, one line each, in the order of addresses
     */
    public record Result(long functions, long places, long different, List<String> differences) {
        /**
         * Copies what it is given.
         *
         * @param functions the number of functions in the GSYM file
         * @param places the number of compared addresses
         * @param different the number of addresses with different answers
         * @param differences the first of these, one line each, in the order of addresses
         */
        public Result {
            differences = List.copyOf(differences);
        }
    }

    /**
     * Compares the two files.
     *
     * @return the result; the files agree if {@link Result#different()} is 0
     * @throws IOException if one of the files cannot be read or is damaged, or their builds differ
     */
    public Result verify() throws IOException {
        BuildId elfId = elf.buildId();
        BuildId indexId = gsym.buildId();
        // The header holds 20 bytes of a build id
        if (elfId != null && indexId != null && !elfId.toString().startsWith(indexId.toString())) {
            throw new ElfException(
                    gsym.name() + ": is an index of build " + indexId + ", and " + elf.name() + " is build " + elfId);
        }
        List<IOException> failures = new ArrayList<>();
        Dwarf dwarf = Dwarf.of(elf);
        CodeReader reader = new CodeReader(dwarf, jobs, failures::add);
        GsymWriter.addCode(elf, reader);
        if (gsym.hasDetails()) {
            reader.details();
        }
        if (only != null) {
            reader.only(only);
        }
        List<UnitCode> units = reader.read();
        boolean skipsDamage = problems != null && !failures.isEmpty();
        if (problems != null) {
            failures.forEach(problems);
            failures.clear();
        }
        List<long[]> tasks = new ArrayList<>();
        for (UnitCode unit : units) {
            tasks.add(boundaries(unit, gsym.hasDetails()));
        }
        tasks.add(starts());
        CodeCoverage kept = only == null ? null : new CodeCoverage(units);
        Comparison[] comparisons = new Comparison[tasks.size()];
        Parallel.forEach(comparisons.length, jobs, i -> {
            comparisons[i] = new Comparison(elf, dwarf, gsym, kept, skipsDamage);
            comparisons[i].compare(tasks.get(i));
        });
        long places = 0;
        long different = 0;
        List<String> differences = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            places += comparison.places;
            different += comparison.different;
            differences.addAll(comparison.differences);
            if (comparison.failure != null) {
                failures.add(comparison.failure);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        return new Result(
                gsym.size(), places, different, differences.subList(0, Math.min(MAX_DIFFERENCES, differences.size())));
    }

    /** The addresses where anything starts or ends in the unit's code, and the bytes before; ascending. */
    private static long[] boundaries(UnitCode unit, boolean details) {
        int pieces = unit.pieces();
        int ranges = 0;
        for (int call = unit.firstCall(0); call < unit.firstCall(pieces); call++) {
            ranges += unit.firstRange(call + 1) - unit.firstRange(call);
        }
        int places = details ? unit.firstPlace(pieces) : 0;
        long[] found = new long[2 * (2 * pieces + unit.firstRow(pieces) + places + 2 * ranges)];
        int count = 0;
        for (int piece = 0; piece < pieces; piece++) {
            long low = unit.low(piece);
            count = add(found, count, low);
            count = add(found, count, low + unit.length(piece));
            for (int row = unit.firstRow(piece); row < unit.firstRow(piece + 1); row++) {
                count = add(found, count, low + unit.rowOffset(row));
            }
            for (int place = details ? unit.firstPlace(piece) : 0;
                    details && place < unit.firstPlace(piece + 1);
                    place++) {
                count = add(found, count, low + unit.placeOffset(place));
            }
            for (int range = unit.firstRange(unit.firstCall(piece));
                    range < unit.firstRange(unit.firstCall(piece + 1));
                    range++) {
                count = add(found, count, low + unit.rangeOffset(range));
                count = add(found, count, low + unit.rangeEnd(range));
            }
        }
        return distinct(found, count);
    }

    /** The starts of the functions in the GSYM file, and the bytes before. */
    private long[] starts() throws IOException {
        long[] found = new long[2 * gsym.size()];
        int count = 0;
        for (int i = 0; i < gsym.size(); i++) {
            count = add(found, count, gsym.address(i));
        }
        return distinct(found, count);
    }

    private static int add(long[] found, int count, long address) {
        found[count] = address - 1;
        found[count + 1] = address;
        return count + 2;
    }

    private static long[] distinct(long[] found, int count) {
        Arrays.sort(found, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept == 0 || found[kept - 1] != found[i]) {
                found[kept++] = found[i];
            }
        }
        return Arrays.copyOf(found, kept);
    }

    /** Compares some addresses, in one thread. */
    private static final class Comparison {
        private final ElfFile elf;
        private final Dwarf dwarf;
        private final GsymFile gsym;
        private final @Nullable CodeCoverage kept;
        private final boolean skipsDamage;
        private long places;
        private long different;
        private final List<String> differences = new ArrayList<>();
        private @Nullable IOException failure;

        /**
         * @param kept the code that the index contains; null for all code
         * @param skipsDamage whether code of damaged units is not compared
         */
        Comparison(ElfFile elf, Dwarf dwarf, GsymFile gsym, @Nullable CodeCoverage kept, boolean skipsDamage) {
            this.skipsDamage = skipsDamage;
            this.elf = elf;
            this.dwarf = dwarf;
            this.gsym = gsym;
            this.kept = kept;
        }

        void compare(long[] addresses) {
            try {
                for (long address : addresses) {
                    Section section = elf.sectionAt(address);
                    if (section == null || !section.isExecutable() || (kept != null && !kept.has(address))) {
                        continue;
                    }
                    List<Frame> expected = skipsDamage ? undamaged(address) : dwarf.framesAt(address);
                    if (expected == null) {
                        continue;
                    }
                    places++;
                    List<Frame> found = gsym.framesAt(address);
                    if (gsym.hasDetails() ? !expected.equals(found) : !same(expected, found)) {
                        different++;
                        if (differences.size() < MAX_DIFFERENCES) {
                            differences.add("0x" + Long.toHexString(address) + ": DWARF has " + text(expected)
                                    + "; the index has " + text(found));
                        }
                    }
                }
            } catch (IOException e) {
                failure = e;
            }
        }

        /** The frames of the ELF file; null in a damaged unit, which the index lacks. */
        private @Nullable List<Frame> undamaged(long address) {
            try {
                // Reads all functions of the unit, as the writer did
                UnitFunctions.at(dwarf, address);
                return dwarf.framesAt(address);
            } catch (IOException e) {
                return null;
            }
        }

        private static boolean same(List<Frame> expected, List<Frame> found) {
            if (!anyPlace(expected) && !anyPlace(found)) {
                return true;
            }
            if (expected.size() != found.size()) {
                return false;
            }
            for (int i = 0; i < expected.size(); i++) {
                Frame a = expected.get(i);
                Frame b = found.get(i);
                if (Math.max(0, a.line()) != b.line() || a.inlined() != b.inlined() || !samePath(a.file(), b.file())) {
                    return false;
                }
                // If DWARF has no function, as in padding, the name is that of the symbol
                String name = UnitCode.shownName(a.function(), a.linkageName());
                if (name != null && !name.equals(UnitCode.shownName(b.function(), b.linkageName()))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean anyPlace(List<Frame> frames) {
            for (Frame frame : frames) {
                if (frame.file() != null) {
                    return true;
                }
            }
            return false;
        }

        private static boolean samePath(@Nullable SourceFile a, @Nullable SourceFile b) {
            return Objects.equals(a == null ? null : a.path(), b == null ? null : b.path());
        }

        private static String text(List<Frame> frames) {
            StringBuilder text = new StringBuilder();
            for (Frame frame : frames) {
                SourceFile file = frame.file();
                text.append(text.length() == 0 ? "" : ", in ")
                        .append(UnitCode.shownName(frame.function(), frame.linkageName()))
                        .append(" at ")
                        .append(file == null ? "??" : file.path())
                        .append(':')
                        .append(frame.line());
                if (frame.column() != 0 || frame.discriminator() != 0) {
                    text.append(':').append(frame.column()).append(':').append(frame.discriminator());
                }
            }
            return text.length() == 0 ? "nothing" : text.toString();
        }
    }
}
