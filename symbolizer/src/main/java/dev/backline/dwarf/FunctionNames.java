package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;

import dev.backline.dwarf.UnitContext.References;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of a function.
 *
 * @param name DW_AT_name, or null if neither the entry nor the entries that it refers to have one
 * @param linkageName DW_AT_linkage_name, or null
 */
record FunctionNames(@Nullable String name, @Nullable String linkageName) {
    static final FunctionNames UNKNOWN = new FunctionNames(null, null);

    /** Gives the names of the functions in a unit's tables. */
    interface Source {
        /** {@return the names of the entry at the offset in {@code .debug_info}, from a cache} */
        FunctionNames names(long entry) throws IOException;

        /** {@return the names of the entry at the offset in the supplementary file, from a cache} */
        FunctionNames supplementaryNames(long entry) throws IOException;

        /**
         * {@return the names of the entry at the offset, which are not cached}
         *
         * @param body over all entries of the unit
         */
        FunctionNames readNames(Cursor body, long entry) throws IOException;
    }

    /**
     * Reads the names of function entries of one file. An inlined call refers to an abstract entry, which may refer to
     * a declaration; each may be in another unit or in the supplementary file. Thread-safe.
     */
    static final class Reader {
        /** An inlined call refers to an abstract entry, and that to a declaration; much longer chains are loops. */
        private static final int MAX_REFERENCES = 16;

        /** More than the kernel and its modules share. A full cache is cleared. */
        private static final int MAX_NAMES = 1 << 16;

        private final References references;
        /** The names that units of another file asked for. */
        private final ConcurrentHashMap<Long, FunctionNames> shared = new ConcurrentHashMap<>();

        private volatile @Nullable Reader supplementary;

        Reader(References references) {
            this.references = references;
        }

        /** The names of the function entry at the offset in the supplementary file. */
        FunctionNames supplementary(long entry) throws IOException {
            Reader reader = supplementary();
            return reader == null ? FunctionNames.UNKNOWN : reader.shared(entry);
        }

        private @Nullable Reader supplementary() throws IOException {
            Reader reader = supplementary;
            return reader == null ? openSupplementary() : reader;
        }

        private synchronized @Nullable Reader openSupplementary() throws IOException {
            if (supplementary == null) {
                References file = references.supplementary();
                supplementary = file == null ? null : new Reader(file);
            }
            return supplementary;
        }

        private FunctionNames shared(long entry) throws IOException {
            FunctionNames known = shared.get(entry);
            if (known == null) {
                known = read(null, null, entry);
                if (shared.size() >= MAX_NAMES) {
                    shared.clear();
                }
                shared.put(entry, known);
            }
            return known;
        }

        /**
         * {@return the names of the function entry at the offset, which are not cached}
         *
         * @param near the unit that refers to the entry; null if that unit is in another file
         * @param body all entries of {@code near}, or null if they have not been read
         */
        FunctionNames read(@Nullable UnitContext near, @Nullable Cursor body, long entry) throws IOException {
            String name = null;
            String linkageName = null;
            Attributes attributes = new Attributes();
            UnitContext unit = near;
            long at = entry;
            for (int i = 0; i < MAX_REFERENCES && at >= 0; i++) {
                if (unit == null || !unit.holds(at)) {
                    unit = references.holding(at);
                }
                if (body != null && unit == near) {
                    unit.readEntry(body.at((int) (at - body.offsetOf(0))), attributes);
                } else {
                    unit.readEntry(at, attributes);
                }
                if (name == null && attributes.has(NAME)) {
                    name = emptyToNull(unit.string(attributes.form(NAME), attributes.value(NAME)));
                }
                if (linkageName == null && attributes.has(LINKAGE_NAME)) {
                    linkageName =
                            emptyToNull(unit.string(attributes.form(LINKAGE_NAME), attributes.value(LINKAGE_NAME)));
                }
                if (name != null && linkageName != null) {
                    break;
                }
                int slot = attributes.has(ABSTRACT_ORIGIN) ? ABSTRACT_ORIGIN : SPECIFICATION;
                if (!attributes.has(slot)) {
                    break;
                }
                int form = attributes.form(slot);
                at = unit.reference(form, attributes.value(slot));
                if (UnitContext.isSupplementary(form)) {
                    FunctionNames rest = supplementary(at);
                    return new FunctionNames(
                            name == null ? rest.name() : name, linkageName == null ? rest.linkageName() : linkageName);
                }
            }
            return name == null && linkageName == null ? FunctionNames.UNKNOWN : new FunctionNames(name, linkageName);
        }

        private static @Nullable String emptyToNull(String text) {
            return text.isEmpty() ? null : text;
        }
    }
}
