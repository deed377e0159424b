package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entry of a type that is neither a typedef nor a qualifier, with its attributes. Not thread-safe. */
final class TypeEntry {
    /** Arrays in arrays, and typedefs of typedefs; much longer chains are loops. */
    private static final int MAX_REFERENCES = 32;

    /** More than any array of the kernel has. */
    private static final int MAX_DIMENSIONS = 8;

    /** An array's entry has a child for each dimension; a damaged one must not be read to its end for each member. */
    private static final int MAX_CHILDREN = 64;

    private static final long MAX_LENGTH = 0xffff_ffffL;

    final Entry entry;
    final int tag;
    final Attributes attributes;

    private TypeEntry(Entry entry, int tag, Attributes attributes) {
        this.entry = entry;
        this.tag = tag;
        this.attributes = attributes;
    }

    /**
     * {@return the type of an entry, through typedefs and qualifiers; null if the entry has none}
     *
     * @param holder a variable or member, or a type with a target
     * @param attributes of the holder
     */
    static @Nullable TypeEntry of(Entry holder, Attributes attributes) throws IOException {
        Entry type = attributes.has(TYPE) ? holder.follow(attributes, TYPE) : null;
        return type == null ? null : through(type);
    }

    /** {@return the type, or for a typedef or qualifier what it stands for; null if that is void} */
    static @Nullable TypeEntry through(Entry type) throws IOException {
        Entry at = type;
        for (int i = 0; i < MAX_REFERENCES && at != null; i++) {
            Attributes attributes = new Attributes();
            int tag = at.read(attributes);
            switch (tag) {
                case DW_TAG_typedef,
                        DW_TAG_const_type,
                        DW_TAG_volatile_type,
                        DW_TAG_restrict_type,
                        DW_TAG_atomic_type -> at = attributes.has(TYPE) ? at.follow(attributes, TYPE) : null;
                default -> {
                    return new TypeEntry(at, tag, attributes);
                }
            }
        }
        return null;
    }

    /** {@return the size of a value of the type of an entry in bytes, 0 if unknown} */
    static long sizeOf(Entry holder, Attributes attributes) throws IOException {
        TypeEntry type = of(holder, attributes);
        return type == null ? 0 : type.size();
    }

    boolean isAggregate() {
        return isAggregate(tag);
    }

    private static boolean isAggregate(int tag) {
        return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type;
    }

    boolean isArray() {
        return tag == DW_TAG_array_type;
    }

    /** {@return what a pointer points to, or the type of an array's elements, through typedefs; null for void} */
    @Nullable
    TypeEntry target() throws IOException {
        return of(entry, attributes);
    }

    /** {@return the size of a value in bytes, 0 if unknown} */
    long size() throws IOException {
        long size = 1;
        TypeEntry at = this;
        for (int i = 0; i < MAX_REFERENCES && at != null; i++) {
            if (at.attributes.has(BYTE_SIZE)) {
                return size * at.attributes.value(BYTE_SIZE);
            }
            if (at.tag == DW_TAG_pointer_type) {
                return size * at.entry.addressSize();
            }
            if (!at.isArray()) {
                return 0;
            }
            for (long each : at.dimensions()) {
                size *= each;
            }
            at = at.target();
        }
        return 0;
    }

    /** {@return the number of elements in each dimension of an array, 0 if unknown} */
    long[] dimensions() throws IOException {
        long[] counts = new long[MAX_DIMENSIONS];
        int[] found = new int[1];
        entry.children(new Entry.Visitor() {
            private int seen;

            @Override
            public boolean visit(int kind, Entry child, Attributes its) {
                if (kind == DW_TAG_subrange_type) {
                    counts[found[0]++] = length(its);
                }
                return found[0] < MAX_DIMENSIONS && ++seen < MAX_CHILDREN;
            }
        });
        return Arrays.copyOf(counts, found[0]);
    }

    /** A flexible array member has no bound, or a bound of -1. */
    private static long length(Attributes subrange) {
        long count = 0;
        if (subrange.has(ELEMENTS) && subrange.isNumber(ELEMENTS)) {
            count = subrange.value(ELEMENTS);
        } else if (subrange.has(UPPER_BOUND) && subrange.isNumber(UPPER_BOUND)) {
            count = subrange.value(UPPER_BOUND) + 1;
        }
        // As a number of 4 bytes, -1 is 0xffffffff
        return count < 0 || count > MAX_LENGTH ? 0 : count;
    }

    /**
     * {@return this type with its members: for a structure that is only declared here, its definition in the unit, in
     * the units that it imports or in the file's type units; this if there is none}
     */
    TypeEntry defined() throws IOException {
        if (!isAggregate()) {
            return this;
        }
        if (attributes.has(SIGNATURE)) {
            Entry definition = entry.follow(attributes, SIGNATURE);
            TypeEntry found = definition == null || definition.equals(entry) ? null : through(definition);
            if (found != null) {
                return found;
            }
        }
        String name = attributes.has(DECLARATION) ? entry.string(attributes, NAME) : null;
        if (name == null) {
            return this;
        }
        Entry definition = EntryNames.find(List.of(entry.root()), name, tag);
        TypeEntry found = definition == null ? null : through(definition);
        return found == null || found.attributes.has(DECLARATION) ? this : found;
    }
}
