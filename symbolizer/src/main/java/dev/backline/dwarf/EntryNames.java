package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.DebugSections.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functions, structures, unions and enumerations right below a unit's root, by the hash of their names. Immutable
 * once read, thread-safe.
 */
final class EntryNames {
    /** Bytes of an entry in all columns. */
    private static final int ENTRY = 2 * Integer.BYTES + Long.BYTES;

    /** No unit imports more units than this. */
    private static final int MAX_IMPORTS = 1 << 14;

    private final Unit unit;
    private int count;
    private int[] tags = new int[64];
    private int[] hashes = new int[64];
    private long[] offsets = new long[64];
    private final List<Entry> imports = new ArrayList<>();

    private EntryNames(Unit unit) {
        this.unit = unit;
    }

    static EntryNames of(Unit unit) throws IOException {
        EntryNames names = new EntryNames(unit);
        new Entry(unit, unit.header().firstEntry()).children(names::add);
        return names;
    }

    private boolean add(int tag, Entry entry, Attributes attributes, Cursor c) throws IOException {
        switch (tag) {
            case DW_TAG_imported_unit -> {
                Entry imported = attributes.has(IMPORT) ? entry.follow(attributes, IMPORT) : null;
                if (imported != null && imports.size() < MAX_IMPORTS) {
                    imports.add(imported);
                }
            }
            case DW_TAG_subprogram, DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_class_type -> {
                String name = entry.string(attributes, NAME);
                if (name != null && !(tag != DW_TAG_subprogram && isDeclaration(attributes))) {
                    add(tag, name.hashCode(), entry.offset());
                }
            }
            case DW_TAG_enumeration_type -> {
                String name = entry.string(attributes, NAME);
                add(tag, name == null ? 0 : name.hashCode(), entry.offset());
            }
            default -> {
                // Variables and the types that have no members: nobody asks for them by name.
            }
        }
        return true;
    }

    private static boolean isDeclaration(Attributes attributes) {
        return attributes.has(DECLARATION) && attributes.value(DECLARATION) != 0;
    }

    private void add(int tag, int hash, long offset) throws DwarfException {
        if (count == tags.length) {
            int size = unit.grown(count, ENTRY, "the names of the unit");
            tags = Arrays.copyOf(tags, size);
            hashes = Arrays.copyOf(hashes, size);
            offsets = Arrays.copyOf(offsets, size);
        }
        tags[count] = tag;
        hashes[count] = hash;
        offsets[count++] = offset;
    }

    private DwarfException tooMany() {
        return new DwarfException(
                unit.sections().file(),
                Kind.INFO.sectionName,
                unit.header().offset(),
                "the unit and those that it imports have more names than an eighth of the Java heap can hold; if the"
                        + " file is sound, give Java a larger heap (-Xmx)");
    }

    /**
     * {@return the units' entry of that name and one of these tags, or that of a unit that they import, or of a type unit;
     * null when there is none} Where there are several, one that is no declaration.
     */
    static @Nullable Entry find(List<Unit> units, String name, int... wanted) throws IOException {
        Entry declared = null;
        for (EntryNames names : withImports(units)) {
            int hash = name.hashCode();
            for (int i = 0; i < names.count; i++) {
                if (names.hashes[i] == hash && contains(wanted, names.tags[i])) {
                    Entry entry = new Entry(names.unit, names.offsets[i]);
                    Attributes attributes = new Attributes();
                    entry.read(attributes);
                    if (name.equals(entry.string(attributes, NAME))) {
                        if (!isDeclaration(attributes)) {
                            return entry;
                        }
                        declared = entry;
                    }
                }
            }
        }
        if (declared != null) {
            return declared;
        }
        Unit first = units.get(0);
        return first.dwarf().typeUnits(first.sections()).named(name, wanted);
    }

    /** {@return all enumerations of the units, of those that they import, and of type units} */
    static List<Entry> enumerations(List<Unit> units) throws IOException {
        List<Entry> found = new ArrayList<>();
        for (EntryNames names : withImports(units)) {
            for (int i = 0; i < names.count; i++) {
                if (names.tags[i] == DW_TAG_enumeration_type) {
                    found.add(new Entry(names.unit, names.offsets[i]));
                }
            }
        }
        Unit first = units.get(0);
        found.addAll(first.dwarf().typeUnits(first.sections()).tagged(DW_TAG_enumeration_type));
        return found;
    }

    private static List<EntryNames> withImports(List<Unit> units) throws IOException {
        List<EntryNames> all = new ArrayList<>();
        // By its place: a unit may have been let go and read again.
        Set<List<Object>> seen = new HashSet<>();
        ArrayDeque<Unit> next = new ArrayDeque<>(units);
        int entries = 0;
        while (!next.isEmpty()) {
            Unit each = next.remove();
            if (seen.add(List.of(each.sections(), each.header().offset()))) {
                EntryNames names = each.entryNames();
                all.add(names);
                entries += names.count;
                if (entries > Capacity.of(ENTRY)) {
                    throw names.tooMany();
                }
                for (Entry imported : names.imports) {
                    next.add(imported.unit());
                }
            }
        }
        return all;
    }

    static boolean contains(int[] wanted, int tag) {
        for (int each : wanted) {
            if (each == tag) {
                return true;
            }
        }
        return false;
    }
}
