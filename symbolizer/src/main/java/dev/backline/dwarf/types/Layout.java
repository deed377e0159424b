package dev.backline.dwarf.types;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type with its members, read on demand. Thread-safe. */
public interface Layout {
    /** {@return the type without its members} */
    Type type();

    /**
     * {@return the type that a pointer points to, or of an array's elements; through typedefs and qualifiers. Null for
     * other types and for void}
     *
     * @throws IOException if the type is damaged
     */
    @Nullable
    Layout target() throws IOException;

    /**
     * {@return the members that an access touches, through nested structures, unions and arrays, the most likely first:
     * the smallest members that contain all bytes of the access, members of its size first; empty if this is no
     * structure, union or array, or if no member is there}
     *
     * @param offset of the access in this type, in bytes
     * @param size of the access in bytes; 0 if unknown
     * @throws IOException if the type is damaged
     */
    List<MemberPath> membersAt(long offset, int size) throws IOException;

    /**
     * {@return a member by its path; null if there is none}
     *
     * @param path as in C: {@code stat.reads}
     * @throws IOException if the type is damaged
     */
    @Nullable
    MemberPath member(String path) throws IOException;
}
