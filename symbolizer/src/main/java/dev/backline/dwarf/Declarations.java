package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Enumeration.Enumerator;
import dev.backline.dwarf.Subprogram.Body;
import dev.backline.dwarf.Subprogram.InlinedCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one unit says of its functions and types by name. A unit has all types that its functions use; of those that it
 * only points to it may hold no more than the tag, which counts as not found here. Thread-safe.
 */
public final class Declarations {
    /** References lead from a copy to the abstract entry to a specification; longer chains are loops. */
    private static final int MAX_REFERENCES = 16;

    /** Structures in structures on the way to one member. */
    private static final int MAX_NESTING = 32;

    /** Members of a structure, or looked at on the way to one; the kernel's largest have some hundred. */
    private static final int MAX_MEMBERS = 1 << 13;

    private static final int MAX_ENUMERATORS = 1 << 14;

    /** C compilers need not take more than 127. */
    private static final int MAX_PARAMETERS = 256;

    private static final int MAX_COPIES = 1 << 14;

    private final Unit unit;
    private final FunctionTable functions;
    /** The unit with the code, and the one that its source was, where link-time optimisation made code of several. */
    private final List<Unit> units;

    private Declarations(FunctionTable functions, @Nullable Unit origin) {
        this.functions = functions;
        unit = functions.unit();
        units = origin == null || origin == unit ? List.of(unit) : List.of(unit, origin);
    }

    /** What is declared where the code at the address comes from. */
    static Declarations of(FunctionTable at, long address) throws IOException {
        FunctionTable functions = at.unit().functions();
        int node = functions.find(address);
        while (node != FunctionTable.NONE && functions.isInlined(node)) {
            node = functions.parent(node);
        }
        Entry origin = null;
        if (node != FunctionTable.NONE) {
            Entry function = new Entry(functions.unit(), functions.entry(node));
            Attributes attributes = new Attributes();
            function.read(attributes);
            origin = origin(function, attributes);
        }
        return new Declarations(functions, origin == null ? null : origin.unit());
    }

    /**
     * {@return a function that the unit declares or has code of, or null}
     *
     * @param name DW_AT_name, without the suffix of a clone
     * @throws IOException when an entry of the function is damaged
     */
    public @Nullable Subprogram function(String name) throws IOException {
        int[] nodes = functions.named(name);
        Entry declaration = EntryNames.find(units, name, DW_TAG_subprogram);
        Attributes attributes = new Attributes();
        if (nodes.length > 0 && (declaration == null || isDeclaration(declaration))) {
            Entry first = new Entry(unit, functions.entry(nodes[0]));
            first.read(attributes);
            Entry origin = origin(first, attributes);
            declaration = origin == null ? first : origin;
        }
        if (declaration == null) {
            return null;
        }
        Subprogram declared = subprogram(name, declaration);
        List<Body> bodies = new ArrayList<>();
        List<InlinedCopy> copies = new ArrayList<>();
        RangeLists lists = new RangeLists(unit);
        for (int node : nodes) {
            Entry entry = new Entry(unit, functions.entry(node));
            entry.read(attributes);
            List<AddressRange> ranges = ranges(attributes, lists);
            if (ranges.isEmpty()) {
                continue;
            }
            long entryPc = entryPc(attributes, ranges.get(0).low());
            List<String> located = located(entry, declared.parameters());
            if (functions.isInlined(node)) {
                copies.add(new InlinedCopy(callers(node), entryPc, ranges, functions.callLine(node), located));
            } else {
                bodies.add(new Body(entryPc, ranges, located));
            }
            within(bodies.size() + copies.size(), MAX_COPIES, "a function of more than", "copies", entry);
        }
        return new Subprogram(name, declared.returnType(), declared.parameters(), declared.external(), bodies, copies);
    }

    private List<AddressRange> ranges(Attributes attributes, RangeLists lists) throws IOException {
        AddressRanges found = new AddressRanges();
        unit.ranges(attributes, lists, found);
        List<AddressRange> ranges = new ArrayList<>(found.count());
        for (int i = 0; i < found.count(); i++) {
            ranges.add(new AddressRange(found.low(i), found.high(i)));
        }
        return ranges;
    }

    /**
     * {@return whether the unit names a function so, be it only to call it}
     *
     * @param function DW_AT_name
     * @throws IOException when the unit's entries are damaged
     */
    public boolean declares(String function) throws IOException {
        return EntryNames.find(units, function, DW_TAG_subprogram) != null;
    }

    private static boolean isDeclaration(Entry entry) throws IOException {
        Attributes attributes = new Attributes();
        entry.read(attributes);
        return attributes.has(DECLARATION) && attributes.value(DECLARATION) != 0;
    }

    /** DWARF5 2.18: an address, or a distance from the base address. */
    private long entryPc(Attributes attributes, long low) throws IOException {
        if (!attributes.has(ENTRY_PC)) {
            return low;
        }
        int form = attributes.form(ENTRY_PC);
        long value = attributes.value(ENTRY_PC);
        return switch (form) {
            case DW_FORM_data1, DW_FORM_data2, DW_FORM_data4, DW_FORM_data8, DW_FORM_udata, DW_FORM_implicit_const ->
                (attributes.has(LOW_PC) ? unit.address(attributes.form(LOW_PC), attributes.value(LOW_PC)) : low)
                        + value;
            default -> unit.address(form, value);
        };
    }

    private List<String> callers(int node) throws IOException {
        List<String> callers = new ArrayList<>(4);
        int parent = node;
        do {
            parent = functions.parent(parent);
            if (parent == FunctionTable.NONE) {
                break;
            }
            String caller = functions.names(parent).name();
            callers.add(caller == null ? "?" : caller);
        } while (functions.isInlined(parent));
        return callers;
    }

    private static Subprogram subprogram(String name, Entry declaration) throws IOException {
        Attributes attributes = new Attributes();
        Type result = Type.VOID;
        boolean external = false;
        List<Parameter> parameters = List.of();
        Entry entry = declaration;
        for (int i = 0; i < MAX_REFERENCES && entry != null; i++) {
            entry.read(attributes);
            external |= attributes.has(EXTERNAL) && attributes.value(EXTERNAL) != 0;
            if (attributes.has(TYPE)) {
                result = Types.of(entry, attributes);
            }
            Entry next = origin(entry, attributes);
            List<Parameter> found = next == null || parameters.isEmpty() ? parameters(entry) : parameters;
            parameters = found.isEmpty() ? parameters : found;
            entry = next;
        }
        return new Subprogram(name, result, parameters, external, List.of(), List.of());
    }

    private static @Nullable Entry origin(Entry entry, Attributes attributes) throws IOException {
        if (attributes.has(ABSTRACT_ORIGIN)) {
            return entry.follow(attributes, ABSTRACT_ORIGIN);
        }
        return attributes.has(SPECIFICATION) ? entry.follow(attributes, SPECIFICATION) : null;
    }

    /** The parameters that have a type in this entry; a copy's refer to those of the abstract one. */
    private static List<Parameter> parameters(Entry entry) throws IOException {
        List<Parameter> parameters = new ArrayList<>();
        entry.children((tag, child, attributes, c) -> {
            if (tag == DW_TAG_formal_parameter && attributes.has(TYPE)) {
                parameters.add(new Parameter(child.string(attributes, NAME), Types.of(child, attributes)));
            }
            return tag == DW_TAG_formal_parameter && parameters.size() < MAX_PARAMETERS;
        });
        return parameters;
    }

    /** The names of those parameters that have a place in a copy, which has them before everything else. */
    private static List<String> located(Entry copy, List<Parameter> declared) throws IOException {
        List<String> located = new ArrayList<>();
        copy.children((tag, child, attributes, c) -> {
            if (tag == DW_TAG_formal_parameter && hasPlace(attributes)) {
                String its = name(child, attributes);
                for (Parameter parameter : declared) {
                    String name = parameter.name();
                    if (name != null && name.equals(its) && !located.contains(name)) {
                        located.add(name);
                    }
                }
            }
            return tag == DW_TAG_formal_parameter && located.size() < declared.size();
        });
        return located;
    }

    /** An empty expression is how DWARF5 2.6.1.1.4 writes that there is nothing left of it. */
    private static boolean hasPlace(Attributes attributes) {
        if (attributes.has(CONST_VALUE)) {
            return true;
        }
        return attributes.has(LOCATION)
                && !(Types.isBlock(attributes.form(LOCATION)) && attributes.value(LOCATION) >>> 32 == 0);
    }

    private static @Nullable String name(Entry entry, Attributes given) throws IOException {
        Attributes attributes = given;
        Entry at = entry;
        for (int i = 0; i < MAX_REFERENCES; i++) {
            String name = at.string(attributes, NAME);
            Entry next = name == null ? origin(at, attributes) : null;
            if (next == null) {
                return name;
            }
            attributes = new Attributes();
            next.read(attributes);
            at = next;
        }
        return null;
    }

    /**
     * {@return an enumeration of the unit, or null}
     *
     * @param tag its name after {@code enum}
     * @throws IOException when the unit's entries are damaged
     */
    public @Nullable Enumeration enumeration(String tag) throws IOException {
        Entry entry = EntryNames.find(units, tag, DW_TAG_enumeration_type);
        Enumeration found = entry == null ? null : read(entry);
        return found == null || found.enumerators().isEmpty() ? null : found;
    }

    /**
     * {@return the enumeration of the unit that has an enumerator of this name, or null}
     *
     * @param enumerator DW_AT_name
     * @throws IOException when the unit's entries are damaged
     */
    public @Nullable Enumeration enumerationOf(String enumerator) throws IOException {
        for (Entry entry : EntryNames.enumerations(units)) {
            Enumeration enumeration = read(entry);
            if (enumeration.value(enumerator) != null) {
                return enumeration;
            }
        }
        return null;
    }

    private static Enumeration read(Entry entry) throws IOException {
        Attributes attributes = new Attributes();
        entry.read(attributes);
        List<Enumerator> enumerators = new ArrayList<>();
        entry.children((tag, child, its, c) -> {
            String name = tag == DW_TAG_enumerator ? child.string(its, NAME) : null;
            if (name != null && its.has(CONST_VALUE) && !Types.isBlock(its.form(CONST_VALUE))) {
                enumerators.add(new Enumerator(name, its.value(CONST_VALUE)));
            }
            return within(enumerators.size(), MAX_ENUMERATORS, "an enumeration of more than", "names", child);
        });
        long size = attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0;
        return new Enumeration(entry.string(attributes, NAME), size, enumerators);
    }

    /**
     * {@return a structure or union of the unit with its members; null when there is none, or only its tag}
     *
     * @param tag its name after {@code struct} or {@code union}
     * @throws IOException when the unit's entries are damaged
     */
    public @Nullable Structure structure(String tag) throws IOException {
        Entry entry = find(tag);
        if (entry == null) {
            return null;
        }
        Attributes attributes = new Attributes();
        boolean union = entry.read(attributes) == DW_TAG_union_type;
        List<Member> members = new ArrayList<>();
        entry.children((kind, child, its, c) -> {
            if (kind == DW_TAG_member) {
                members.add(member(child, its, c, 0));
            }
            return within(members.size(), MAX_MEMBERS, "a structure of more than", "members", child);
        });
        return new Structure(tag, union, attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0, members);
    }

    /** {@return true, when the number is within the limit} */
    private static boolean within(int count, int limit, String what, String items, Entry entry) throws DwarfException {
        if (count > limit) {
            throw new DwarfException(
                    entry.unit().sections().file(),
                    entry.unit().header().section().sectionName,
                    entry.offset(),
                    what + " " + limit + " " + items);
        }
        return true;
    }

    private @Nullable Entry find(String tag) throws IOException {
        return EntryNames.find(units, tag, DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_class_type);
    }

    /**
     * {@return a member by its path, through anonymous structures and unions as C finds it; null when the
     * structure is not in the unit or has no such member}
     *
     * @param structure the tag of the structure or union
     * @param path the member's name, or several with dots between them, for members of members: {@code
     *     __sk_common.skc_net}
     * @throws IOException when the unit's entries are damaged
     */
    public @Nullable Member member(String structure, String path) throws IOException {
        Entry entry = find(structure);
        Member member = null;
        long offset = 0;
        int[] seen = new int[1];
        for (int from = 0; from <= path.length(); ) {
            int dot = path.indexOf('.', from);
            int end = dot < 0 ? path.length() : dot;
            Found found = entry == null ? null : search(entry, path.substring(from, end), offset, 0, seen);
            if (found == null) {
                return null;
            }
            member = found.member();
            entry = found.type();
            offset = member.bitOffset();
            from = end + 1;
        }
        return member;
    }

    private record Found(Member member, @Nullable Entry type) {}

    private static @Nullable Found search(Entry structure, String name, long offset, int depth, int[] seen)
            throws IOException {
        @Nullable Found[] found = new @Nullable Found[1];
        structure.children((tag, child, attributes, c) -> {
            if (tag != DW_TAG_member) {
                return true;
            }
            within(depth, MAX_NESTING, "structures nested more than", "deep", child);
            within(++seen[0], MAX_MEMBERS, "a structure of more than", "members", child);
            String its = child.string(attributes, NAME);
            if (name.equals(its)) {
                found[0] = new Found(member(child, attributes, c, offset), aggregate(child, attributes));
            } else if (its == null) {
                Entry inner = aggregate(child, attributes);
                if (inner != null) {
                    found[0] = search(inner, name, offset + bitOffset(attributes, c), depth + 1, seen);
                }
            }
            return found[0] == null;
        });
        return found[0];
    }

    /** The definition of the structure or union that the member is, or null for members of other types. */
    private static @Nullable Entry aggregate(Entry member, Attributes its) throws IOException {
        Entry at = member;
        Attributes attributes = its;
        for (int i = 0; i < MAX_REFERENCES && attributes.has(TYPE); i++) {
            at = at.follow(attributes, TYPE);
            if (at == null) {
                return null;
            }
            attributes = new Attributes();
            switch (at.read(attributes)) {
                case DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_class_type -> {
                    return at;
                }
                case DW_TAG_typedef, DW_TAG_const_type, DW_TAG_volatile_type -> {
                    // On to what it stands for.
                }
                default -> {
                    return null;
                }
            }
        }
        return null;
    }

    private static Member member(Entry entry, Attributes attributes, Cursor c, long base) throws IOException {
        String name = entry.string(attributes, NAME);
        Type type = Types.of(entry, attributes);
        long bitSize = attributes.has(BIT_SIZE) ? attributes.value(BIT_SIZE) : 0;
        long offset = base + bitOffset(attributes, c);
        if (attributes.has(BIT_OFFSET)) {
            // DWARF3 5.5.6: counted from the most significant bit of a unit of storage, on any machine.
            long storage = attributes.has(BYTE_SIZE)
                    ? attributes.value(BYTE_SIZE)
                    : type.resolved().byteSize();
            boolean big = entry.unit().sections().bigEndian();
            long fromTop = signed(attributes, BIT_OFFSET);
            offset += big ? fromTop : storage * 8 - fromTop - bitSize;
        }
        return new Member(name, type, offset, bitSize);
    }

    private static long signed(Attributes attributes, int slot) {
        long value = attributes.value(slot);
        return switch (attributes.form(slot)) {
            case DW_FORM_data1 -> (byte) value;
            case DW_FORM_data2 -> (short) value;
            case DW_FORM_data4 -> (int) value;
            default -> value;
        };
    }

    private static long bitOffset(Attributes attributes, Cursor c) {
        if (attributes.has(DATA_BIT_OFFSET)) {
            return attributes.value(DATA_BIT_OFFSET);
        }
        if (!attributes.has(DATA_MEMBER_LOCATION)) {
            return 0;
        }
        long value = attributes.value(DATA_MEMBER_LOCATION);
        if (Types.isBlock(attributes.form(DATA_MEMBER_LOCATION))) {
            Long constant = Expressions.distance(c.part((int) value, (int) (value >>> 32)));
            value = constant == null ? 0 : constant;
        }
        return value * 8;
    }
}
