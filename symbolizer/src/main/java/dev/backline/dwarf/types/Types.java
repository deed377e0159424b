package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one type, and of the types that it consists of only what the text needs. Not thread-safe. */
final class Types {
    /** The greatest depth of nested types, more than in any program. */
    private static final int MAX_DEPTH = 64;

    /**
     * The greatest number of entries to read for one type: the parameters of a function type may have function types.
     */
    private static final int MAX_ENTRIES = 256;

    private static final int MAX_NAME = 256;

    /** A type contains the texts of its parts, so a hostile file could make texts grow exponentially. */
    private static final int MAX_TEXT = 2048;

    private int entries;

    private Types() {}

    /** {@return the type in the entry's DW_AT_type; void if the entry has none} */
    static Type of(Entry entry, Attributes attributes) throws IOException {
        return new Types().target(entry, attributes, 0).type();
    }

    /** {@return the type at the entry} */
    static Type of(Entry type) throws IOException {
        return new Types().read(type, 0).type();
    }

    /**
     * A type whose text is split at the place of a declared name.
     *
     * @param before the text before the name
     * @param after the text after the name
     */
    private record Declarator(
            Type.Kind kind,
            String before,
            String after,
            @Nullable String name,
            long byteSize,
            @Nullable Declarator target) {
        /** Bounds the text here, where texts are combined. */
        Declarator {
            if (before.length() + after.length() > MAX_TEXT) {
                before = "?";
                after = "";
            }
        }

        Type type() {
            return new Type(kind, before + after, name, byteSize, target == null ? null : target.type());
        }

        Declarator qualified(String qualifier) {
            String text = kind == Type.Kind.POINTER || kind == Type.Kind.FUNCTION
                    ? joined(before, qualifier)
                    : qualifier + " " + before;
            return new Declarator(kind, text, after, name, byteSize, target);
        }
    }

    private static String joined(String before, String name) {
        return before.endsWith("*") || before.endsWith("(") ? before + name : before + " " + name;
    }

    private static final Declarator VOID = new Declarator(Type.Kind.VOID, "void", "", null, 0, null);

    private Declarator target(Entry entry, Attributes attributes, int depth) throws IOException {
        if (!attributes.has(TYPE)) {
            return VOID;
        }
        if (depth > MAX_DEPTH || ++entries > MAX_ENTRIES) {
            throw entry.broken("the type contains itself, or more than " + (depth > MAX_DEPTH ? MAX_DEPTH : MAX_ENTRIES)
                    + " other types");
        }
        Entry type = entry.follow(attributes, TYPE);
        return type == null ? other("?") : read(type, depth + 1);
    }

    private static Declarator other(String text) {
        return new Declarator(Type.Kind.OTHER, text, "", null, 0, null);
    }

    private Declarator read(Entry entry, int depth) throws IOException {
        Attributes attributes = new Attributes();
        int tag = entry.read(attributes);
        String name = shortened(entry.string(attributes, NAME));
        if (name == null && attributes.has(SIGNATURE)) {
            // The definition is in a type unit (DWARF5 5.1.1)
            Entry definition = entry.follow(attributes, SIGNATURE);
            if (definition != null && !definition.root().equals(entry.root())) {
                definition.read(attributes);
                name = shortened(definition.string(attributes, NAME));
            }
        }
        long size = attributes.has(BYTE_SIZE) ? attributes.value(BYTE_SIZE) : 0;
        return switch (tag) {
            case DW_TAG_base_type, DW_TAG_unspecified_type ->
                new Declarator(Type.Kind.BASE, name == null ? "?" : name, "", name, size, null);
            case DW_TAG_structure_type, DW_TAG_class_type -> tagged(Type.Kind.STRUCTURE, "struct", name, size);
            case DW_TAG_union_type -> tagged(Type.Kind.UNION, "union", name, size);
            case DW_TAG_enumeration_type -> tagged(Type.Kind.ENUMERATION, "enum", name, size);
            case DW_TAG_typedef -> typedef(name == null ? "?" : name, name, size, target(entry, attributes, depth));
            case DW_TAG_const_type -> target(entry, attributes, depth).qualified("const");
            case DW_TAG_volatile_type -> target(entry, attributes, depth).qualified("volatile");
            case DW_TAG_restrict_type -> target(entry, attributes, depth).qualified("restrict");
            case DW_TAG_atomic_type -> target(entry, attributes, depth).qualified("_Atomic");
            case DW_TAG_pointer_type ->
                pointer(target(entry, attributes, depth), size == 0 ? entry.addressSize() : size);
            case DW_TAG_array_type -> array(entry, target(entry, attributes, depth));
            case DW_TAG_subroutine_type -> function(entry, target(entry, attributes, depth), depth);
            default -> other(name == null ? "?" : name);
        };
    }

    /** Bounds a name, which the texts of other types repeat. */
    private static @Nullable String shortened(@Nullable String name) {
        return name == null || name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "…";
    }

    private static Declarator tagged(Type.Kind kind, String keyword, @Nullable String name, long size) {
        return new Declarator(kind, name == null ? keyword + " {…}" : keyword + " " + name, "", name, size, null);
    }

    /** A typedef has no size of its own (DWARF5 5.3). */
    private static Declarator typedef(String text, @Nullable String name, long size, Declarator target) {
        return new Declarator(Type.Kind.TYPEDEF, text, "", name, size == 0 ? target.byteSize() : size, target);
    }

    private static Declarator pointer(Declarator target, long size) {
        boolean binds = target.kind() == Type.Kind.ARRAY || target.kind() == Type.Kind.FUNCTION;
        return new Declarator(
                Type.Kind.POINTER,
                binds ? target.before() + " (*" : joined(target.before(), "*"),
                binds ? ")" + target.after() : target.after(),
                null,
                size,
                target);
    }

    private static Declarator array(Entry entry, Declarator element) throws IOException {
        StringBuilder bounds = new StringBuilder();
        long[] size = {element.byteSize()};
        entry.children((tag, child, attributes) -> {
            if (tag == DW_TAG_subrange_type) {
                long count = -1;
                if (attributes.has(ELEMENTS) && !attributes.isBlock(ELEMENTS)) {
                    count = attributes.value(ELEMENTS);
                } else if (attributes.has(UPPER_BOUND) && !attributes.isBlock(UPPER_BOUND)) {
                    count = attributes.value(UPPER_BOUND) + 1;
                }
                // A flexible array member has no bound, or a bound of -1.
                boolean known = count > 0 && bounds.length() < 256;
                bounds.append('[').append(known ? Long.toString(count) : "").append(']');
                size[0] *= known ? count : 0;
            }
            return true;
        });
        return new Declarator(Type.Kind.ARRAY, element.before(), bounds + element.after(), null, size[0], element);
    }

    private Declarator function(Entry entry, Declarator result, int depth) throws IOException {
        StringBuilder parameters = new StringBuilder("(");
        entry.children((tag, child, attributes) -> {
            if (tag == DW_TAG_formal_parameter || tag == DW_TAG_unspecified_parameters) {
                parameters.append(parameters.length() == 1 ? "" : ", ");
                if (tag == DW_TAG_formal_parameter) {
                    Declarator type = target(child, attributes, depth);
                    parameters.append(type.before()).append(type.after());
                } else {
                    parameters.append("...");
                }
            }
            return true;
        });
        if (parameters.length() == 1) {
            parameters.append("void");
        }
        return new Declarator(
                Type.Kind.FUNCTION, result.before(), parameters.append(')') + result.after(), null, 0, result);
    }
}
