package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.Entry;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.dwarf.types.Enumeration.Enumerator;
import dev.backline.dwarf.types.Subprogram.Body;
import dev.backline.dwarf.types.Subprogram.InlinedCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions and types that one unit declares, by name. A unit has all types that its functions use. A structure
 * that the unit only has pointers to may be a tag without members; it is not found here. Thread-safe.
 */
public final class Declarations {
    /** A copy refers to an abstract entry, and that to a declaration; much longer chains are loops. */
    private static final int MAX_REFERENCES = 16;

    /** The greatest depth of anonymous structures around a member. */
    private static final int MAX_NESTING = 32;

    /** The greatest number of members to look at; the kernel's largest structures have some hundred. */
    private static final int MAX_MEMBERS = 1 << 13;

    private static final int MAX_ENUMERATORS = 1 << 14;

    /** C requires compilers to accept 127. */
    private static final int MAX_PARAMETERS = 256;

    private static final int MAX_COPIES = 1 << 14;

    private final UnitFunctions functions;
    /**
     * The root entry of the unit with the code. With link-time optimisation one unit has the code of several; then also
     * the root entry of the unit of the source file.
     */
    private final List<Entry> units;

    private Declarations(UnitFunctions functions, @Nullable Entry origin) {
        this.functions = functions;
        Entry unit = functions.root();
        units = origin == null || origin.root().equals(unit) ? List.of(unit) : List.of(unit, origin.root());
    }

    /**
     * {@return the declarations of the unit with code at the address, or null if no unit has code there}
     *
     * @param dwarf the debug information of the file
     * @param address of an instruction, or of the space for patches that some architectures reserve before each
     *     function, which belongs to no function
     * @throws IOException if the unit is damaged
     */
    public static @Nullable Declarations at(Dwarf dwarf, long address) throws IOException {
        UnitFunctions functions = UnitFunctions.at(dwarf, address);
        if (functions == null) {
            return null;
        }
        Entry function = functions.at(address);
        Entry origin = null;
        if (function != null) {
            Attributes attributes = new Attributes();
            function.read(attributes);
            origin = origin(function, attributes);
        }
        return new Declarations(functions, origin);
    }

    /**
     * {@return the function with the name that the unit declares or has code of, or null}
     *
     * @param name DW_AT_name, without the suffix of a clone
     * @throws IOException if an entry of the function is damaged
     */
    public @Nullable Subprogram function(String name) throws IOException {
        int[] found = functions.named(name);
        Entry declaration = EntryNames.find(units, name, DW_TAG_subprogram);
        Attributes attributes = new Attributes();
        if (found.length > 0 && (declaration == null || isDeclaration(declaration))) {
            Entry first = functions.entry(found[0]);
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
        for (int each : found) {
            Entry entry = functions.entry(each);
            entry.read(attributes);
            List<AddressRange> ranges = ranges(functions.ranges(attributes));
            if (ranges.isEmpty()) {
                continue;
            }
            long entryPc = functions.entryPc(attributes, ranges.get(0).low());
            List<String> located = located(entry, declared.parameters());
            if (functions.isInlined(each)) {
                copies.add(
                        new InlinedCopy(functions.callers(each), entryPc, ranges, functions.callLine(each), located));
            } else {
                bodies.add(new Body(entryPc, ranges, located));
            }
            within(bodies.size() + copies.size(), MAX_COPIES, "a function with more than", "copies", entry);
        }
        return new Subprogram(name, declared.returnType(), declared.parameters(), declared.external(), bodies, copies);
    }

    private static List<AddressRange> ranges(long[] bounds) {
        List<AddressRange> ranges = new ArrayList<>(bounds.length / 2);
        for (int i = 0; i < bounds.length; i += 2) {
            ranges.add(new AddressRange(bounds[i], bounds[i + 1]));
        }
        return ranges;
    }

    /**
     * {@return whether the unit declares a function with this name, if only to call it}
     *
     * @param function DW_AT_name
     * @throws IOException if the unit's entries are damaged
     */
    public boolean declares(String function) throws IOException {
        return EntryNames.find(units, function, DW_TAG_subprogram) != null;
    }

    private static boolean isDeclaration(Entry entry) throws IOException {
        Attributes attributes = new Attributes();
        entry.read(attributes);
        return attributes.has(DECLARATION) && attributes.value(DECLARATION) != 0;
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

    /** {@return the entry that a copy or a definition completes, or null} */
    static @Nullable Entry origin(Entry entry, Attributes attributes) throws IOException {
        if (attributes.has(ABSTRACT_ORIGIN)) {
            return entry.follow(attributes, ABSTRACT_ORIGIN);
        }
        return attributes.has(SPECIFICATION) ? entry.follow(attributes, SPECIFICATION) : null;
    }

    /** The parameters with a type. Those of a copy have none: they refer to the parameters of the abstract entry. */
    private static List<Parameter> parameters(Entry entry) throws IOException {
        List<Parameter> parameters = new ArrayList<>();
        entry.children((tag, child, attributes) -> {
            if (tag == DW_TAG_formal_parameter && attributes.has(TYPE)) {
                parameters.add(new Parameter(child.string(attributes, NAME), Types.of(child, attributes)));
            }
            return tag == DW_TAG_formal_parameter && parameters.size() < MAX_PARAMETERS;
        });
        return parameters;
    }

    /** The names of the parameters that have a location in a copy. Parameters are its first children. */
    private static List<String> located(Entry copy, List<Parameter> declared) throws IOException {
        List<String> located = new ArrayList<>();
        copy.children((tag, child, attributes) -> {
            if (tag == DW_TAG_formal_parameter && hasLocation(attributes)) {
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

    /** DWARF5 2.6.1.1.4: an empty expression means that the value was optimised out. */
    private static boolean hasLocation(Attributes attributes) {
        if (attributes.has(CONST_VALUE)) {
            return true;
        }
        return attributes.has(LOCATION) && !attributes.isEmptyBlock(LOCATION);
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
     * {@return the enumeration with this tag, or null}
     *
     * @param tag the name after {@code enum}
     * @throws IOException if the unit's entries are damaged
     */
    public @Nullable Enumeration enumeration(String tag) throws IOException {
        Entry entry = EntryNames.find(units, tag, DW_TAG_enumeration_type);
        Enumeration found = entry == null ? null : read(entry);
        return found == null || found.enumerators().isEmpty() ? null : found;
    }

    /**
     * {@return the enumeration with an enumerator of this name, or null}
     *
     * @param enumerator DW_AT_name
     * @throws IOException if the unit's entries are damaged
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
        entry.children((tag, child, its) -> {
            String name = tag == DW_TAG_enumerator ? child.string(its, NAME) : null;
            if (name != null && its.has(CONST_VALUE) && !its.isBlock(CONST_VALUE)) {
                enumerators.add(new Enumerator(name, its.value(CONST_VALUE)));
            }
            return within(enumerators.size(), MAX_ENUMERATORS, "an enumeration with more than", "enumerators", child);
        });
        long size = attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0;
        return new Enumeration(entry.string(attributes, NAME), size, enumerators);
    }

    /**
     * {@return the structure or union with this tag; null if there is none, or if its members are not in the unit}
     *
     * @param tag the name after {@code struct} or {@code union}
     * @throws IOException if the unit's entries are damaged
     */
    public @Nullable Structure structure(String tag) throws IOException {
        Entry entry = find(tag);
        if (entry == null) {
            return null;
        }
        Attributes attributes = new Attributes();
        boolean union = entry.read(attributes) == DW_TAG_union_type;
        List<Member> members = new ArrayList<>();
        entry.children((kind, child, its) -> {
            if (kind == DW_TAG_member) {
                members.add(member(child, its, 0));
            }
            return within(members.size(), MAX_MEMBERS, "a structure with more than", "members", child);
        });
        return new Structure(tag, union, attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0, members);
    }

    /**
     * {@return the layout of the structure or union with this tag, such as one that contains a known structure as its
     * first member; null if there is none, or if its members are not in the unit}
     *
     * @param tag the name after {@code struct} or {@code union}
     * @throws IOException if the unit's entries are damaged
     */
    public @Nullable Layout layout(String tag) throws IOException {
        Entry entry = find(tag);
        return entry == null ? null : Layout.ofType(entry);
    }

    /** {@return true if the count is within the limit} */
    private static boolean within(int count, int limit, String what, String items, Entry entry) throws DwarfException {
        if (count > limit) {
            throw entry.broken(what + " " + limit + " " + items);
        }
        return true;
    }

    private @Nullable Entry find(String tag) throws IOException {
        return EntryNames.find(units, tag, DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_class_type);
    }

    /**
     * {@return a member by its path, found in anonymous structures and unions as in C; null if the unit does not have
     * the structure or the structure does not have the member}
     *
     * @param structure the tag of the structure or union
     * @param path the member's name, or several names with dots between them, for members of members: {@code
     *     __sk_common.skc_net}
     * @throws IOException if the unit's entries are damaged
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
        structure.children((tag, child, attributes) -> {
            if (tag != DW_TAG_member) {
                return true;
            }
            within(depth, MAX_NESTING, "structures nested more than", "levels deep", child);
            within(++seen[0], MAX_MEMBERS, "a structure with more than", "members", child);
            String its = child.string(attributes, NAME);
            if (name.equals(its)) {
                found[0] = new Found(member(child, attributes, offset), aggregate(child, attributes));
            } else if (its == null) {
                Entry inner = aggregate(child, attributes);
                if (inner != null) {
                    found[0] = search(inner, name, offset + Member.bitOffset(attributes), depth + 1, seen);
                }
            }
            return found[0] == null;
        });
        return found[0];
    }

    /** The definition of the member's type if it is a structure or union, else null. */
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
                    // Continue with its target.
                }
                default -> {
                    return null;
                }
            }
        }
        return null;
    }

    private static Member member(Entry entry, Attributes attributes, long base) throws IOException {
        String name = entry.string(attributes, NAME);
        long bitSize = attributes.has(BIT_SIZE) ? attributes.value(BIT_SIZE) : 0;
        return new Member(name, Types.of(entry, attributes), base + Member.bitOffset(entry, attributes), bitSize);
    }
}
