package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type with its members, read on demand. Thread-safe. */
public final class Layout {
    /** Of a variable without a type, or whose type is damaged. */
    static final Layout UNKNOWN = new Layout(null);

    private static final Type OTHER = new Type(Type.Kind.OTHER, "?", null, 0, null);

    private final @Nullable Entry entry;
    private volatile @Nullable Type type;

    private Layout(@Nullable Entry entry) {
        this.entry = entry;
    }

    /** {@return the layout of a type} */
    static Layout ofType(Entry type) {
        return new Layout(type);
    }

    /** {@return the layout of the type of a variable or member; unknown if it has none or if it is damaged} */
    static Layout of(Entry holder, Attributes attributes) {
        try {
            Entry type = attributes.has(TYPE) ? holder.follow(attributes, TYPE) : null;
            return type == null ? UNKNOWN : new Layout(type);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** {@return the type without its members; of kind OTHER if it is damaged} */
    public Type type() {
        Type known = type;
        if (known == null) {
            known = read();
            type = known;
        }
        return known;
    }

    private Type read() {
        try {
            return entry == null ? OTHER : Types.of(entry);
        } catch (IOException e) {
            return OTHER;
        }
    }

    /**
     * {@return the size of a value in bytes; 0 if unknown}
     *
     * @throws IOException if the type is damaged
     */
    public long byteSize() throws IOException {
        TypeEntry plain = plain();
        return plain == null ? 0 : plain.defined().size();
    }

    private @Nullable TypeEntry plain() throws IOException {
        return entry == null ? null : TypeEntry.through(entry);
    }

    /**
     * {@return the type that a pointer points to, or of an array's elements; through typedefs and qualifiers. Null for
     * other types and for void}
     *
     * @throws IOException if the type is damaged
     */
    public @Nullable Layout target() throws IOException {
        TypeEntry plain = plain();
        if (plain == null || (plain.tag != DW_TAG_pointer_type && !plain.isArray())) {
            return null;
        }
        Entry target = plain.attributes.has(TYPE) ? plain.entry.follow(plain.attributes, TYPE) : null;
        return target == null ? null : new Layout(target);
    }

    /**
     * {@return the members that an access touches, through nested structures, unions and arrays, the most likely first:
     * the smallest members that contain all bytes of the access, members of its size first; if no member contains them
     * all, or if there are bit-fields in them, all members that the access touches; empty if this is no structure, union
     * or array, or if no member is there}
     *
     * @param offset of the access in this type, in bytes
     * @param size of the access in bytes; 0 if unknown
     * @throws IOException if the type is damaged
     */
    public List<MemberPath> membersAt(long offset, int size) throws IOException {
        TypeEntry plain = plain();
        return plain == null || offset < 0 ? List.of() : new MemberSearch(offset, size).in(plain);
    }

    /**
     * {@return a member by its path, found in anonymous structures and unions as in C; null if there is none}
     *
     * @param path as in C: {@code stat.reads}, {@code berth[4].load}
     * @throws IOException if the type is damaged
     */
    public @Nullable MemberPath member(String path) throws IOException {
        TypeEntry plain = plain();
        return plain == null ? null : MemberSearch.byPath(plain, path);
    }

    @Override
    public String toString() {
        return type().text();
    }
}
