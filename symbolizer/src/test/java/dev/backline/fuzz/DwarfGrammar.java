package dev.backline.fuzz;

import dev.backline.dwarf.Frame;
import dev.backline.dwarf.SourceFile;
import dev.backline.elf.ElfBuilder;
import dev.backline.fixtures.Choices;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A grammar of ELF files with DWARF 2 to 5: units, functions, inlined calls, and line tables with unusual forms and
 * opcodes. The choices select one file. The generator knows each answer from its own model, and uses no code of the
 * reader.
 */
final class DwarfGrammar {
    /** A frame as the model knows it. */
    record Answer(
            @Nullable String function,
            @Nullable String linkageName,
            @Nullable String path,
            int line,
            int column,
            int discriminator,
            boolean inlined) {
        static Answer of(Frame frame) {
            SourceFile file = frame.file();
            return new Answer(
                    frame.function(),
                    frame.linkageName(),
                    file == null ? null : file.path(),
                    frame.line(),
                    frame.column(),
                    frame.discriminator(),
                    frame.inlined());
        }

        static List<Answer> of(List<Frame> frames) {
            return frames.stream().map(Answer::of).toList();
        }
    }

    /**
     * An address and its answer.
     *
     * @param units the unit with the code, and the units with names of its functions
     */
    record Place(long address, Set<Integer> units, List<Answer> frames) {}

    /** Bytes of a section that only one unit uses. */
    record Part(int unit, String section, int from, int to) {}

    private static final int DW_TAG_LEXICAL_BLOCK = 0x0b;
    private static final int DW_TAG_COMPILE_UNIT = 0x11;
    private static final int DW_TAG_STRUCTURE_TYPE = 0x13;
    private static final int DW_TAG_INLINED_SUBROUTINE = 0x1d;
    private static final int DW_TAG_SUBPROGRAM = 0x2e;
    private static final int DW_TAG_NAMESPACE = 0x39;
    private static final int DW_TAG_PARTIAL_UNIT = 0x3c;
    private static final int DW_TAG_IMPORTED_UNIT = 0x3d;
    private static final int DW_TAG_TYPE_UNIT = 0x41;
    /** Label, variable, parameter, member, call site: have no code of their own. */
    private static final int[] OTHER_TAGS = {0x0a, 0x34, 0x05, 0x0d, 0x48, 0x4109, 0x16};

    private static final int DW_AT_SIBLING = 0x01;
    private static final int DW_AT_NAME = 0x03;
    private static final int DW_AT_STMT_LIST = 0x10;
    private static final int DW_AT_LOW_PC = 0x11;
    private static final int DW_AT_HIGH_PC = 0x12;
    private static final int DW_AT_LANGUAGE = 0x13;
    private static final int DW_AT_IMPORT = 0x18;
    private static final int DW_AT_COMP_DIR = 0x1b;
    private static final int DW_AT_INLINE = 0x20;
    private static final int DW_AT_ABSTRACT_ORIGIN = 0x31;
    private static final int DW_AT_DECLARATION = 0x3c;
    private static final int DW_AT_SPECIFICATION = 0x47;
    private static final int DW_AT_RANGES = 0x55;
    private static final int DW_AT_CALL_COLUMN = 0x57;
    private static final int DW_AT_CALL_FILE = 0x58;
    private static final int DW_AT_CALL_LINE = 0x59;
    private static final int DW_AT_LINKAGE_NAME = 0x6e;
    private static final int DW_AT_STR_OFFSETS_BASE = 0x72;
    private static final int DW_AT_ADDR_BASE = 0x73;
    private static final int DW_AT_RNGLISTS_BASE = 0x74;
    private static final int DW_AT_MIPS_LINKAGE_NAME = 0x2007;
    /** Location, byte size, constant, declared file and line, frame base, a vendor's. */
    private static final int[] OTHER_ATTRIBUTES = {0x02, 0x0b, 0x1c, 0x3a, 0x3b, 0x40, 0x3fe1};

    private static final int DW_FORM_ADDR = 0x01;
    private static final int DW_FORM_BLOCK2 = 0x03;
    private static final int DW_FORM_BLOCK4 = 0x04;
    private static final int DW_FORM_DATA2 = 0x05;
    private static final int DW_FORM_DATA4 = 0x06;
    private static final int DW_FORM_DATA8 = 0x07;
    private static final int DW_FORM_STRING = 0x08;
    private static final int DW_FORM_BLOCK = 0x09;
    private static final int DW_FORM_BLOCK1 = 0x0a;
    private static final int DW_FORM_DATA1 = 0x0b;
    private static final int DW_FORM_FLAG = 0x0c;
    private static final int DW_FORM_SDATA = 0x0d;
    private static final int DW_FORM_STRP = 0x0e;
    private static final int DW_FORM_UDATA = 0x0f;
    private static final int DW_FORM_REF_ADDR = 0x10;
    private static final int DW_FORM_REF2 = 0x12;
    private static final int DW_FORM_REF4 = 0x13;
    private static final int DW_FORM_REF8 = 0x14;
    private static final int DW_FORM_REF_UDATA = 0x15;
    private static final int DW_FORM_INDIRECT = 0x16;
    private static final int DW_FORM_SEC_OFFSET = 0x17;
    private static final int DW_FORM_EXPRLOC = 0x18;
    private static final int DW_FORM_FLAG_PRESENT = 0x19;
    private static final int DW_FORM_STRX = 0x1a;
    private static final int DW_FORM_ADDRX = 0x1b;
    private static final int DW_FORM_REF_SUP4 = 0x1c;
    private static final int DW_FORM_STRP_SUP = 0x1d;
    private static final int DW_FORM_DATA16 = 0x1e;
    private static final int DW_FORM_LINE_STRP = 0x1f;
    private static final int DW_FORM_REF_SIG8 = 0x20;
    private static final int DW_FORM_IMPLICIT_CONST = 0x21;
    private static final int DW_FORM_LOCLISTX = 0x22;
    private static final int DW_FORM_RNGLISTX = 0x23;
    private static final int DW_FORM_REF_SUP8 = 0x24;
    private static final int DW_FORM_STRX1 = 0x25;
    private static final int DW_FORM_ADDRX1 = 0x29;
    private static final int DW_FORM_GNU_REF_ALT = 0x1f20;
    private static final int DW_FORM_GNU_STRP_ALT = 0x1f21;

    private static final int DW_LANG_C99 = 0x0c;
    private static final int DW_LANG_MIPS_ASSEMBLER = 0x8001;
    private static final int DW_LANG_CPP_14 = 0x21;
    private static final int DW_LANG_RUST = 0x1c;

    private static final int AREA = 0x10000;
    private static final int MAX_DEPTH = 5;
    private static final int MAX_ROWS = 40;
    private static final int MAX_PLACES = 120;

    private final Choices c;
    private final boolean is64;
    private final boolean big;
    private final int addressSize;
    private final long mask;
    /** Without forms and opcodes that llvm-symbolizer does not read. */
    private final long[] areas;

    private final long[] free;
    private final List<Unit> units = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final Map<String, Bytes> sections = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> pools = new HashMap<>();
    private final List<Runnable> fixups = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private boolean complete;
    private int names;

    /** An entry. */
    private static final class Die {
        final int tag;
        List<Attribute> attributes = new ArrayList<>();
        final List<Die> children = new ArrayList<>();
        boolean hasChildren;
        int start;
        int end;

        Die(int tag) {
            this.tag = tag;
        }
    }

    private record Attribute(int name, int form, long constant, Consumer<Bytes> value) {}

    /** An abbreviation table, of one unit or of several. */
    private static final class Table {
        final Map<String, Integer> codes = new LinkedHashMap<>();
        final List<Unit> users = new ArrayList<>();
        int first;
        int step = 1;
    }

    /** A function or an inlined call. */
    private static final class Node {
        final @Nullable Node caller;
        final Set<Integer> units = new LinkedHashSet<>();
        Target names = Target.NONE;
        int callFile;
        int callLine;
        int callColumn;

        Node(@Nullable Node caller) {
            this.caller = caller;
        }
    }

    /** An entry that gives names. */
    private record Target(
            @Nullable Die die,
            @Nullable Unit unit,
            boolean declaration,
            @Nullable String name,
            @Nullable String linkageName) {
        static final Target NONE = new Target(null, null, false, null, null);
    }

    /** Code of one function, or of none. */
    private static final class Cell {
        final long low;
        final long high;

        @Nullable
        Node owner;

        Cell(long low, long high, @Nullable Node owner) {
            this.low = low;
            this.high = high;
            this.owner = owner;
        }

        boolean has(long address) {
            return Long.compareUnsigned(low, address) <= 0 && Long.compareUnsigned(address, high) < 0;
        }
    }

    private record Row(long address, int file, int line, int column, int discriminator) {}

    private record Sequence(long low, long high, List<Row> rows) {}

    private final class Unit {
        final int index = units.size();
        int version;
        int offsetSize;
        int step;
        int language;
        boolean isType;
        boolean isPartial;
        Die root = new Die(DW_TAG_COMPILE_UNIT);
        /** Holds code and declarations. */
        final List<Die> scopes = new ArrayList<>();

        Table table = new Table();
        /** What range lists count from. */
        long base;

        int[] usedAreas = {0};
        final List<Cell> cells = new ArrayList<>();
        final List<Cell> claims = new ArrayList<>();
        /** Code without a gap. */
        final List<Cell> chunks = new ArrayList<>();

        final List<Sequence> sequences = new ArrayList<>();
        String directory = "";
        boolean hasLines;
        int lineVersion;
        final List<String> directories = new ArrayList<>();
        final List<String> fileNames = new ArrayList<>();
        final List<Integer> fileDirectories = new ArrayList<>();
        int lineTable;

        final List<Long> addresses = new ArrayList<>();
        final List<String> strings = new ArrayList<>();
        final Bytes lists = new Bytes(big);
        final List<Integer> listStarts = new ArrayList<>();
        int addressBase;
        int stringBase;
        int listBase;
        int listsAt;
        int start;

        boolean isC() {
            return language == DW_LANG_C99 || language == DW_LANG_MIPS_ASSEMBLER;
        }

        int addressIndex(long address) {
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
            return addresses.indexOf(address);
        }

        @Nullable
        String file(int number) {
            int index = lineVersion >= 5 ? number : number - 1;
            if (!hasLines || index < 0 || index >= fileNames.size()) {
                return null;
            }
            String name = fileNames.get(index);
            int number0 = fileDirectories.get(index);
            String in = lineVersion >= 5 ? directories.get(number0) : number0 == 0 ? "" : directories.get(number0 - 1);
            String relative = in.isEmpty() ? name : in + "/" + name;
            return name.startsWith("/")
                    ? name
                    : in.startsWith("/") || directory.isEmpty() ? relative : directory + "/" + relative;
        }

        @Nullable
        Row row(long address) {
            for (Sequence sequence : sequences) {
                if (Long.compareUnsigned(sequence.low, address) <= 0
                        && Long.compareUnsigned(address, sequence.high) < 0) {
                    Row last = null;
                    for (Row row : sequence.rows) {
                        last = Long.compareUnsigned(row.address, address) <= 0 ? row : last;
                    }
                    return last;
                }
            }
            return null;
        }
    }

    /** Any file. */
    DwarfGrammar(Choices choices) {
        c = choices;
        is64 = !c.oneIn(4);
        big = c.oneIn(3);
        addressSize = is64 ? 8 : 4;
        mask = is64 ? -1L : 0xffff_ffffL;
        long start = is64 ? c.of(0x400000L, 0xffff_ffff_8100_0000L, 0x1000L) : c.of(0x804_8000L, 0xc010_0000L, 0x1000L);
        areas = new long[c.between(1, 3)];
        for (int i = 0; i < areas.length; i++) {
            areas[i] = start + (long) i * AREA;
        }
        free = areas.clone();
        for (int count = c.between(1, 4); count > 0; count--) {
            units.add(unit());
        }
        write(c.shuffled(units));
    }

    /** {@return the bytes of the ELF file} */
    byte[] file() {
        // s390x, x86-64, MIPS, i386
        int machine = is64 ? big ? 22 : 62 : big ? 8 : 3;
        ElfBuilder elf = new ElfBuilder(is64, big, 2, machine);
        for (int i = 0; i < areas.length; i++) {
            elf.text(".text" + (i == 0 ? "" : "." + i), areas[i], (int) (free[i] - areas[i]) + 16);
        }
        sections.forEach((name, content) -> elf.debug(name, content.toArray()));
        return elf.build();
    }

    /** {@return the places that only one unit can change} */
    List<Part> parts() {
        return parts;
    }

    /** {@return whether the file tells which unit has which code, so that a damaged unit cannot claim more} */
    boolean isComplete() {
        return complete;
    }

    /** {@return addresses all over the code, and their answers} */
    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (Unit unit : units) {
            for (Cell cell : unit.cells) {
                for (long address :
                        new long[] {cell.low, cell.high - 1, cell.low + (cell.high - cell.low) / 2, cell.high}) {
                    if (places.size() < MAX_PLACES) {
                        places.add(place(address));
                    }
                }
            }
        }
        return places;
    }

    private Place place(long address) {
        for (Unit unit : units) {
            if (unit.claims.stream().anyMatch(claim -> claim.has(address))) {
                Node node = unit.cells.stream()
                        .filter(cell -> cell.has(address))
                        .findFirst()
                        .map(cell -> cell.owner)
                        .orElse(null);
                Row row = unit.row(address);
                if (node != null || row != null) {
                    Set<Integer> used = new LinkedHashSet<>(Set.of(unit.index));
                    return new Place(address, used, frames(unit, node, row, used));
                }
            }
        }
        return new Place(address, Set.of(), List.of());
    }

    private static List<Answer> frames(Unit unit, @Nullable Node innermost, @Nullable Row row, Set<Integer> used) {
        List<Answer> frames = new ArrayList<>();
        String path = row == null ? null : unit.file(row.file);
        int line = row == null ? 0 : row.line;
        int column = row == null ? 0 : row.column;
        int discriminator = row == null ? 0 : row.discriminator;
        Node node = innermost;
        while (node != null) {
            used.addAll(node.units);
            boolean inlined = node.caller != null;
            frames.add(new Answer(node.names.name, node.names.linkageName, path, line, column, discriminator, inlined));
            path = unit.file(node.callFile);
            line = node.callLine;
            column = node.callColumn;
            discriminator = 0;
            node = node.caller;
        }
        return innermost == null ? List.of(new Answer(null, null, path, line, column, discriminator, false)) : frames;
    }

    // Units

    private Unit unit() {
        Unit u = new Unit();
        u.version = c.of(5, 4, 3, 2);
        u.offsetSize = u.version >= 3 && c.oneIn(5) ? 8 : 4;
        u.step = c.of(1, 1, 2, 4);
        u.language = c.of(DW_LANG_C99, DW_LANG_CPP_14, DW_LANG_RUST, DW_LANG_MIPS_ASSEMBLER);
        u.isType = u.version >= 4 && c.oneIn(8);
        u.isPartial = !u.isType && u.version >= 3 && c.oneIn(6);
        u.root = new Die(u.isType ? DW_TAG_TYPE_UNIT : u.isPartial ? DW_TAG_PARTIAL_UNIT : DW_TAG_COMPILE_UNIT);
        u.table = tables.isEmpty() || !c.oneIn(3) ? new Table() : c.of(tables);
        if (u.table.users.isEmpty()) {
            u.table.first = c.ofInts(1, 1, 2, 1 << 20);
            u.table.step = c.ofInts(1, 1, 7);
            tables.add(u.table);
        }
        u.table.users.add(u);
        u.scopes.add(u.root);
        number(u, u.root, DW_AT_LANGUAGE, u.language);
        name(u, u.root, DW_AT_NAME, "unit" + u.index + ".c");
        if (u.isType || u.isPartial) {
            declarations(u);
        } else {
            compileUnit(u);
        }
        bases(u);
        u.root.attributes = c.shuffled(u.root.attributes);
        return u;
    }

    private void declarations(Unit u) {
        Die type = new Die(DW_TAG_STRUCTURE_TYPE);
        u.root.children.add(type);
        for (int count = c.between(1, 3); count > 0; count--) {
            Target target = u.isType ? declaration(u, type) : target(u);
            if (u.isType) {
                // Entries of a type unit have no names for functions elsewhere
                targets.remove(target);
            }
        }
    }

    private void compileUnit(Unit u) {
        // 0: the first and the last address, 1: a list, 2: nothing, as old compilers do with several sections
        int claims = u.version == 2 ? 2 * c.below(2) : c.below(3);
        int first = c.below(areas.length);
        u.usedAreas = claims == 0 || c.oneIn(2) ? new int[] {first} : new int[] {first, c.below(areas.length)};
        u.base = claims == 0 ? free[first] : claims == 2 || c.oneIn(3) ? 0 : c.of(free[first], 0L, free[first] & -256L);
        if (c.below(8) > 0) {
            u.directory = "/build/" + u.index;
            name(u, u.root, DW_AT_COMP_DIR, u.directory);
        }
        files(u);
        for (int count = c.between(claims == 0 ? 1 : 0, 4); count > 0; count--) {
            function(u, c.of(u.scopes), 0);
            if (c.oneIn(4)) {
                chunk(u, null, c.between(1, 3));
            }
        }
        u.chunks.sort((a, b) -> Long.compareUnsigned(a.low, b.low));
        if (u.hasLines) {
            sequences(u);
            sectionOffset(u, u.root, DW_AT_STMT_LIST, () -> u.lineTable);
        }
        if (!units.isEmpty() && c.oneIn(4)) {
            Die imported = new Die(DW_TAG_IMPORTED_UNIT);
            Unit other = c.of(units);
            if (!other.isType) {
                reference(u, imported, DW_AT_IMPORT, other.root, other);
                u.root.children.add(imported);
            }
        }
        claim(u, claims);
    }

    private void claim(Unit u, int how) {
        List<long[]> ranges = u.chunks.stream()
                .map(chunk -> new long[] {chunk.low, chunk.high})
                .toList();
        if (how == 0) {
            ranges = List.of(new long[] {u.base, u.chunks.get(u.chunks.size() - 1).high});
            lowAndHigh(u, u.root, ranges.get(0));
        } else if (how == 1) {
            list(u, u.root, ranges);
            if (u.base != 0 || c.oneIn(2)) {
                address(u, u.root, DW_AT_LOW_PC, u.base);
            }
        } else {
            ranges = u.cells.stream()
                    .filter(cell -> cell.owner != null)
                    .map(cell -> new long[] {cell.low, cell.high})
                    .toList();
        }
        for (long[] range : ranges) {
            u.claims.add(new Cell(range[0], range[1], null));
        }
    }

    /** The attributes for tables that the unit has filled by now. */
    private void bases(Unit u) {
        if (!u.addresses.isEmpty()) {
            sectionOffset(u, u.root, DW_AT_ADDR_BASE, () -> u.addressBase);
        }
        if (!u.listStarts.isEmpty()) {
            sectionOffset(u, u.root, DW_AT_RNGLISTS_BASE, () -> u.listBase);
        }
        if (!u.strings.isEmpty()) {
            sectionOffset(u, u.root, DW_AT_STR_OFFSETS_BASE, () -> u.stringBase);
        }
    }

    // Functions

    /** Code that follows the unit's other code, or is in another section. */
    private List<Cell> chunk(Unit u, @Nullable Node owner, int count) {
        int area = c.ofInts(u.usedAreas);
        free[area] += u.chunks.isEmpty() ? 0 : 4L * c.below(4);
        long low = free[area];
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long high = free[area] + (long) u.step * c.between(1, 16);
            cells.add(new Cell(free[area], high, owner));
            free[area] = high;
        }
        u.chunks.add(new Cell(low, free[area], null));
        u.cells.addAll(cells);
        free[area] = free[area] + 3 & ~3L;
        return cells;
    }

    private void function(Unit u, Die parent, int depth) {
        Die die = new Die(DW_TAG_SUBPROGRAM);
        Node node = new Node(null);
        parent.children.add(die);
        node.names = names(u, die, node, c.below(3));
        List<Cell> cells = new ArrayList<>();
        for (int pieces = u.version >= 3 && c.oneIn(3) ? 2 : 1; pieces > 0; pieces--) {
            cells.addAll(chunk(u, node, c.between(1, 5)));
        }
        code(u, die, cells);
        other(u, die);
        body(u, die, node, depth);
        if (depth < 2 && c.oneIn(8)) {
            function(u, die, depth + 1);
        }
    }

    private void body(Unit u, Die die, Node node, int depth) {
        for (int count = depth < MAX_DEPTH ? c.below(3) : 0; count > 0; count--) {
            Die scope = die;
            if (c.oneIn(4)) {
                scope = new Die(DW_TAG_LEXICAL_BLOCK);
                die.children.add(scope);
                List<Cell> own = own(u, node);
                if (!own.isEmpty() && c.oneIn(2)) {
                    code(u, scope, own.subList(0, 1));
                }
            }
            inlined(u, scope, node, depth);
            if (c.oneIn(3)) {
                Die entry = new Die(c.ofInts(OTHER_TAGS));
                other(u, entry);
                die.children.add(entry);
            }
        }
    }

    private static List<Cell> own(Unit u, Node node) {
        return u.cells.stream().filter(cell -> cell.owner == node).toList();
    }

    private void inlined(Unit u, Die parent, Node caller, int depth) {
        List<Cell> own = own(u, caller);
        if (own.isEmpty()) {
            return;
        }
        int from = c.below(own.size());
        List<Cell> taken = new ArrayList<>();
        for (int i = from; i < own.size() && (taken.isEmpty() || !c.oneIn(3)); i++) {
            if (u.version == 2 && !taken.isEmpty() && own.get(i).low != own.get(i - 1).high) {
                break;
            }
            if (u.version == 2 || taken.isEmpty() || !c.oneIn(4)) {
                taken.add(own.get(i));
            }
        }
        Die die = new Die(DW_TAG_INLINED_SUBROUTINE);
        Node node = new Node(caller);
        parent.children.add(die);
        if (c.oneIn(12)) {
            // The supplementary file is missing
            int form = u.version >= 5 && c.oneIn(2) ? DW_FORM_REF_SUP4 : DW_FORM_GNU_REF_ALT;
            add(die, DW_AT_ABSTRACT_ORIGIN, form, b -> b.fixed(0x30, form == DW_FORM_REF_SUP4 ? 4 : u.offsetSize));
        } else {
            node.names = names(u, die, node, c.oneIn(10) ? 0 : 1);
        }
        node.callFile = c.below(u.fileNames.size() + 2);
        node.callLine = (int) c.number(20);
        node.callColumn = (int) c.number(8);
        number(u, die, DW_AT_CALL_FILE, node.callFile);
        if (node.callLine != 0 || c.oneIn(2)) {
            number(u, die, DW_AT_CALL_LINE, node.callLine);
        }
        if (node.callColumn != 0) {
            number(u, die, DW_AT_CALL_COLUMN, node.callColumn);
        }
        taken.forEach(cell -> cell.owner = node);
        code(u, die, taken);
        body(u, die, node, depth + 1);
    }

    /**
     * Names of an entry.
     *
     * @param how 0: its own, 1: those of an abstract entry, 2: those of a declaration; the entry may have names too
     */
    private Target names(Unit u, Die die, Node node, int how) {
        Target own = how == 0 || (node.caller == null && c.oneIn(8)) ? ownNames(u, die) : Target.NONE;
        if (how == 0) {
            return own;
        }
        boolean declaration = how == 2;
        List<Target> known =
                targets.stream().filter(each -> each.declaration == declaration).toList();
        Target target = known.isEmpty() || c.oneIn(3) ? declaration ? declaration(u, null) : target(u) : c.of(known);
        reference(
                u,
                die,
                declaration ? DW_AT_SPECIFICATION : DW_AT_ABSTRACT_ORIGIN,
                Objects.requireNonNull(target.die),
                Objects.requireNonNull(target.unit));
        node.units.add(target.unit.index);
        return merge(own, target);
    }

    private static Target merge(Target own, Target other) {
        return new Target(
                null,
                null,
                false,
                own.name == null ? other.name : own.name,
                own.linkageName == null ? other.linkageName : own.linkageName);
    }

    private Target ownNames(Unit u, Die die) {
        String name = c.oneIn(12) ? null : "f" + names++;
        if (name != null && !name(u, die, DW_AT_NAME, name)) {
            name = null;
        }
        String linkageName = c.oneIn(3) ? "_Z1" + names++ + "v" : null;
        int attribute = u.version >= 4 || c.oneIn(3) ? DW_AT_LINKAGE_NAME : DW_AT_MIPS_LINKAGE_NAME;
        if (linkageName != null && !name(u, die, attribute, linkageName)) {
            linkageName = null;
        }
        return new Target(null, null, false, name, linkageName);
    }

    /** An abstract entry, which may complete a declaration. */
    private Target target(Unit u) {
        Die die = new Die(DW_TAG_SUBPROGRAM);
        Target names = ownNames(u, die);
        number(u, die, DW_AT_INLINE, c.between(1, 3));
        if (c.oneIn(4)) {
            Target declaration = declaration(u, null);
            reference(u, die, DW_AT_SPECIFICATION, Objects.requireNonNull(declaration.die), u);
            names = merge(names, declaration);
        }
        c.of(u.scopes).children.add(die);
        Target target = new Target(die, u, false, names.name, names.linkageName);
        targets.add(target);
        return target;
    }

    private Target declaration(Unit u, @Nullable Die in) {
        Die die = new Die(DW_TAG_SUBPROGRAM);
        Target names = ownNames(u, die);
        if (u.version >= 4 && c.oneIn(2)) {
            add(die, DW_AT_DECLARATION, DW_FORM_FLAG_PRESENT, b -> {});
        } else {
            add(die, DW_AT_DECLARATION, DW_FORM_FLAG, b -> b.u1(1));
        }
        (in != null ? in : u.isC() ? u.root : scope(u)).children.add(die);
        Target target = new Target(die, u, true, names.name, names.linkageName);
        targets.add(target);
        return target;
    }

    /** A type or a namespace, which other functions of the unit may be in, too. */
    private Die scope(Unit u) {
        Die scope = new Die(c.ofInts(DW_TAG_STRUCTURE_TYPE, DW_TAG_NAMESPACE));
        if (c.oneIn(2)) {
            add(scope, DW_AT_SIBLING, DW_FORM_REF4, b -> later(b, 4, () -> scope.end - u.start));
        }
        c.of(u.scopes).children.add(scope);
        u.scopes.add(scope);
        return scope;
    }

    // Attributes

    private void add(Die die, int name, int form, Consumer<Bytes> value) {
        if (c.oneIn(8)) {
            die.attributes.add(new Attribute(name, DW_FORM_INDIRECT, 0, b -> value.accept(b.uleb(form))));
        } else {
            die.attributes.add(new Attribute(name, form, 0, value));
        }
    }

    /** {@return whether the text can be read: not from a supplementary file, which is missing} */
    private boolean name(Unit u, Die die, int attribute, String text) {
        boolean optional = attribute != DW_AT_COMP_DIR;
        int form = u.version >= 5
                ? c.ofInts(DW_FORM_STRING, DW_FORM_STRP, DW_FORM_LINE_STRP, DW_FORM_STRX, DW_FORM_STRX1 + c.below(4))
                : c.ofInts(DW_FORM_STRING, DW_FORM_STRP);
        if (optional && c.oneIn(16)) {
            form = u.version >= 5 && c.oneIn(2) ? DW_FORM_STRP_SUP : DW_FORM_GNU_STRP_ALT;
        }
        switch (form) {
            case DW_FORM_STRING -> add(die, attribute, form, b -> b.string(text));
            case DW_FORM_STRP -> add(die, attribute, form, b -> b.fixed(pooled(".debug_str", text), u.offsetSize));
            case DW_FORM_LINE_STRP ->
                add(die, attribute, form, b -> b.fixed(pooled(".debug_line_str", text), u.offsetSize));
            case DW_FORM_STRP_SUP, DW_FORM_GNU_STRP_ALT -> {
                add(die, attribute, form, b -> b.fixed(1, u.offsetSize));
                return false;
            }
            default -> {
                int index = u.strings.size();
                u.strings.add(text);
                int width = form == DW_FORM_STRX ? 0 : form - DW_FORM_STRX1 + 1;
                add(die, attribute, form, b -> index(b, index, width));
            }
        }
        return true;
    }

    private static void index(Bytes b, long index, int width) {
        if (width == 0) {
            b.uleb(index);
        } else {
            b.fixed(index, width);
        }
    }

    private void number(Unit u, Die die, int attribute, long value) {
        List<Integer> forms = new ArrayList<>(List.of(DW_FORM_UDATA, DW_FORM_SDATA, DW_FORM_DATA4, DW_FORM_DATA8));
        if (value < 1 << 16) {
            forms.add(DW_FORM_DATA2);
        }
        if (value < 1 << 8) {
            forms.add(DW_FORM_DATA1);
        }
        if (u.version >= 5) {
            forms.add(DW_FORM_IMPLICIT_CONST);
        }
        int form = c.of(forms);
        switch (form) {
            case DW_FORM_UDATA -> add(die, attribute, form, b -> b.uleb(value));
            case DW_FORM_SDATA -> add(die, attribute, form, b -> b.sleb(value));
            case DW_FORM_DATA1 -> add(die, attribute, form, b -> b.fixed(value, 1));
            case DW_FORM_DATA2 -> add(die, attribute, form, b -> b.fixed(value, 2));
            case DW_FORM_DATA4 -> add(die, attribute, form, b -> b.fixed(value, 4));
            case DW_FORM_DATA8 -> add(die, attribute, form, b -> b.fixed(value, 8));
            default -> die.attributes.add(new Attribute(attribute, form, value, b -> {}));
        }
    }

    private void address(Unit u, Die die, int attribute, long value) {
        int form = u.version >= 5 ? c.ofInts(DW_FORM_ADDR, DW_FORM_ADDRX, DW_FORM_ADDRX1 + c.below(4)) : DW_FORM_ADDR;
        if (form == DW_FORM_ADDR) {
            add(die, attribute, form, b -> b.fixed(value, addressSize));
        } else {
            int index = u.addressIndex(value);
            add(die, attribute, form, b -> index(b, index, form == DW_FORM_ADDRX ? 0 : form - DW_FORM_ADDRX1 + 1));
        }
    }

    private void lowAndHigh(Unit u, Die die, long[] range) {
        address(u, die, DW_AT_LOW_PC, range[0]);
        if (u.version >= 4 && !c.oneIn(4)) {
            number(u, die, DW_AT_HIGH_PC, range[1] - range[0]);
        } else {
            address(u, die, DW_AT_HIGH_PC, range[1]);
        }
    }

    private void sectionOffset(Unit u, Die die, int attribute, LongSupplier value) {
        int form = u.version >= 4 ? DW_FORM_SEC_OFFSET : u.offsetSize == 8 ? DW_FORM_DATA8 : DW_FORM_DATA4;
        add(die, attribute, form, b -> later(b, u.offsetSize, value));
    }

    private void reference(Unit u, Die die, int attribute, Die target, Unit of) {
        if (u != of || c.oneIn(4)) {
            int width = u.version == 2 ? addressSize : u.offsetSize;
            add(die, attribute, DW_FORM_REF_ADDR, b -> later(b, width, () -> target.start));
            return;
        }
        int form = c.ofInts(DW_FORM_REF4, DW_FORM_REF8, DW_FORM_REF2, DW_FORM_REF_UDATA);
        int width = form == DW_FORM_REF4 ? 4 : form == DW_FORM_REF8 ? 8 : form == DW_FORM_REF2 ? 2 : 0;
        add(die, attribute, form, b -> later(b, width, () -> target.start - u.start));
    }

    /** Writes a number once all entries are written; a width of 0 is a LEB128 of four bytes. */
    private void later(Bytes b, int width, LongSupplier value) {
        int at = b.size();
        b.add(new byte[width == 0 ? 4 : width]);
        fixups.add(() -> {
            if (width == 0) {
                b.putUleb(at, value.getAsLong());
            } else {
                b.put(at, value.getAsLong(), width);
            }
        });
    }

    private void code(Unit u, Die die, List<Cell> cells) {
        List<long[]> ranges = new ArrayList<>();
        boolean join = !c.oneIn(4) || u.version == 2;
        for (Cell cell : cells) {
            long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (join && last != null && last[1] == cell.low) {
                last[1] = cell.high;
            } else {
                ranges.add(new long[] {cell.low, cell.high});
            }
        }
        if (ranges.size() == 1 && (u.version == 2 || !c.oneIn(3))) {
            lowAndHigh(u, die, ranges.get(0));
        } else {
            list(u, die, c.shuffled(ranges));
        }
    }

    private void list(Unit u, Die die, List<long[]> ranges) {
        if (u.version >= 5) {
            int index = u.listStarts.size();
            int at = u.lists.size();
            u.listStarts.add(at);
            rangeListEntries(u, ranges);
            if (c.oneIn(2)) {
                add(die, DW_AT_RANGES, DW_FORM_RNGLISTX, b -> b.uleb(index));
            } else {
                add(die, DW_AT_RANGES, DW_FORM_SEC_OFFSET, b -> later(b, u.offsetSize, () -> u.listsAt + at));
            }
            return;
        }
        Bytes b = section(".debug_ranges");
        int at = b.size();
        long base = u.base;
        for (long[] range : ranges) {
            if (Long.compareUnsigned(range[0], base) < 0 || c.oneIn(4)) {
                base = c.of(0L, range[0], range[0] & -64L);
                b.fixed(mask, addressSize).fixed(base, addressSize);
            }
            if (c.oneIn(8)) {
                // An empty range
                b.fixed(1, addressSize).fixed(1, addressSize);
            }
            b.fixed(range[0] - base, addressSize).fixed(range[1] - base, addressSize);
        }
        b.fixed(0, addressSize).fixed(0, addressSize);
        parts.add(new Part(u.index, ".debug_ranges", at, b.size()));
        sectionOffset(u, die, DW_AT_RANGES, () -> at);
    }

    /** DWARF5 7.25. */
    private void rangeListEntries(Unit u, List<long[]> ranges) {
        Bytes b = u.lists;
        long base = u.base;
        for (long[] range : ranges) {
            long length = range[1] - range[0];
            switch (c.below(5)) {
                case 0 -> {
                    if (Long.compareUnsigned(range[0], base) < 0 || c.oneIn(3)) {
                        base = c.of(range[0], range[0] & -64L);
                        if (c.oneIn(2)) {
                            b.u1(1).uleb(u.addressIndex(base));
                        } else {
                            b.u1(5).fixed(base, addressSize);
                        }
                    }
                    b.u1(4).uleb(range[0] - base).uleb(range[1] - base);
                }
                case 1 -> b.u1(2).uleb(u.addressIndex(range[0])).uleb(u.addressIndex(range[1]));
                case 2 -> b.u1(3).uleb(u.addressIndex(range[0])).uleb(length);
                case 3 -> b.u1(6).fixed(range[0], addressSize).fixed(range[1], addressSize);
                default -> b.u1(7).fixed(range[0], addressSize).uleb(length);
            }
        }
        b.u1(0);
    }

    /** Attributes that say nothing of functions and lines, in all forms of the version. */
    private void other(Unit u, Die die) {
        for (int count = c.below(4); count > 0; count--) {
            int attribute = OTHER_ATTRIBUTES[(die.tag + 2 * count) % OTHER_ATTRIBUTES.length];
            List<Integer> forms = new ArrayList<>(List.of(
                    DW_FORM_BLOCK1, DW_FORM_BLOCK2, DW_FORM_BLOCK4, DW_FORM_BLOCK, DW_FORM_DATA8, DW_FORM_STRING));
            if (u.version >= 4) {
                forms.addAll(List.of(DW_FORM_EXPRLOC, DW_FORM_FLAG_PRESENT, DW_FORM_SEC_OFFSET, DW_FORM_REF_SIG8));
            }
            if (u.version >= 5) {
                forms.addAll(List.of(
                        DW_FORM_DATA16, DW_FORM_LOCLISTX, DW_FORM_REF_SUP8, DW_FORM_STRP_SUP, DW_FORM_IMPLICIT_CONST));
            }
            forms.add(DW_FORM_GNU_STRP_ALT);
            int form = c.of(forms);
            byte[] content = new byte[c.below(6)];
            switch (form) {
                case DW_FORM_BLOCK1 ->
                    add(die, attribute, form, b -> b.u1(content.length).add(content));
                case DW_FORM_BLOCK2 ->
                    add(die, attribute, form, b -> b.u2(content.length).add(content));
                case DW_FORM_BLOCK4 ->
                    add(die, attribute, form, b -> b.u4(content.length).add(content));
                case DW_FORM_BLOCK, DW_FORM_EXPRLOC ->
                    add(die, attribute, form, b -> b.uleb(content.length).add(content));
                case DW_FORM_STRING -> add(die, attribute, form, b -> b.string("other"));
                case DW_FORM_FLAG_PRESENT -> add(die, attribute, form, b -> {});
                case DW_FORM_IMPLICIT_CONST ->
                    die.attributes.add(new Attribute(attribute, form, -content.length, b -> {}));
                case DW_FORM_DATA16 -> add(die, attribute, form, b -> b.u8(-1).u8(content.length));
                case DW_FORM_LOCLISTX -> add(die, attribute, form, b -> b.uleb(content.length * 100L));
                case DW_FORM_DATA8, DW_FORM_REF_SIG8, DW_FORM_REF_SUP8 ->
                    add(die, attribute, form, b -> b.u8(-content.length));
                default -> add(die, attribute, form, b -> b.fixed(content.length, u.offsetSize));
            }
        }
    }

    // Lines

    private void files(Unit u) {
        u.hasLines = c.below(8) > 0;
        u.lineVersion = u.version == 5 ? 5 : c.between(2, 4);
        if (!u.hasLines) {
            return;
        }
        if (u.lineVersion == 5) {
            u.directories.add("/build/" + u.index);
        }
        for (int i = c.below(4); i > 0; i--) {
            u.directories.add(c.oneIn(2) ? "/include/" + i : "sub" + i);
        }
        int choices = u.lineVersion == 5 ? u.directories.size() : u.directories.size() + 1;
        for (int i = c.between(1, 4); i > 0; i--) {
            u.fileNames.add((c.oneIn(8) ? "/absolute/" : c.oneIn(8) ? "d/" : "") + u.index + "_" + i + ".c");
            u.fileDirectories.add(c.below(choices));
        }
    }

    private void sequences(Unit u) {
        List<Cell> chunks = u.chunks;
        for (int i = 0; i < chunks.size(); i++) {
            if (c.oneIn(8)) {
                continue;
            }
            long low = chunks.get(i).low;
            long high = chunks.get(i).high;
            while (i + 1 < chunks.size() && chunks.get(i + 1).low - high < AREA / 2 && c.oneIn(2)) {
                high = chunks.get(++i).high;
            }
            sequence(u, low + (c.oneIn(6) ? u.step : 0), high);
        }
    }

    private void sequence(Unit u, long low, long high) {
        List<Row> rows = new ArrayList<>();
        int line = 1;
        for (long at = low; Long.compareUnsigned(at, high) < 0 && rows.size() < MAX_ROWS; ) {
            line = c.oneIn(6) ? (int) c.number(20) : Math.max(0, line + c.between(-6, 9));
            int file = c.oneIn(16) ? 99 : c.below(u.fileNames.size()) + (u.lineVersion == 5 ? 0 : 1);
            rows.add(new Row(at, file, line, (int) c.number(9), c.oneIn(4) ? (int) c.number(8) : 0));
            at += (long) u.step * c.below(10);
        }
        if (!rows.isEmpty()) {
            u.sequences.add(new Sequence(low, high, rows));
        }
    }

    /** The registers of the state machine. The header sets the fields that encode opcodes. */
    private static final class Machine {
        long address;
        int operation;
        int file = 1;
        int line = 1;
        int column;
        int step;
        int operations;
        int lineBase;
        int lineRange;
        int opcodeBase;
    }

    private void lines(Unit u) {
        Bytes b = section(".debug_line");
        u.lineTable = b.size();
        int start = begin(b, u.offsetSize);
        b.u2(u.lineVersion);
        if (u.lineVersion == 5) {
            b.u1(addressSize, 0);
        }
        b.add(new byte[u.offsetSize]);
        int header = b.size();
        Machine m = new Machine();
        m.step = u.step;
        m.operations = u.lineVersion >= 4 && c.oneIn(3) ? c.between(1, 4) : 1;
        m.lineBase = -c.below(8);
        m.lineRange = c.between(1, 16);
        m.opcodeBase = c.ofInts(13, 10, 17);
        b.u1(m.step);
        if (u.lineVersion >= 4) {
            b.u1(m.operations);
        }
        b.u1(c.below(2), m.lineBase, m.lineRange, m.opcodeBase);
        byte[] lengths = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 0, 1, 3};
        for (int i = 0; i < m.opcodeBase - 1; i++) {
            b.u1(lengths[i]);
        }
        int defined = u.lineVersion == 5 ? 0 : c.below(u.fileNames.size());
        if (u.lineVersion == 5) {
            nameTables(u, b);
        } else {
            u.directories.forEach(b::string);
            b.u1(0);
            for (int i = 0; i < u.fileNames.size() - defined; i++) {
                oldFile(u, b, i);
            }
            b.u1(0);
        }
        b.add(new byte[c.oneIn(4) ? c.below(5) : 0]);
        b.put(header - u.offsetSize, b.size() - header, u.offsetSize);
        for (int i = u.fileNames.size() - defined; i < u.fileNames.size(); i++) {
            Bytes file = new Bytes(big).u1(3);
            oldFile(u, file, i);
            b.u1(0).uleb(file.size()).add(file.toArray());
        }
        for (Sequence sequence : c.shuffled(u.sequences)) {
            if (c.oneIn(8)) {
                // Code that the linker dropped
                setAddress(b, c.of(0L, mask));
                b.u1(m.opcodeBase, 2, 8, 0, 1, 1);
            }
            m.address = 0;
            m.operation = 0;
            m.file = 1;
            m.line = 1;
            m.column = 0;
            setAddress(b, sequence.low);
            m.address = sequence.low;
            sequence.rows.forEach(row -> row(b, m, row));
            advance(b, m, sequence.high);
            b.u1(0, 1, 1);
        }
        end(b, start, u.offsetSize);
        parts.add(new Part(u.index, ".debug_line", u.lineTable, b.size()));
    }

    private static void oldFile(Unit u, Bytes b, int index) {
        b.string(u.fileNames.get(index))
                .uleb(u.fileDirectories.get(index))
                .uleb(0)
                .uleb(300);
    }

    /** DWARF5 6.2.4.1. */
    private void nameTables(Unit u, Bytes b) {
        int form = c.ofInts(DW_FORM_STRING, DW_FORM_LINE_STRP, DW_FORM_STRP);
        boolean vendor = c.oneIn(4);
        b.u1(vendor ? 2 : 1);
        if (vendor) {
            b.uleb(0x2001).uleb(DW_FORM_BLOCK1);
        }
        b.uleb(1).uleb(form).uleb(u.directories.size());
        for (String directory : u.directories) {
            b.add(vendor ? new byte[] {2, 7, 7} : new byte[0]);
            lineString(u, b, form, directory);
        }
        int directoryForm = c.ofInts(DW_FORM_UDATA, DW_FORM_DATA1, DW_FORM_DATA2);
        boolean md5 = c.oneIn(2);
        boolean size = c.oneIn(3);
        b.u1(2 + (md5 ? 1 : 0) + (size ? 1 : 0));
        b.add(size ? new byte[] {4, DW_FORM_UDATA} : new byte[0]);
        b.uleb(1).uleb(form).uleb(2).uleb(directoryForm);
        b.add(md5 ? new byte[] {5, DW_FORM_DATA16} : new byte[0]);
        b.uleb(u.fileNames.size());
        for (int i = 0; i < u.fileNames.size(); i++) {
            b.add(size ? new byte[] {(byte) 0x81, 1} : new byte[0]);
            lineString(u, b, form, u.fileNames.get(i));
            index(
                    b,
                    u.fileDirectories.get(i),
                    directoryForm == DW_FORM_DATA2 ? 2 : directoryForm == DW_FORM_DATA1 ? 1 : 0);
            b.add(new byte[md5 ? 16 : 0]);
        }
    }

    private void lineString(Unit u, Bytes b, int form, String text) {
        if (form == DW_FORM_STRING) {
            b.string(text);
        } else {
            b.fixed(pooled(form == DW_FORM_STRP ? ".debug_str" : ".debug_line_str", text), u.offsetSize);
        }
    }

    private void setAddress(Bytes b, long address) {
        b.u1(0).uleb(1 + addressSize).u1(2).fixed(address, addressSize);
    }

    private void row(Bytes b, Machine m, Row row) {
        if (row.file != m.file || c.oneIn(8)) {
            b.u1(4).uleb(row.file);
            m.file = row.file;
        }
        if (row.column != m.column) {
            b.u1(5).uleb(row.column);
            m.column = row.column;
        }
        if (row.discriminator != 0) {
            Bytes number = new Bytes(big).u1(4).uleb(row.discriminator);
            b.u1(0).uleb(number.size()).add(number.toArray());
        }
        if (c.oneIn(4)) {
            noise(b, m);
        }
        long operations = approach(b, m, row.address);
        int lines = row.line - m.line;
        long special = lines - m.lineBase + m.lineRange * operations + m.opcodeBase;
        if (lines >= m.lineBase && lines < m.lineBase + m.lineRange && special <= 255 && !c.oneIn(5)) {
            b.u1((int) special);
        } else {
            if (operations > 0) {
                b.u1(2).uleb(operations);
            }
            if (lines != 0 || c.oneIn(8)) {
                b.u1(3).sleb(lines);
            }
            b.u1(1);
        }
        m.line = row.line;
    }

    /** Opcodes that change no line: statements, blocks, prologues, unknown ones. */
    private void noise(Bytes b, Machine m) {
        switch (c.below(4)) {
            case 0 -> b.u1(6);
            case 1 -> b.u1(7);
            case 2 -> {
                int opcode = c.between(10, 16);
                if (opcode < m.opcodeBase) {
                    b.u1(opcode);
                    int[] operands = {0, 0, 1, 2, 0, 1, 3};
                    for (int i = operands[opcode - 10]; i > 0; i--) {
                        b.uleb(c.number(12));
                    }
                }
            }
            default -> b.u1(0).uleb(4).u1(0x81, 1, 2, 3);
        }
    }

    /** Goes some of the way: {@return the operations that are left}. */
    private long approach(Bytes b, Machine m, long to) {
        long distance = to - m.address;
        if (c.oneIn(8)) {
            setAddress(b, to);
            m.operation = 0;
            distance = 0;
        } else if (distance <= 0xffff && c.oneIn(8)) {
            b.u1(9).u2((int) distance);
            m.operation = 0;
            distance = 0;
        }
        m.address = to;
        int operation = c.below(m.operations);
        operation = distance == 0 ? Math.max(operation, m.operation) : operation;
        long operations = distance / m.step * m.operations + operation - m.operation;
        m.operation = operation;
        int most = (255 - m.opcodeBase) / m.lineRange;
        if (operations >= most && c.oneIn(2)) {
            b.u1(8);
            operations -= most;
        }
        if (operations > 0 && c.oneIn(3)) {
            long part = 1 + c.below((int) operations);
            b.u1(2).uleb(part);
            operations -= part;
        }
        return operations;
    }

    private void advance(Bytes b, Machine m, long to) {
        // A sequence ends at the first operation of an instruction
        long distance = to - m.address;
        b.u1(9).u2((int) distance);
        m.address = to;
    }

    // Sections

    private Bytes section(String name) {
        return sections.computeIfAbsent(name, any -> new Bytes(big));
    }

    private int pooled(String name, String text) {
        Bytes b = section(name);
        return pools.computeIfAbsent(name, any -> new HashMap<>()).computeIfAbsent(text, any -> {
            int at = b.size();
            b.string(text);
            return at;
        });
    }

    /** Begins what has a length: {@return the position after the length}. */
    private static int begin(Bytes b, int offsetSize) {
        if (offsetSize == 8) {
            b.u4(0xffff_ffffL);
        }
        b.add(new byte[offsetSize]);
        return b.size();
    }

    private static void end(Bytes b, int start, int offsetSize) {
        b.put(start - offsetSize, b.size() - start, offsetSize);
    }

    private void write(List<Unit> order) {
        for (Unit u : order) {
            if (u.hasLines && !u.isType && !u.isPartial) {
                lines(u);
            }
            contributions(u);
        }
        Map<Unit, Integer> tableFields = new HashMap<>();
        for (Unit u : order) {
            unit(u, tableFields);
        }
        for (Table table : tables) {
            abbreviations(table, tableFields);
        }
        fixups.forEach(Runnable::run);
        aranges(order);
    }

    private void contributions(Unit u) {
        if (!u.addresses.isEmpty()) {
            Bytes b = section(".debug_addr");
            int from = b.size();
            int start = begin(b, u.offsetSize);
            b.u2(5).u1(addressSize, 0);
            u.addressBase = b.size();
            u.addresses.forEach(address -> b.fixed(address, addressSize));
            end(b, start, u.offsetSize);
            parts.add(new Part(u.index, ".debug_addr", from, b.size()));
        }
        if (!u.strings.isEmpty()) {
            Bytes b = section(".debug_str_offsets");
            int from = b.size();
            int start = begin(b, u.offsetSize);
            b.u2(5).u2(0);
            u.stringBase = b.size();
            u.strings.forEach(text -> b.fixed(pooled(".debug_str", text), u.offsetSize));
            end(b, start, u.offsetSize);
            parts.add(new Part(u.index, ".debug_str_offsets", from, b.size()));
        }
        if (!u.listStarts.isEmpty()) {
            Bytes b = section(".debug_rnglists");
            int from = b.size();
            int start = begin(b, u.offsetSize);
            b.u2(5).u1(addressSize, 0).u4(u.listStarts.size());
            u.listBase = b.size();
            int table = u.listStarts.size() * u.offsetSize;
            u.listStarts.forEach(at -> b.fixed(table + at, u.offsetSize));
            u.listsAt = b.size();
            b.add(u.lists.toArray());
            end(b, start, u.offsetSize);
            parts.add(new Part(u.index, ".debug_rnglists", from, b.size()));
        }
    }

    private void unit(Unit u, Map<Unit, Integer> tableFields) {
        String name = u.isType && u.version == 4 ? ".debug_types" : ".debug_info";
        Bytes b = section(name);
        u.start = b.size();
        int start = begin(b, u.offsetSize);
        b.u2(u.version);
        if (u.version == 5) {
            b.u1(u.isType ? 2 : u.isPartial ? 3 : 1, addressSize);
        }
        tableFields.put(u, b.size());
        b.add(new byte[u.offsetSize]);
        if (u.version < 5) {
            b.u1(addressSize);
        }
        if (u.isType) {
            Die type = u.root.children.get(0);
            b.u8(0x1234_5678_9abc_def0L + u.index);
            later(b, u.offsetSize, () -> type.start - u.start);
        }
        entry(u.root, u, b);
        end(b, start, u.offsetSize);
        parts.add(new Part(u.index, name, u.start, b.size()));
    }

    private void entry(Die die, Unit u, Bytes b) {
        die.start = b.size();
        die.hasChildren = !die.children.isEmpty() || c.oneIn(8);
        StringBuilder declaration = new StringBuilder();
        declaration.append(die.tag).append(' ').append(die.hasChildren ? 1 : 0);
        for (Attribute each : die.attributes) {
            declaration.append(' ').append(each.name).append(' ').append(each.form);
            if (each.form == DW_FORM_IMPLICIT_CONST) {
                declaration.append('=').append(each.constant);
            }
        }
        Table table = u.table;
        b.uleb(table.codes.computeIfAbsent(
                declaration.toString(), any -> table.first + table.step * table.codes.size()));
        die.attributes.forEach(each -> each.value.accept(b));
        if (die.hasChildren) {
            die.children.forEach(child -> entry(child, u, b));
            b.u1(0);
        }
        die.end = b.size();
    }

    private void abbreviations(Table table, Map<Unit, Integer> fields) {
        Bytes b = section(".debug_abbrev");
        int from = b.size();
        Comparator<Integer> order = c.oneIn(4) ? Comparator.reverseOrder() : Comparator.naturalOrder();
        table.codes.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(order))
                .forEach(each -> {
                    String[] words = each.getKey().split(" ");
                    b.uleb(each.getValue()).uleb(Integer.parseInt(words[0])).u1(Integer.parseInt(words[1]));
                    for (int i = 2; i < words.length; i += 2) {
                        String[] form = words[i + 1].split("=");
                        b.uleb(Integer.parseInt(words[i])).uleb(Integer.parseInt(form[0]));
                        if (form.length > 1) {
                            b.sleb(Long.parseLong(form[1]));
                        }
                    }
                    b.u1(0, 0);
                });
        b.u1(0);
        for (Unit u : table.users) {
            Bytes info = section(u.isType && u.version == 4 ? ".debug_types" : ".debug_info");
            info.put(Objects.requireNonNull(fields.get(u)), from, u.offsetSize);
        }
        if (table.users.size() == 1) {
            parts.add(new Part(table.users.get(0).index, ".debug_abbrev", from, b.size()));
        }
    }

    private void aranges(List<Unit> order) {
        int how = c.below(3);
        complete = true;
        for (Unit u : order) {
            if (u.claims.isEmpty()) {
                continue;
            }
            if (how == 0 || (how == 1 && c.oneIn(3))) {
                complete = false;
                continue;
            }
            Bytes b = section(".debug_aranges");
            int from = b.size();
            int start = begin(b, u.offsetSize);
            b.u2(2).fixed(u.start, u.offsetSize).u1(addressSize, 0);
            while ((b.size() - from) % (2 * addressSize) != 0) {
                b.u1(0);
            }
            for (Cell claim : u.claims) {
                b.fixed(claim.low, addressSize).fixed(claim.high - claim.low, addressSize);
            }
            b.fixed(0, addressSize).fixed(0, addressSize);
            end(b, start, u.offsetSize);
        }
    }
}
