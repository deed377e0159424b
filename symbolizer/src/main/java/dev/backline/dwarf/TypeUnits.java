package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.dwarf.UnitContext.References;
import dev.backline.elf.SectionData;
import dev.backline.io.Lazy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The type units of one file by signature, from {@code .debug_types} (DWARF4 7.5.1.2) and {@code .debug_info} (DWARF5
 * 7.5.1.3). Thread-safe.
 */
final class TypeUnits {
    /** The approximate memory of an entry of the map, in bytes. */
    private static final int ENTRY = 256;

    private final DebugSections sections;
    private final References references;
    private final Map<Long, UnitHeader> headers = new LinkedHashMap<>();
    private final ConcurrentHashMap<Long, LazyUnit> units = new ConcurrentHashMap<>();

    private TypeUnits(DebugSections sections, References references) {
        this.sections = sections;
        this.references = references;
    }

    static TypeUnits of(DebugSections sections, References references) throws IOException {
        TypeUnits units = new TypeUnits(sections, references);
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
                            sections.file(),
                            kind.sectionName,
                            offset,
                            "more type units than the Java heap can hold; if the file is not damaged, give Java a"
                                    + " larger heap (-Xmx)");
                }
                headers.putIfAbsent(header.signature(), header);
            }
            offset = header.end();
        }
    }

    /** {@return the unit of the type with the signature, or null} */
    @Nullable
    UnitContext find(long signature) throws IOException {
        UnitHeader header = headers.get(signature);
        return header == null
                ? null
                : units.computeIfAbsent(signature, key -> new LazyUnit(header)).get();
    }

    /** {@return the headers of all type units, in their order} */
    Iterable<UnitHeader> headers() {
        return headers.values();
    }

    private final class LazyUnit extends Lazy<UnitContext, IOException> {
        private final UnitHeader header;

        LazyUnit(UnitHeader header) {
            this.header = header;
        }

        @Override
        protected UnitContext compute() throws IOException {
            return UnitContext.read(sections, header, references);
        }
    }
}
