package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Capacity;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An index of the functions, structures, unions and enumerations among the children of a unit's root entry, by the
 * hashes of their names. Immutable once read, thread-safe.
 */
final class EntryNames {
    /** The bytes of an entry in all columns. */
    private static final int ENTRY = 2 * Integer.BYTES + Long.BYTES;

    /** The greatest number of units that a unit may import. */
    private static final int MAX_IMPORTS = 1 << 14;

    private final Entry root;
    private int count;
    private int[] tags = new int[64];
    private int[] hashes = new int[64];
    private long[] offsets = new long[64];
    private final List<Entry> imports = new ArrayList<>();

    private EntryNames(Entry root) {
        this.root = root;
    }

    private static EntryNames of(Entry root) throws IOException {
        EntryNames names = new EntryNames(root);
        root.children(names::add);
        return names;
    }

    private boolean add(int tag, Entry entry, Attributes attributes) throws IOException {
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
                // Variables and types without members are not looked up by name.
            }
        }
        return true;
    }

    private static boolean isDeclaration(Attributes attributes) {
        return attributes.has(DECLARATION) && attributes.value(DECLARATION) != 0;
    }

    private void add(int tag, int hash, long offset) throws DwarfException {
        if (count == tags.length) {
            int size = root.grown(count, ENTRY, "the names of the unit");
            tags = Arrays.copyOf(tags, size);
            hashes = Arrays.copyOf(hashes, size);
            offsets = Arrays.copyOf(offsets, size);
        }
        tags[count] = tag;
        hashes[count] = hash;
        offsets[count++] = offset;
    }

    private DwarfException tooMany() {
        return root.broken(
                "the unit and the units that it imports have more names than an eighth of the Java heap can hold;"
                        + " if the file is not damaged, give Java a larger heap (-Xmx)");
    }

    /**
     * {@return an entry with this name and one of these tags, or null} Definitions are preferred to declarations. The
     * units that these units import and the type units of the file are searched too.
     */
    static @Nullable Entry find(List<Entry> units, String name, int... wanted) throws IOException {
        Entry declared = null;
        for (EntryNames names : withImports(units)) {
            int hash = name.hashCode();
            for (int i = 0; i < names.count; i++) {
                if (names.hashes[i] == hash && contains(wanted, names.tags[i])) {
                    Entry entry = names.root.at(names.offsets[i]);
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
        return declared != null ? declared : typeUnit(units.get(0), name, wanted);
    }

    private static @Nullable Entry typeUnit(Entry near, String name, int... wanted) throws IOException {
        Attributes attributes = new Attributes();
        for (Entry entry : near.typeUnits(wanted)) {
            entry.read(attributes);
            if (name.equals(entry.string(attributes, NAME))) {
                return entry;
            }
        }
        return null;
    }

    /** {@return all enumerations of the units, of the units that they import, and of type units} */
    static List<Entry> enumerations(List<Entry> units) throws IOException {
        List<Entry> found = new ArrayList<>();
        for (EntryNames names : withImports(units)) {
            for (int i = 0; i < names.count; i++) {
                if (names.tags[i] == DW_TAG_enumeration_type) {
                    found.add(names.root.at(names.offsets[i]));
                }
            }
        }
        found.addAll(units.get(0).typeUnits(DW_TAG_enumeration_type));
        return found;
    }

    private static List<EntryNames> withImports(List<Entry> units) throws IOException {
        List<EntryNames> all = new ArrayList<>();
        Set<Entry> seen = new HashSet<>();
        ArrayDeque<Entry> next = new ArrayDeque<>(units);
        int entries = 0;
        while (!next.isEmpty()) {
            Entry each = next.remove();
            if (seen.add(each)) {
                EntryNames names = each.ofUnit(EntryNames::of);
                all.add(names);
                entries += names.count;
                if (entries > Capacity.of(ENTRY)) {
                    throw names.tooMany();
                }
                for (Entry imported : names.imports) {
                    next.add(imported.root());
                }
            }
        }
        return all;
    }

    private static boolean contains(int[] wanted, int tag) {
        for (int each : wanted) {
            if (each == tag) {
                return true;
            }
        }
        return false;
    }
}
