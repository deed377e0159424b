package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The type units of one file by signature: those of {@code .debug_types} (DWARF4 7.5.1.2) and of {@code .debug_info}
 * (DWARF5 7.5.1.3). Immutable once read, thread-safe.
 */
final class TypeUnits {
    /** Bytes that a unit takes here. */
    private static final int ENTRY = 256;

    private static final int MAX_TYPES = 1 << 14;

    private final Dwarf dwarf;
    private final DebugSections sections;
    private final Map<Long, UnitHeader> headers = new LinkedHashMap<>();
    private final ConcurrentHashMap<Long, LazyUnit> units = new ConcurrentHashMap<>();

    private TypeUnits(Dwarf dwarf, DebugSections sections) {
        this.dwarf = dwarf;
        this.sections = sections;
    }

    static TypeUnits of(Dwarf dwarf, DebugSections sections) throws IOException {
        TypeUnits units = new TypeUnits(dwarf, sections);
        units.read(Kind.TYPES);
        units.read(Kind.INFO);
        return units;
    }

    private void read(Kind kind) throws IOException {
        SectionData section = sections.find(kind);
        long offset = 0;
        while (section != null && offset < section.size()) {
            UnitHeader header = UnitHeader.read(sections, kind, offset);
            if (header.isTypeUnit()) {
                if (headers.size() >= Capacity.of(ENTRY)) {
                    throw new DwarfException(
                            sections.file(), kind.sectionName, offset, "more type units than the Java heap can hold");
                }
                headers.putIfAbsent(header.signature(), header);
            }
            offset = header.end();
        }
    }

    /** {@return the unit of the type with that signature, or null} */
    @Nullable
    Unit find(long signature) throws IOException {
        UnitHeader header = headers.get(signature);
        return header == null
                ? null
                : units.computeIfAbsent(signature, key -> new LazyUnit(header)).get();
    }

    /** {@return the type of that name and one of these tags, or null when no type unit is of one} */
    @Nullable
    Entry named(String name, int... tags) throws IOException {
        Attributes attributes = new Attributes();
        for (Entry entry : tagged(tags)) {
            entry.read(attributes);
            if (name.equals(entry.string(attributes, Attributes.NAME))) {
                return entry;
            }
        }
        return null;
    }

    /** {@return the types of these tags, in the order of their units} */
    List<Entry> tagged(int... tags) throws IOException {
        List<Entry> found = new ArrayList<>();
        Attributes attributes = new Attributes();
        for (UnitHeader header : headers.values()) {
            Unit unit = Unit.readType(dwarf, sections, header);
            Entry entry = new Entry(unit, header.typeEntry());
            if (unit.holds(entry.offset()) && EntryNames.contains(tags, entry.read(attributes))) {
                if (found.size() == MAX_TYPES) {
                    throw new DwarfException(
                            sections.file(),
                            header.section().sectionName,
                            header.offset(),
                            "more than " + MAX_TYPES + " type units of one kind");
                }
                found.add(entry);
            }
        }
        return found;
    }

    private final class LazyUnit extends Lazy<Unit, IOException> {
        private final UnitHeader header;

        LazyUnit(UnitHeader header) {
            this.header = header;
        }

        @Override
        protected Unit compute() throws IOException {
            return Unit.readType(dwarf, sections, header);
        }
    }
}
