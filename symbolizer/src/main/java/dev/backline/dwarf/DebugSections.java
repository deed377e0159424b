package dev.backline.dwarf;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .debug_*} sections of one file: a vmlinux or module, its supplementary file, or a split
 * DWARF file, whose sections end in {@code .dwo}. Each is opened when it is first needed. Thread-safe.
 */
final class DebugSections {
    /** A section of debug information, by the standard's name. */
    enum Kind {
        INFO(".debug_info"),
        TYPES(".debug_types"),
        ABBREV(".debug_abbrev"),
        STR(".debug_str"),
        LINE_STR(".debug_line_str"),
        STR_OFFSETS(".debug_str_offsets"),
        LINE(".debug_line"),
        ARANGES(".debug_aranges"),
        RANGES(".debug_ranges"),
        RNGLISTS(".debug_rnglists"),
        ADDR(".debug_addr"),
        CU_INDEX(".debug_cu_index");

        final String sectionName;

        Kind(String sectionName) {
            this.sectionName = sectionName;
        }
    }

    /** How often the whole of {@code .debug_abbrev} may be read: units of several versions may share a table. */
    private static final int MAX_ABBREVIATION_READS = 8;

    private final ElfFile elf;
    private final boolean split;
    private final ConcurrentHashMap<Kind, Optional<SectionData>> sections = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Kind, StringTable> strings = new ConcurrentHashMap<>();
    /** The tables of the units in use; an empty reference for one that has been read before. */
    private final ConcurrentHashMap<TableKey, WeakReference<Abbreviations>> abbreviations = new ConcurrentHashMap<>();

    private final AtomicLong abbreviationBytes = new AtomicLong();

    /** An abbreviation table and what the size of its forms depends on. */
    private record TableKey(long offset, int addressSize, int offsetSize, int version) {
        /** Spelt out: what a record has by itself is linked at run time, which costs a start tens of milliseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof TableKey that
                    && offset == that.offset
                    && addressSize == that.addressSize
                    && offsetSize == that.offsetSize
                    && version == that.version;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(offset) * 31 + (addressSize * 16 + offsetSize) * 8 + version;
        }
    }

    DebugSections(ElfFile elf, boolean split) {
        this.elf = elf;
        this.split = split;
    }

    ElfFile elf() {
        return elf;
    }

    String file() {
        return elf.name();
    }

    boolean bigEndian() {
        return elf.header().bigEndian();
    }

    /** The section, or null when the file has none. */
    @Nullable
    SectionData find(Kind kind) throws IOException {
        Optional<SectionData> known = sections.get(kind);
        if (known == null) {
            boolean inDwo = split && kind != Kind.CU_INDEX;
            known = Optional.ofNullable(elf.debugData(inDwo ? kind.sectionName + ".dwo" : kind.sectionName));
            sections.put(kind, known);
        }
        return known.orElse(null);
    }

    /** The section, which another one refers to. */
    SectionData need(Kind kind) throws IOException {
        SectionData data = find(kind);
        if (data == null) {
            throw new DwarfException(
                    file(), kind.sectionName, 0, "the section is missing, though other debug sections refer to it");
        }
        return data;
    }

    /** The abbreviation table at the offset in {@code .debug_abbrev}; units may share one. */
    Abbreviations abbreviations(long offset, int addressSize, int offsetSize, int version) throws IOException {
        TableKey key = new TableKey(offset, addressSize, offsetSize, version);
        WeakReference<Abbreviations> known = abbreviations.get(key);
        Abbreviations table = known == null ? null : known.get();
        if (table == null) {
            table = readAbbreviations(key, known == null);
            abbreviations.put(key, new WeakReference<>(table));
        }
        return table;
    }

    private Abbreviations readAbbreviations(TableKey key, boolean isNew) throws IOException {
        SectionData section = need(Kind.ABBREV);
        // Tables stand one after the other. A hostile file has each unit's begin a little further into one long table.
        if (abbreviationBytes.get() > MAX_ABBREVIATION_READS * section.size()) {
            throw new DwarfException(
                    file(), section.name(), key.offset(), "the abbreviation tables of the units overlap");
        }
        try {
            Abbreviations table = Abbreviations.read(
                    section, bigEndian(), key.offset(), key.addressSize(), key.offsetSize(), key.version());
            if (isNew) {
                abbreviationBytes.addAndGet(table.bytes());
            }
            return table;
        } catch (IOException e) {
            abbreviationBytes.addAndGet(Math.max(0, section.size() - key.offset()));
            throw e;
        }
    }

    /** The NUL-terminated string at the offset in a section. */
    String string(Kind kind, long offset) throws IOException {
        StringTable table = strings.get(kind);
        if (table == null) {
            table = new StringTable(need(kind));
            strings.put(kind, table);
        }
        return table.at(offset);
    }

    /** A cursor over part of a section, which must hold {@code length} bytes from {@code offset} on. */
    Cursor cursor(Kind kind, long offset, int length) throws IOException {
        return Cursor.over(need(kind), bigEndian(), offset, length);
    }

    /** A cursor over at most {@code length} bytes of a section from {@code offset} on. */
    Cursor window(Kind kind, long offset, int length) throws IOException {
        SectionData section = need(kind);
        if (offset < 0 || offset > section.size()) {
            throw new DwarfException(file(), kind.sectionName, offset, "an offset outside the section");
        }
        return Cursor.over(section, bigEndian(), offset, (int) Math.min(length, section.size() - offset));
    }
}
