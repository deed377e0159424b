package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.AddressOrder;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
import dev.backline.io.Lazy;
import dev.backline.io.LongList;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The debug information of one ELF file. Thread-safe; closing the ELF file ends it, and
 * {@link #close()} closes the further files (split, supplementary) that it opened itself.
 */
public final class Dwarf implements java.io.Closeable {
    /** References lead from an inlined call to an abstract entry to a specification; longer chains are loops. */
    private static final int MAX_REFERENCES = 16;

    private static final int ENTRY_WINDOW = 192;

    /** More than the kernel and its modules share; then they are forgotten and read again. */
    private static final int MAX_NAMES = 1 << 16;

    private final DebugSections sections;
    private final CompanionFiles companions;
    private final UnitCache units;
    /** What each thread read last: the functions of one unit are mostly asked for one after another. */
    @SuppressWarnings("ThreadLocalUsage") // one for each file, and gone with it
    private final ThreadLocal<WeakReference<Body>> lastBody = new ThreadLocal<>();

    private final ConcurrentHashMap<Long, FunctionNames> names = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<DebugSections, LazyTypeUnits> typeUnits = new ConcurrentHashMap<>();
    private final Lazy<AddressIndex, IOException> aranges = new Lazy<>() {
        @Override
        protected AddressIndex compute() throws IOException {
            return readAranges();
        }
    };
    private final Lazy<AddressIndex, IOException> otherUnits = new Lazy<>() {
        @Override
        protected AddressIndex compute() throws IOException {
            return AddressIndex.ofUnits(Dwarf.this, unitOffsets(), aranges.get());
        }
    };
    private final Lazy<long[], IOException> unitOffsets = new Lazy<>() {
        @Override
        protected long[] compute() throws IOException {
            return readUnitOffsets();
        }
    };

    private Dwarf(ElfFile elf) {
        sections = new DebugSections(elf, false);
        companions = new CompanionFiles(this);
        units = new UnitCache(offset -> Unit.read(this, sections, offset));
    }

    /**
     * {@return the debug information of the file; nothing is read yet}
     *
     * @param elf stays open for as long as this is used
     */
    public static Dwarf of(ElfFile elf) {
        return new Dwarf(elf);
    }

    /**
     * {@return whether the file has a {@code .debug_info} at all}
     *
     * @throws IOException when that section cannot be read
     */
    public boolean isPresent() throws IOException {
        return sections.find(Kind.INFO) != null;
    }

    /**
     * The functions that the address belongs to, each with its place in the source. An address that a unit's
     * line table knows and no function entry covers (assembly) gives one frame without a function.
     *
     * @param address as the ELF file has it; in an ET_REL, section base plus offset
     * @return innermost first; empty when no unit has the address
     * @throws DwarfException when the unit that has the address is damaged
     * @throws IOException when the file cannot be read
     */
    public List<Frame> framesAt(long address) throws IOException {
        return framesAt(units::get, address);
    }

    /** Where units come from: what has been decoded before, or the file. */
    @FunctionalInterface
    private interface Units {
        Unit get(long offset) throws IOException;
    }

    /**
     * Look-ups of one thread that come unit by unit. A unit is let go when the look-ups have passed
     * it, so that any number of them needs no more memory than a few. Not thread-safe.
     */
    public final class Pass {
        /** Neighbours may have units in turns where several claim one stretch of code. */
        private static final int RECENT = 4;

        private final long[] offsets = new long[RECENT];
        private final List<LazyUnit> recent = new ArrayList<>(RECENT);
        private int next;

        private Pass() {}

        /**
         * {@return what {@link Dwarf#framesAt} does}
         *
         * @param address as there
         * @throws IOException when the unit that has the address is damaged
         */
        public List<Frame> framesAt(long address) throws IOException {
            return Dwarf.this.framesAt(this::unit, address);
        }

        private Unit unit(long offset) throws IOException {
            for (int i = 0; i < recent.size(); i++) {
                if (offsets[i] == offset) {
                    return recent.get(i).get();
                }
            }
            if (units.holds(offset)) {
                return units.get(offset);
            }
            LazyUnit unit = new LazyUnit(offset);
            offsets[next] = offset;
            if (recent.size() < RECENT) {
                recent.add(unit);
            } else {
                recent.set(next, unit);
            }
            next = (next + 1) % RECENT;
            return unit.get();
        }
    }

    private final class LazyUnit extends Lazy<Unit, IOException> {
        private final long offset;

        LazyUnit(long offset) {
            this.offset = offset;
        }

        @Override
        protected Unit compute() throws IOException {
            return Unit.read(Dwarf.this, sections, offset);
        }
    }

    private final class LazyTypeUnits extends Lazy<TypeUnits, IOException> {
        private final DebugSections of;

        LazyTypeUnits(DebugSections of) {
            this.of = of;
        }

        @Override
        protected TypeUnits compute() throws IOException {
            return TypeUnits.of(Dwarf.this, of);
        }
    }

    /** {@return look-ups in the order that {@link #order} gives} */
    public Pass pass() {
        return new Pass();
    }

    /**
     * Tells the order in which many look-ups decode least: unit by unit, since a unit may have code in
     * several sections, and by address within.
     *
     * @param addresses in any order; they are not changed
     * @return the indexes of the addresses
     * @throws IOException when the file cannot be read
     */
    public int[] order(long[] addresses) throws IOException {
        if (addresses.length == 1) {
            return new int[1];
        }
        int[] byAddress = AddressOrder.of(addresses, addresses.length);
        AddressIndex index = aranges.get();
        long[] unitOffsets = new long[addresses.length];
        for (int i = 0; i < unitOffsets.length; i++) {
            unitOffsets[i] = index.find(addresses[byAddress[i]]);
        }
        int[] order = AddressOrder.of(unitOffsets, unitOffsets.length);
        for (int i = 0; i < order.length; i++) {
            order[i] = byAddress[order[i]];
        }
        return order;
    }

    private List<Frame> framesAt(Units from, long address) throws IOException {
        if (!isPresent()) {
            return List.of();
        }
        long first = aranges.get().find(address);
        if (first != AddressIndex.NONE) {
            List<Frame> frames = framesAt(from.get(first), address);
            if (!frames.isEmpty()) {
                return frames;
            }
        }
        // Producers leave units out of .debug_aranges, or have one claim what belongs to others.
        for (long offset : otherUnits.get().claimants(address)) {
            List<Frame> frames = offset == first ? List.of() : framesAt(from.get(offset), address);
            if (!frames.isEmpty()) {
                return frames;
            }
        }
        return List.of();
    }

    private static List<Frame> framesAt(Unit unit, long address) throws IOException {
        FunctionTable functions = unit.functionsAt(address);
        int node = functions == null ? FunctionTable.NONE : functions.find(address);
        LineTable lines = unit.hasLines() ? unit.lines() : null;
        int row = lines == null ? LineTable.NONE : lines.find(address);
        SourceFile file = null;
        int line = 0;
        int column = 0;
        int discriminator = 0;
        if (lines != null && row != LineTable.NONE) {
            file = lines.header().file(lines.file(row));
            line = lines.line(row);
            column = lines.column(row);
            discriminator = lines.discriminator(row);
        } else if (node == FunctionTable.NONE) {
            return List.of();
        }
        if (functions == null || node == FunctionTable.NONE) {
            return List.of(new Frame(null, null, file, line, column, discriminator, false));
        }
        List<Frame> frames = new ArrayList<>(4);
        while (true) {
            FunctionNames names = functions.names(node);
            int parent = functions.parent(node);
            boolean inlined = functions.isInlined(node) && parent != FunctionTable.NONE;
            frames.add(new Frame(names.name(), names.linkageName(), file, line, column, discriminator, inlined));
            if (!inlined) {
                return frames;
            }
            int number = functions.callFile(node);
            file = lines == null ? null : lines.header().file(number);
            line = functions.callLine(node);
            column = functions.callColumn(node);
            discriminator = 0;
            node = parent;
        }
    }

    /**
     * The call sites of the function at the address, with those of everything inlined into it.
     *
     * @param address in the function, as the ELF file has it
     * @return empty where no function entry covers the address, or the compiler recorded none
     * @throws IOException when the unit with the function is damaged
     */
    public List<CallSite> callSites(long address) throws IOException {
        return details(address).callSites();
    }

    /**
     * {@return the call that returns to the address, or null when none is known}
     *
     * @param returnAddress as the ELF file has it; it may lie one past the function's end, where a call that
     *     never returns comes last
     * @throws IOException when the unit with the function is damaged
     */
    public @Nullable CallSite callSiteReturningTo(long returnAddress) throws IOException {
        for (CallSite site : callSites(returnAddress - 1)) {
            if (site.returnAddress() == returnAddress && !site.tailCall()) {
                return site;
            }
        }
        return null;
    }

    /**
     * {@return the labels of the function at the address that have a place in its code}
     *
     * @param address in the function, as the ELF file has it
     * @throws IOException when the unit with the function is damaged
     */
    public List<Label> labels(long address) throws IOException {
        return details(address).labels();
    }

    /**
     * {@return the last label of the function's own, not of what is inlined into it, at or before the
     * address; or null}
     *
     * @param address in the function, as the ELF file has it
     * @throws IOException when the unit with the function is damaged
     */
    public @Nullable Label labelBefore(long address) throws IOException {
        Label last = null;
        for (Label label : labels(address)) {
            if (!label.inlined()
                    && Long.compareUnsigned(label.address(), address) <= 0
                    && (last == null || Long.compareUnsigned(label.address(), last.address()) >= 0)) {
                last = label;
            }
        }
        return last;
    }

    /**
     * {@return what the unit with the code at the address says of its functions and types by name, or null
     * when no unit has code there}
     *
     * @param address of an instruction, or of the room that some architectures leave for patches at the
     *     beginning of each function, which is in no function of the unit
     * @throws IOException when the unit is damaged
     */
    public @Nullable Declarations declarationsAt(long address) throws IOException {
        FunctionTable functions = functionsAt(address);
        if (functions == null && isPresent()) {
            long unit = aranges.get().find(address);
            long[] others = unit == AddressIndex.NONE ? otherUnits.get().claimants(address) : new long[] {unit};
            functions = others.length == 0 ? null : unit(others[0]).functions();
        }
        return functions == null ? null : Declarations.of(functions, address);
    }

    /** The type units of the file or of one of its split files. */
    TypeUnits typeUnits(DebugSections of) throws IOException {
        return typeUnits.computeIfAbsent(of, LazyTypeUnits::new).get();
    }

    private FunctionDetails details(long address) throws IOException {
        FunctionTable functions = functionsAt(address);
        if (functions == null) {
            return FunctionDetails.NONE;
        }
        int node = functions.find(address);
        while (node != FunctionTable.NONE && functions.isInlined(node)) {
            node = functions.parent(node);
        }
        return node == FunctionTable.NONE
                ? FunctionDetails.NONE
                : FunctionDetails.read(functions.unit(), functions.entry(node));
    }

    /** The functions of the unit that has one at the address, or null. */
    private @Nullable FunctionTable functionsAt(long address) throws IOException {
        if (!isPresent()) {
            return null;
        }
        long first = aranges.get().find(address);
        FunctionTable functions =
                first == AddressIndex.NONE ? null : unit(first).functionsAt(address);
        if (functions != null && functions.find(address) != FunctionTable.NONE) {
            return functions;
        }
        for (long offset : otherUnits.get().claimants(address)) {
            functions = unit(offset).functionsAt(address);
            if (functions != null && functions.find(address) != FunctionTable.NONE) {
                return functions;
            }
        }
        return null;
    }

    /** The index only hastens the search: where it is damaged the units themselves are asked. */
    private AddressIndex readAranges() throws IOException {
        try {
            return AddressIndex.ofAranges(sections);
        } catch (DwarfException e) {
            return AddressIndex.empty(sections);
        }
    }

    /** The offsets of all units in {@code .debug_info}, in order. A damaged header ends the list. */
    private long[] readUnitOffsets() throws IOException {
        SectionData info = sections.find(Kind.INFO);
        LongList offsets = new LongList();
        long offset = 0;
        while (info != null && offset < info.size()) {
            UnitHeader header;
            try {
                header = UnitHeader.read(sections, offset);
            } catch (DwarfException e) {
                if (offsets.size() == 0) {
                    throw e;
                }
                break;
            }
            offsets.add(offset);
            offset = header.end();
        }
        return offsets.toArray();
    }

    /** Which unit is asked first for an address, by {@code .debug_aranges}. */
    AddressIndex firstUnits() throws IOException {
        return aranges.get();
    }

    /** Which units are asked when the first has no answer. */
    AddressIndex furtherUnits() throws IOException {
        return otherUnits.get();
    }

    long[] unitOffsets() throws IOException {
        return unitOffsets.get();
    }

    /** The unit whose header is at the offset in {@code .debug_info}. */
    Unit unit(long offset) throws IOException {
        return units.get(offset);
    }

    /** The same, and not kept when it has not been asked for before: an index passes all units and needs few again. */
    Unit passingUnit(long offset) throws IOException {
        return units.holds(offset) ? unit(offset) : Unit.read(this, sections, offset);
    }

    /** Notes that what was decoded of a unit takes so many bytes more. */
    void grew(Unit unit, long bytes) {
        units.grew(unit.header().offset(), bytes);
    }

    /** All entries of a unit. */
    private record Body(Unit unit, Cursor entries) {}

    /** A cursor over all entries of the unit, at the first one. */
    Cursor body(Unit unit) throws IOException {
        Cursor entries = bodyAtHand(unit);
        if (entries == null) {
            entries = unit.body(unit.header().firstEntry());
            lastBody.set(new WeakReference<>(new Body(unit, entries)));
        }
        return entries.at(0);
    }

    /** The same when this thread has just read them, else null. */
    @SuppressWarnings("ReferenceEquality") // a unit that was let go and read again is another one
    @Nullable
    Cursor bodyAtHand(Unit unit) {
        WeakReference<Body> last = lastBody.get();
        Body body = last == null ? null : last.get();
        return body != null && body.unit == unit ? body.entries : null;
    }

    /** The unit that the entry at the offset belongs to. */
    Unit unitHolding(long entry) throws IOException {
        long[] offsets = unitOffsets.get();
        int index = Arrays.binarySearch(offsets, entry);
        if (index < 0) {
            index = -index - 2;
        }
        if (index >= 0) {
            Unit unit = unit(offsets[index]);
            if (unit.holds(entry)) {
                return unit;
            }
        }
        throw new DwarfException(
                sections.file(), Kind.INFO.sectionName, entry, "a reference leads to a place that is in no unit");
    }

    /** The names of the function entry at the offset, for a file that shares this one's entries. */
    private FunctionNames names(long entry) throws IOException {
        FunctionNames known = names.get(entry);
        if (known == null) {
            known = readNames(null, null, entry);
            if (names.size() >= MAX_NAMES) {
                names.clear();
            }
            names.put(entry, known);
        }
        return known;
    }

    /** The names of the function entry at the offset in the supplementary file. */
    FunctionNames supplementaryNames(long entry) throws IOException {
        Dwarf supplementary = supplementary();
        return supplementary == null ? FunctionNames.UNKNOWN : supplementary.names(entry);
    }

    /**
     * The names of the function entry at the offset, read anew.
     *
     * @param near the unit that refers to it, null from another file
     * @param body the entries of {@code near}, where they are at hand
     */
    FunctionNames readNames(@Nullable Unit near, @Nullable Cursor body, long entry) throws IOException {
        String name = null;
        String linkageName = null;
        Attributes attributes = new Attributes();
        Unit unit = near;
        long at = entry;
        for (int i = 0; i < MAX_REFERENCES && at >= 0; i++) {
            if (unit == null || !unit.holds(at)) {
                unit = unitHolding(at);
            }
            if (body != null && unit == near) {
                readEntry(unit, body.at((int) (at - body.offsetOf(0))), attributes);
            } else {
                readEntry(unit, at, attributes);
            }
            if (name == null && attributes.has(NAME)) {
                name = emptyToNull(unit.string(attributes.form(NAME), attributes.value(NAME)));
            }
            if (linkageName == null && attributes.has(LINKAGE_NAME)) {
                linkageName = emptyToNull(unit.string(attributes.form(LINKAGE_NAME), attributes.value(LINKAGE_NAME)));
            }
            if (name != null && linkageName != null) {
                break;
            }
            int slot = attributes.has(ABSTRACT_ORIGIN) ? ABSTRACT_ORIGIN : SPECIFICATION;
            if (!attributes.has(slot)) {
                break;
            }
            int form = attributes.form(slot);
            at = unit.reference(form, attributes.value(slot));
            if (Unit.isSupplementary(form)) {
                Dwarf supplementary = supplementary();
                if (supplementary == null) {
                    break;
                }
                FunctionNames rest = supplementary.names(at);
                return new FunctionNames(
                        name == null ? rest.name() : name, linkageName == null ? rest.linkageName() : linkageName);
            }
        }
        return name == null && linkageName == null ? FunctionNames.UNKNOWN : new FunctionNames(name, linkageName);
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Reads the attributes of the entry at the cursor, over a window that holds all of the unit's rest. */
    private static void readEntry(Unit unit, Cursor c, Attributes into) throws IOException {
        long at = c.offset();
        try {
            into.clear();
            int declaration = unit.declaration(c, at);
            if (declaration >= 0) {
                unit.abbreviations().readAll(declaration, c, into);
            }
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(at, "the entry", e);
        }
    }

    /** Reads one entry's attributes; the returned cursor stands behind it. */
    static Cursor readEntry(Unit unit, long at, Attributes into) throws IOException {
        long left = unit.header().end() - at;
        int window = (int) Math.min(ENTRY_WINDOW, left);
        while (true) {
            Cursor c = unit.sections().cursor(unit.header().section(), at, window);
            try {
                into.clear();
                int declaration = unit.declaration(c, at);
                if (declaration >= 0) {
                    unit.abbreviations().readAll(declaration, c, into);
                }
                return c;
            } catch (IndexOutOfBoundsException e) {
                if (window == left) {
                    throw c.truncated(at, "the entry", e);
                }
                window = (int) Math.min((long) window * 16, Math.min(left, Integer.MAX_VALUE - 8));
            }
        }
    }

    /** The split part of a skeleton unit, or null when the unit is none or its file cannot be found. */
    @Nullable
    Unit splitUnit(Unit unit) throws IOException {
        return companions.splitUnit(unit);
    }

    /** The supplementary file (.gnu_debugaltlink, DWARF5 7.3.6), or null when there is none or it cannot be found. */
    @Nullable
    Dwarf supplementary() throws IOException {
        return companions.supplementary();
    }

    DebugSections sections() {
        return sections;
    }

    /** {@return about how many bytes of the heap the decoded units take} */
    public long retainedBytes() {
        return units.weight();
    }

    /**
     * Bounds the memory of decoded units. Units that were not used lately are let go.
     *
     * @param bytes about how many; never more than an eighth of the heap
     */
    public void limitCache(long bytes) {
        units.limit(bytes);
    }

    @Override
    public void close() throws IOException {
        companions.close();
    }
}
