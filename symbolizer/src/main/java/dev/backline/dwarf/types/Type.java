package dev.backline.dwarf.types;

import org.jspecify.annotations.Nullable;

/**
 * A type, without the members of structures. Qualifiers (const, volatile, restrict) are only in the text.
 *
 * @param kind of the type without qualifiers
 * @param text the C type name: {@code const struct sock *}, {@code int (*)(void *)}
 * @param name the tag of a structure, union or enumeration, or the name of a typedef or base type; null for other kinds
 *     and for types without a name
 * @param byteSize the size of a value, 0 if unknown
 * @param target the target of a pointer or typedef, the element type of an array, or the return type of a function;
 *     null for void and for other kinds
 */
public record Type(
        Kind kind,
        String text,
        @Nullable String name,
        long byteSize,
        @Nullable Type target) {
    /** The kinds of types (DWARF5 ch. 5). */
    public enum Kind {
        /** No value; also the type of an entry without DW_AT_type. */
        VOID,
        /** A number, a truth value or a character (DW_TAG_base_type). */
        BASE,
        /** A pointer. */
        POINTER,
        /** A structure. */
        STRUCTURE,
        /** A union. */
        UNION,
        /** An enumeration. */
        ENUMERATION,
        /** Another name of a type. */
        TYPEDEF,
        /** An array. */
        ARRAY,
        /** A function. */
        FUNCTION,
        /** Unknown: the entry is missing, or it is not a type of C. */
        OTHER
    }

    static final Type VOID = new Type(Kind.VOID, "void", null, 0, null);

    /** {@return this type; for a typedef, its target, through all typedefs} */
    public Type resolved() {
        Type type = this;
        while (type.kind == Kind.TYPEDEF && type.target != null) {
            type = type.target;
        }
        return type;
    }

    /**
     * {@return whether this is a pointer to the structure with this tag, or a typedef of one}
     *
     * @param structure the name after {@code struct}
     */
    public boolean pointsTo(String structure) {
        Type pointer = resolved();
        if (pointer.kind != Kind.POINTER || pointer.target == null) {
            return false;
        }
        Type pointed = pointer.target.resolved();
        return pointed.kind == Kind.STRUCTURE && structure.equals(pointed.name);
    }

    @Override
    public String toString() {
        return text;
    }
}
