package dev.backline.crash.explain;

import dev.backline.dwarf.types.Type;

/** Names of types. */
final class TypeNames {
    private TypeNames() {}

    /** A structure's name without qualifiers. */
    static String plain(Type type) {
        String text = type.resolved().text();
        for (String qualifier : new String[] {"const ", "volatile "}) {
            text = text.replace(qualifier, "");
        }
        return text;
    }
}
