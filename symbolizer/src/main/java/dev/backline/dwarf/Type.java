package dev.backline.dwarf;

import org.jspecify.annotations.Nullable;

/**
 * A type, as far as it can be told without its definition. Qualifiers (const, volatile, restrict) are in the text only.
 *
 * @param kind what it is once qualifiers are left out
 * @param text as C writes it where no name is declared: {@code const struct sock *}, {@code int (*)(void *)}
 * @param name the tag of a structure, union or enumeration, or the name of a typedef or base type; null for others and
 *     for those without
 * @param byteSize of a value, 0 when the entry does not say
 * @param target what a pointer points to, what a typedef stands for, of what an array consists, what a function
 *     returns; null for void and for the other kinds
 */
public record Type(
        Kind kind,
        String text,
        @Nullable String name,
        long byteSize,
        @Nullable Type target) {
    /** The kinds of types (DWARF5 ch. 5). */
    public enum Kind {
        /** No value; also what an entry without DW_AT_type has. */
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
        /** A function, as pointers point to one. */
        FUNCTION,
        /** Known only to be there: its entry is missing, or of a language other than C. */
        OTHER
    }

    static final Type VOID = new Type(Kind.VOID, "void", null, 0, null);

    /** {@return this type, and where it is a typedef what it stands for} */
    public Type resolved() {
        Type type = this;
        while (type.kind == Kind.TYPEDEF && type.target != null) {
            type = type.target;
        }
        return type;
    }

    /**
     * {@return whether it is a pointer, or a typedef of one, to the structure of this tag}
     *
     * @param structure its name after {@code struct}
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
