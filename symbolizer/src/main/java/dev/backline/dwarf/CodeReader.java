package dev.backline.dwarf;

import dev.backline.io.Internal;
import dev.backline.io.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads all code that a file's debug information describes, unit by unit on several threads. The result gives the same
 * answer for each address as {@link Dwarf#framesAt}, for any number of threads. Units are released after they were
 * read.
 */
@Internal
public final class CodeReader {
    /** Parts of a hostile file may overlap, so the result can be larger than the file. */
    private static final long MAX_BYTES = Runtime.getRuntime().maxMemory() / 2;

    /** Bytes of line tables that are read in any case: a few seconds' work. */
    private static final long FREE_LINE_BYTES = 1 << 27;

    /** How often all line tables of a file may be read beyond that: units of a hostile file share a large one. */
    private static final int MAX_SHARED = 8;

    private final Dwarf dwarf;
    private final int jobs;
    private final Consumer<IOException> problems;
    private final AddressRanges code = new AddressRanges();
    private @Nullable Predicate<SourceFile> only;
    private boolean details;
    private volatile boolean split;
    private final AtomicLong bytes = new AtomicLong();

    /** The line tables that were read, in bytes; one that several units share counts for each. */
    private final AtomicLong lineBytes = new AtomicLong();

    /**
     * Creates a reader without code to read.
     *
     * @param dwarf of the file
     * @param jobs the greatest number of threads
     * @param problems is called for each damaged unit, on the calling thread; the unit's code is skipped
     */
    public CodeReader(Dwarf dwarf, int jobs, Consumer<IOException> problems) {
        this.dwarf = dwarf;
        this.jobs = jobs;
        this.problems = problems;
    }

    /**
     * Restricts the reader to units of some source files.
     *
     * @param files whether to read the unit that was compiled from a file
     */
    public void only(Predicate<SourceFile> files) {
        only = files;
    }

    /** Also reads columns, discriminators and both names of each function. */
    public void details() {
        details = true;
    }

    /**
     * {@return whether some of the information that was read is, or should be, in other files: a supplementary file or
     * split units}
     *
     * @throws IOException if the file cannot be read
     */
    public boolean needsOtherFiles() throws IOException {
        return split || dwarf.sections().elf().debugAltLink() != null;
    }

    /**
     * Adds a range of addresses to read. Ranges must ascend and not overlap.
     *
     * @param low the first of them
     * @param high one past the last
     */
    public void addCode(long low, long high) {
        code.add(low, high);
    }

    /**
     * Reads the code.
     *
     * @return the code of each unit; no address is in two of them
     * @throws IOException if the file cannot be read, or if the result takes more than half of the heap
     */
    public List<UnitCode> read() throws IOException {
        if (!dwarf.isPresent()) {
            return List.of();
        }
        List<UnitCode> found = new ArrayList<>(read(owners(dwarf.firstUnits(), code)));
        AddressIndex further = dwarf.furtherUnits();
        if (further.claims() == 0) {
            return found;
        }
        Map<Long, AddressRanges> owners = owners(further, without(found));
        found.addAll(read(owners));
        if (further.isOverlapping()) {
            // One after the other, since the next unit may know code that the first does not
            for (Map.Entry<Long, AddressRanges> claim :
                    claims(further, without(found)).entrySet()) {
                AddressRanges asked = owners.getOrDefault(claim.getKey(), new AddressRanges());
                AddressRanges open = claim.getValue().without(asked);
                if (open.count() > 0) {
                    AddressRanges left = without(found);
                    AddressRanges wanted = new AddressRanges();
                    for (int i = 0; i < open.count(); i++) {
                        wanted.addShared(open.low(i), open.high(i), left);
                    }
                    found.addAll(read(Map.of(claim.getKey(), wanted)));
                }
            }
        }
        return found;
    }

    /** For each unit, the addresses of which it is the first claimant. */
    private static Map<Long, AddressRanges> owners(AddressIndex index, AddressRanges among) {
        Map<Long, AddressRanges> owners = new TreeMap<>();
        for (int i = 0; i < index.spans() - 1; i++) {
            if (index.spanOwner(i) != AddressIndex.NONE) {
                owners.computeIfAbsent(index.spanOwner(i), key -> new AddressRanges())
                        .addShared(index.spanStart(i), index.spanStart(i + 1), among);
            }
        }
        return owners;
    }

    /** For each unit, all addresses that it claims. */
    private static Map<Long, AddressRanges> claims(AddressIndex index, AddressRanges among) {
        Map<Long, AddressRanges> claims = new TreeMap<>();
        for (int i = 0; i < index.claims(); i++) {
            AddressRanges shared = new AddressRanges();
            shared.addShared(index.low(i), index.high(i), among);
            if (shared.count() > 0) {
                AddressRanges all = claims.computeIfAbsent(index.unit(i), key -> new AddressRanges());
                for (int k = 0; k < shared.count(); k++) {
                    all.add(shared.low(k), shared.high(k));
                }
            }
        }
        claims.replaceAll((unit, ranges) -> ranges.union());
        return claims;
    }

    /** The code that is in none of these units. */
    private AddressRanges without(List<UnitCode> units) {
        AddressRanges taken = new AddressRanges();
        for (UnitCode unit : units) {
            for (int i = 0; i < unit.pieces(); i++) {
                taken.add(unit.low(i), unit.low(i) + unit.length(i));
            }
        }
        return code.without(taken.union());
    }

    /** Reads the given addresses of each unit; the result is in the order of the units. */
    private List<UnitCode> read(Map<Long, AddressRanges> wanted) throws IOException {
        List<Map.Entry<Long, AddressRanges>> tasks = new ArrayList<>();
        for (Map.Entry<Long, AddressRanges> each : wanted.entrySet()) {
            if (each.getValue().count() > 0) {
                tasks.add(each);
            }
        }
        @Nullable UnitCode[] found = new @Nullable UnitCode[tasks.size()];
        long maxLineBytes = maxLineBytes();
        ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
        Parallel.forEach(found.length, jobs, () -> {
            UnitCodeBuilder builder = new UnitCodeBuilder(details);
            return i -> {
                if (bytes.get() > MAX_BYTES || lineBytes.get() > maxLineBytes) {
                    return;
                }
                try {
                    found[i] = read(builder, tasks.get(i).getKey(), tasks.get(i).getValue());
                } catch (IOException e) {
                    failures.add(e);
                }
            };
        });
        if (bytes.get() > MAX_BYTES) {
            throw new DwarfException(
                    dwarf.sections().file(),
                    DebugSections.Kind.INFO.sectionName,
                    0,
                    "the code that the file describes takes half of the Java heap; give Java a larger heap (-Xmx)");
        }
        if (lineBytes.get() > maxLineBytes) {
            throw new DwarfException(
                    dwarf.sections().file(),
                    DebugSections.Kind.LINE.sectionName,
                    0,
                    "its units share line tables: together they have more than " + MAX_SHARED
                            + " times the section's rows");
        }
        failures.forEach(problems);
        List<UnitCode> all = new ArrayList<>();
        for (UnitCode each : found) {
            if (each != null && each.pieces() > 0) {
                all.add(each);
            }
        }
        return all;
    }

    private long maxLineBytes() throws IOException {
        var lines = dwarf.sections().find(DebugSections.Kind.LINE);
        return FREE_LINE_BYTES + (lines == null ? 0 : MAX_SHARED * lines.size());
    }

    private @Nullable UnitCode read(UnitCodeBuilder builder, long offset, AddressRanges wanted) throws IOException {
        Unit unit = dwarf.readUnit(offset);
        if (only != null && !only.test(unit.source())) {
            return null;
        }
        Unit splitUnit = unit.split();
        Unit owner = splitUnit == null ? unit : splitUnit;
        if (unit.context().dwoName() != null) {
            split = true;
        }
        UnitContext entries = owner.context();
        Cursor body = entries.from(entries.header().firstEntry());
        if (unit.hasLines()) {
            lineBytes.addAndGet(unit.lineBytes());
        }
        UnitCode code = builder.build(
                FunctionTable.read(entries, owner, body), body.at(0), unit.hasLines() ? unit.lines() : null, wanted);
        bytes.addAndGet(code.bytes());
        return code;
    }
}
