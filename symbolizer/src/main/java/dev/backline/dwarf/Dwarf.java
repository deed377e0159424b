package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
import dev.backline.io.AddressOrder;
import dev.backline.io.Internal;
import dev.backline.io.Lazy;
import dev.backline.io.LongList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The debug information of one ELF file. It needs the ELF file open; {@link #close()} closes only the split and
 * supplementary files, which this class opens itself. Thread-safe.
 */
public final class Dwarf implements java.io.Closeable {
    /** This many addresses are in units all over the file. */
    private static final int MANY = 1000;

    /** Units that are asked for one address. In a kernel, a few claim the same code at most. */
    private static final int MOST_CLAIMANTS = 100;

    private final DebugSections sections;
    private final SplitFiles splitFiles;
    private final Owner owner = new Owner();
    private final FunctionNames.Reader names = new FunctionNames.Reader(owner);
    private final UnitCache units;
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
            return AddressIndex.ofUnits(sections, owner, unitOffsets(), aranges.get());
        }
    };
    /** The line tables, for units that cannot be read. Not a Lazy: its class would be loaded for each query. */
    private LineTable.@Nullable All lineTables;

    /** Why {@link #unitOffsets} ends before the section does. */
    private volatile @Nullable IOException damagedHeader;

    private final Lazy<long[], IOException> unitOffsets = new Lazy<>() {
        @Override
        protected long[] compute() throws IOException {
            return readUnitOffsets();
        }
    };
    private @Nullable Dwarf supplementary;

    private Dwarf(DebugSections sections) {
        this.sections = sections;
        splitFiles = new SplitFiles(sections);
        units = new UnitCache(this::readUnit);
    }

    /** The services that units and indexes need from the file, so that they do not depend on this class. */
    private final class Owner implements Unit.Owner, AddressIndex.CodeOfUnits {
        @Override
        public @Nullable UnitContext split(UnitContext skeleton) throws IOException {
            return splitFiles.find(skeleton);
        }

        @Override
        public FunctionNames.Reader names() {
            return names;
        }

        @Override
        public void grew(long unit, long bytes) {
            units.grew(unit, bytes);
        }

        @Override
        public UnitContext holding(long entry) throws IOException {
            return unitHolding(entry).context();
        }

        @Override
        public @Nullable UnitContext typeUnit(DebugSections of, long signature) throws IOException {
            return typesOf(of).find(signature);
        }

        @Override
        public Iterable<UnitHeader> typeUnits(DebugSections of) throws IOException {
            return typesOf(of).headers();
        }

        private TypeUnits typesOf(DebugSections of) throws IOException {
            return typeUnits.computeIfAbsent(of, LazyTypeUnits::new).get();
        }

        @Override
        public UnitContext.@Nullable References supplementary() throws IOException {
            Dwarf file = Dwarf.this.supplementary();
            return file == null ? null : file.owner;
        }

        /** Does not add the unit to the cache: an index needs all units once, and few are needed again. */
        @Override
        public int code(long unit, AddressRanges into) throws IOException {
            return (units.holds(unit) ? units.get(unit) : readUnit(unit)).code(into);
        }
    }

    private synchronized @Nullable Dwarf supplementary() throws IOException {
        if (supplementary == null) {
            DebugSections file = sections.supplementary();
            supplementary = file == null ? null : new Dwarf(file);
        }
        return supplementary;
    }

    /** Reads a unit without adding it to the cache. */
    Unit readUnit(long offset) throws IOException {
        return Unit.read(owner, sections, offset);
    }

    /**
     * {@return the debug information of the file; sections are read on demand}
     *
     * @param elf must stay open while the result is used
     */
    public static Dwarf of(ElfFile elf) {
        return new Dwarf(DebugSections.of(elf));
    }

    /**
     * {@return whether the file has a {@code .debug_info} section}
     *
     * @throws IOException if the section cannot be read
     */
    public boolean isPresent() throws IOException {
        return sections.find(Kind.INFO) != null;
    }

    /**
     * Finds the function at the address and the functions into which it was inlined, each with file and line. For code
     * that has lines but no function entry (assembly) the result is one frame without a function.
     *
     * @param address in the ELF file; in an ET_REL, section base plus offset
     * @return innermost first; empty if no unit has the address
     * @throws Damage if a part of the unit is damaged, but another answers
     * @throws DwarfException if the unit with the address is damaged
     */
    public List<Frame> framesAt(long address) throws IOException {
        return framesAt(units::get, address);
    }

    /** Gives the unit at an offset, from the cache or from the file. */
    @FunctionalInterface
    private interface Units {
        Unit get(long offset) throws IOException;
    }

    /**
     * Looks up many addresses on one thread, unit by unit. A unit is released after its addresses, so that memory does
     * not grow with the number of addresses. Not thread-safe.
     */
    public final class Pass {
        /** More than one: successive addresses may alternate between units that claim the same code. */
        private static final int RECENT = 4;

        private final long[] offsets = new long[RECENT];
        private final List<LazyUnit> recent = new ArrayList<>(RECENT);
        private int next;
        /** One object for all look-ups: C1 allocates the object of a method reference slowly. */
        private final Units from = this::unit;

        private Pass() {}

        /**
         * {@return the frames that {@link Dwarf#framesAt} gives}
         *
         * @param address in the ELF file
         * @throws IOException if the unit with the address is damaged
         */
        public List<Frame> framesAt(long address) throws IOException {
            return Dwarf.this.framesAt(from, address);
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
            return readUnit(offset);
        }
    }

    private final class LazyTypeUnits extends Lazy<TypeUnits, IOException> {
        private final DebugSections of;

        LazyTypeUnits(DebugSections of) {
            this.of = of;
        }

        @Override
        protected TypeUnits compute() throws IOException {
            return TypeUnits.of(of, owner);
        }
    }

    /** {@return a pass for addresses in the order that {@link #order} gives} */
    public Pass pass() {
        return new Pass();
    }

    /**
     * Gives the best order for many look-ups: by unit, since a unit may have code in several sections, then by address.
     *
     * @param addresses in any order; the array is not changed
     * @return the indexes of the addresses
     * @throws IOException if the file cannot be read
     */
    public int[] order(long[] addresses) throws IOException {
        if (addresses.length == 1) {
            return new int[1];
        }
        if (addresses.length >= MANY) {
            sections.elf().keepDecompressed();
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

    /**
     * {@return the unit that is asked first for an address, or a negative number if none is known}
     *
     * @param address in the ELF file
     * @throws IOException if the file cannot be read
     */
    public long firstUnit(long address) throws IOException {
        return aranges.get().find(address);
    }

    /**
     * A part of the debug information of an address is damaged or missing. The other parts answer: the line table, if an
     * entry cannot be read; the functions, if the line table cannot.
     */
    @Internal
    public static final class Damage extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient List<Frame> frames;

        Damage(IOException cause, List<Frame> frames) {
            super(cause.getMessage(), cause);
            this.frames = List.copyOf(frames);
        }

        /** {@return what the other parts know of the address: at least one frame} */
        public List<Frame> frames() {
            return frames;
        }
    }

    private List<Frame> framesAt(Units from, long address) throws IOException {
        if (!isPresent()) {
            return List.of();
        }
        IOException damage = null;
        long first = aranges.get().find(address);
        if (first != AddressIndex.NONE) {
            try {
                List<Frame> frames = framesAt(from.get(first), address);
                if (!frames.isEmpty()) {
                    return frames;
                }
            } catch (Damage e) {
                throw e;
            } catch (IOException e) {
                damage = e;
            }
        }
        // In .debug_aranges producers may omit units, or a unit may claim addresses of others.
        try {
            long lineBytes = 0;
            int asked = 0;
            for (long offset : otherUnits.get().claimants(address)) {
                if (offset == first) {
                    continue;
                }
                checkClaimants(asked++, offset);
                Unit unit = from.get(offset);
                List<Frame> frames = framesAt(unit, address);
                if (!frames.isEmpty()) {
                    if (damage != null) {
                        throw new Damage(damage, frames);
                    }
                    return frames;
                }
                lineBytes += unit.hasLines() ? unit.lineBytes() : 0;
                checkShared(lineBytes, offset);
            }
        } catch (Damage e) {
            throw e;
        } catch (IOException e) {
            damage = damage == null ? e : damage;
        }
        IOException lost = damage == null ? lostUnit() : damage;
        List<Frame> known = lost == null ? List.of() : linesAt(address);
        if (lost != null && !known.isEmpty()) {
            throw new Damage(lost, known);
        }
        if (damage != null) {
            throw damage;
        }
        return List.of();
    }

    /** Ends the search in units that claim an address but have nothing for it: there can be any number of them. */
    private void checkClaimants(int asked, long unit) throws DwarfException {
        if (asked >= MOST_CLAIMANTS) {
            throw new DwarfException(
                    sections.file(),
                    Kind.INFO.sectionName,
                    unit,
                    "more than " + MOST_CLAIMANTS + " units claim the same code");
        }
    }

    /**
     * Ends the search in units that claim an address, have no line for it, and share their line tables: each would be decoded
     * again, and there can be any number of them.
     */
    private void checkShared(long lineBytes, long unit) throws IOException {
        SectionData lines = sections.find(Kind.LINE);
        if (lines != null && lineBytes > lines.size()) {
            throw new DwarfException(
                    sections.file(), Kind.INFO.sectionName, unit, "units of the same code share their line tables");
        }
    }

    /** Why the addresses of a unit are unknown; null if those of all units are known. */
    private @Nullable IOException lostUnit() throws IOException {
        IOException lost = otherUnits.get().damage();
        return lost == null ? damagedHeader : lost;
    }

    /** The line of an address in the line table of a unit that cannot be read; empty if there is none. */
    private List<Frame> linesAt(long address) {
        try {
            LineTable lines = lineTables().at(address);
            int row = lines == null ? LineTable.NONE : lines.find(address);
            return lines == null || row == LineTable.NONE ? List.of() : List.of(frameOf(lines, row));
        } catch (IOException e) {
            // The damage of the unit is reported
            return List.of();
        }
    }

    private synchronized LineTable.All lineTables() throws IOException {
        LineTable.All tables = lineTables;
        if (tables == null) {
            tables = new LineTable.All(sections, owner);
            lineTables = tables;
        }
        return tables;
    }

    private static Frame frameOf(LineTable lines, int row) throws IOException {
        return new Frame(
                null,
                null,
                lines.header().file(lines.file(row)),
                lines.line(row),
                lines.column(row),
                lines.discriminator(row),
                false);
    }

    private static List<Frame> framesAt(Unit unit, long address) throws IOException {
        IOException damage = null;
        FunctionTable functions = null;
        try {
            functions = unit.functionsAt(address);
        } catch (IOException e) {
            damage = e;
        }
        LineTable lines = null;
        try {
            lines = unit.hasLines() ? unit.lines() : null;
        } catch (IOException e) {
            damage = damage == null ? e : damage;
        }
        List<Frame> frames;
        try {
            frames = frames(functions, lines, address);
        } catch (IOException e) {
            // A name of a function or of a file
            damage = damage == null ? e : damage;
            frames = functions == null ? List.of() : framesWithout(functions, lines, address);
        }
        if (damage != null) {
            throw frames.isEmpty() ? damage : new Damage(damage, frames);
        }
        return frames;
    }

    /** The frames without the functions, or else without the lines, if the names of one of these cannot be read. */
    private static List<Frame> framesWithout(FunctionTable functions, @Nullable LineTable lines, long address) {
        try {
            return frames(null, lines, address);
        } catch (IOException e) {
            try {
                return frames(functions, null, address);
            } catch (IOException both) {
                return List.of();
            }
        }
    }

    private static List<Frame> frames(@Nullable FunctionTable functions, @Nullable LineTable lines, long address)
            throws IOException {
        int node = functions == null ? FunctionTable.NONE : functions.find(address);
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
     * Finds the call sites of the function at the address, including those of functions inlined into it.
     *
     * @param address in the ELF file
     * @return empty if no function entry covers the address, or if the compiler recorded no calls
     * @throws IOException if the unit with the function is damaged
     */
    public List<CallSite> callSites(long address) throws IOException {
        return details(address).callSites();
    }

    /**
     * {@return the call that returns to the address, or null if none is recorded}
     *
     * @param returnAddress in the ELF file. If the last instruction of a function calls one that never returns, this is
     *     one past the function's end
     * @throws IOException if the unit with the function is damaged
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
     * {@return the labels of the function at the address that have an address themselves}
     *
     * @param address in the ELF file
     * @throws IOException if the unit with the function is damaged
     */
    public List<Label> labels(long address) throws IOException {
        return details(address).labels();
    }

    /**
     * {@return the last label at or before the address, or null}
     *
     * <p>Labels of functions inlined there do not count.
     *
     * @param address in the ELF file
     * @throws IOException if the unit with the function is damaged
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

    /** All functions of the unit with code at the address, or null. The address need not be in a function. */
    @Nullable
    FunctionTable unitFunctionsAt(long address) throws IOException {
        Unit unit = unitWithFunctionAt(address);
        if (unit == null && isPresent()) {
            long first = aranges.get().find(address);
            long[] others = first == AddressIndex.NONE ? otherUnits.get().claimants(address) : new long[] {first};
            unit = others.length == 0 ? null : unit(others[0]);
        }
        return unit == null ? null : unit.functions();
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
                : FunctionDetails.read(functions.unit(), functions.names(), functions.entry(node));
    }

    /** The functions of the unit that has a function at the address, or null. */
    @Nullable
    FunctionTable functionsAt(long address) throws IOException {
        Unit unit = unitWithFunctionAt(address);
        return unit == null ? null : unit.functionsAt(address);
    }

    private @Nullable Unit unitWithFunctionAt(long address) throws IOException {
        if (!isPresent()) {
            return null;
        }
        long first = aranges.get().find(address);
        Unit unit = first == AddressIndex.NONE ? null : unit(first);
        if (unit != null && hasFunctionAt(unit, address)) {
            return unit;
        }
        int asked = 0;
        for (long offset : otherUnits.get().claimants(address)) {
            checkClaimants(asked++, offset);
            unit = unit(offset);
            if (hasFunctionAt(unit, address)) {
                return unit;
            }
        }
        return null;
    }

    private static boolean hasFunctionAt(Unit unit, long address) throws IOException {
        FunctionTable functions = unit.functionsAt(address);
        return functions != null && functions.find(address) != FunctionTable.NONE;
    }

    /** The section only speeds up the search: if it is damaged, the root entries of the units are read. */
    private AddressIndex readAranges() throws IOException {
        try {
            return AddressIndex.ofAranges(sections);
        } catch (DwarfException e) {
            return AddressIndex.empty(sections);
        }
    }

    /** The offsets of all units in {@code .debug_info}, in ascending order. A damaged header ends the list. */
    private long[] readUnitOffsets() throws IOException {
        // Most callers read all units next
        sections.elf().keepDecompressed();
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
                damagedHeader = e;
                break;
            }
            offsets.add(offset);
            offset = header.end();
        }
        return offsets.toArray();
    }

    /** Gives the first unit to ask for an address, from {@code .debug_aranges}. */
    AddressIndex firstUnits() throws IOException {
        return aranges.get();
    }

    /** Gives the units to ask if the first one has no frames for the address. */
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

    /** The unit that the entry at the offset belongs to. */
    Unit unitHolding(long entry) throws IOException {
        long[] offsets = unitOffsets.get();
        int index = Arrays.binarySearch(offsets, entry);
        if (index < 0) {
            index = -index - 2;
        }
        if (index >= 0) {
            Unit unit = unit(offsets[index]);
            if (unit.context().holds(entry)) {
                return unit;
            }
        }
        throw new DwarfException(
                sections.file(), Kind.INFO.sectionName, entry, "the target of a reference is in no unit");
    }

    DebugSections sections() {
        return sections;
    }

    /** {@return the approximate memory of the decoded units, in bytes} */
    public long retainedBytes() {
        return units.weight();
    }

    /**
     * Bounds the memory of decoded units. The least recently used units are released.
     *
     * @param bytes the approximate bound; at most an eighth of the heap
     */
    public void limitCache(long bytes) {
        units.limit(bytes);
    }

    @Override
    public void close() throws IOException {
        Dwarf file;
        synchronized (this) {
            file = supplementary;
        }
        try {
            splitFiles.close();
        } finally {
            try {
                if (file != null) {
                    file.close();
                }
            } finally {
                sections.close();
            }
        }
    }
}
