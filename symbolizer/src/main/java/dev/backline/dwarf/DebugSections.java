package dev.backline.dwarf;

import dev.backline.elf.AltLink;
import dev.backline.elf.BuildId;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
import dev.backline.io.Lazy;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .debug_*} sections of one file: a vmlinux or module, its supplementary file, or a split DWARF file, whose
 * sections end in {@code .dwo}. Each is opened when it is first needed, and so is the supplementary file. Thread-safe.
 */
final class DebugSections implements Closeable {
    /** A section of debug information. */
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
        LOC(".debug_loc"),
        LOCLISTS(".debug_loclists"),
        ADDR(".debug_addr"),
        CU_INDEX(".debug_cu_index");

        final String sectionName;

        Kind(String sectionName) {
            this.sectionName = sectionName;
        }
    }

    /**
     * The bytes read of {@code .debug_abbrev}, as a multiple of its size: units of several versions may share a table.
     */
    private static final int MAX_ABBREVIATION_READS = 8;

    private final ElfFile elf;
    /** For a split file, the file with the skeleton units; else null. */
    private final @Nullable DebugSections main;

    /** A supplementary file has no supplementary file: one that links to itself would be opened again and again. */
    private final boolean isSupplementary;

    private final Lazy<Optional<DebugSections>, IOException> supplementary = new Lazy<>() {
        @Override
        protected Optional<DebugSections> compute() throws IOException {
            return openSupplementary();
        }
    };
    /** The files that {@link #supplementary} opened. */
    private final Queue<ElfFile> opened = new ConcurrentLinkedQueue<>();

    private final ConcurrentHashMap<Kind, Optional<SectionData>> sections = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Kind, StringTable> strings = new ConcurrentHashMap<>();
    /** The tables of the units in use. An empty reference stands for a table that was read before. */
    private final ConcurrentHashMap<TableKey, WeakReference<Abbreviations>> abbreviations = new ConcurrentHashMap<>();

    private final AtomicLong abbreviationBytes = new AtomicLong();
    /** The sizes of the table that was read last; usually all have the same. */
    private volatile Abbreviations.@Nullable Sizes sizes;

    /** The buffers of each thread. */
    @SuppressWarnings("ThreadLocalUsage") // one for each file, freed with the file
    private final ThreadLocal<WeakReference<Scratch>> scratch = new ThreadLocal<>();

    /** An abbreviation table and the values that the sizes of its forms depend on. */
    private record TableKey(long offset, int addressSize, int offsetSize, int version) {
        /**
         * Hand-written: a record's generated equals is linked by invokedynamic on first use (+20–40 ms at start-up).
         */
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

    private DebugSections(ElfFile elf, @Nullable DebugSections main, boolean isSupplementary) {
        this.elf = elf;
        this.main = main;
        this.isSupplementary = isSupplementary;
    }

    static DebugSections of(ElfFile elf) {
        return new DebugSections(elf, null, false);
    }

    /** The sections of a {@code .dwo} or {@code .dwp} file that belongs to the main file. */
    static DebugSections ofSplit(ElfFile elf, DebugSections main) {
        return new DebugSections(elf, main, false);
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
            boolean inDwo = main != null && kind != Kind.CU_INDEX;
            known = Optional.ofNullable(elf.debugData(inDwo ? kind.sectionName + ".dwo" : kind.sectionName));
            sections.put(kind, known);
        }
        return known.orElse(null);
    }

    /** The section, which must exist since another section refers to it. */
    SectionData need(Kind kind) throws IOException {
        SectionData data = find(kind);
        if (data == null) {
            throw new DwarfException(
                    file(), kind.sectionName, 0, "the section is missing, but other debug sections refer to it");
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
        // Tables follow one another. In a hostile file each unit can name a slightly later start in one long table.
        if (abbreviationBytes.get() > MAX_ABBREVIATION_READS * section.size()) {
            throw new DwarfException(
                    file(), section.name(), key.offset(), "the abbreviation tables of the units overlap");
        }
        Abbreviations.Columns columns = columns();
        try {
            return Abbreviations.read(section, bigEndian(), key.offset(), sizes(key), columns);
        } finally {
            if (isNew) {
                abbreviationBytes.addAndGet(columns.read());
            }
        }
    }

    /** {@return this thread's columns for one abbreviation table after the other} */
    Abbreviations.Columns columns() {
        Scratch scratch = scratch();
        Abbreviations.Columns kept = scratch.get(Abbreviations.Columns.class);
        return kept != null ? kept : scratch.keep(Abbreviations.Columns.class, new Abbreviations.Columns());
    }

    private Abbreviations.Sizes sizes(TableKey key) {
        Abbreviations.Sizes known = sizes;
        if (known == null || !known.are(key.addressSize(), key.offsetSize(), key.version())) {
            known = new Abbreviations.Sizes(key.addressSize(), key.offsetSize(), key.version());
            sizes = known;
        }
        return known;
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

    /** A cursor over {@code length} bytes of a section, which must be in it. */
    Cursor cursor(Kind kind, long offset, int length) throws IOException {
        return Cursor.over(need(kind), bigEndian(), offset, length);
    }

    /** A cursor over {@code length} bytes of a section, or up to its end. */
    Cursor window(Kind kind, long offset, int length) throws IOException {
        SectionData section = need(kind);
        if (offset < 0 || offset > section.size()) {
            throw new DwarfException(file(), kind.sectionName, offset, "the offset is outside the section");
        }
        return Cursor.over(section, bigEndian(), offset, (int) Math.min(length, section.size() - offset));
    }

    /** The buffers of this thread. */
    Scratch scratch() {
        WeakReference<Scratch> last = scratch.get();
        Scratch known = last == null ? null : last.get();
        if (known == null) {
            known = new Scratch();
            scratch.set(new WeakReference<>(known));
        }
        return known;
    }

    /**
     * The sections of the supplementary file (.gnu_debugaltlink, DWARF5 7.3.6). Null if there is none, or if the file
     * is missing or from another build.
     */
    @Nullable
    DebugSections supplementary() throws IOException {
        return main != null ? main.supplementary() : supplementary.get().orElse(null);
    }

    private Optional<DebugSections> openSupplementary() throws IOException {
        AltLink link = isSupplementary ? null : elf.debugAltLink();
        Path path = elf.path();
        if (link == null || path == null) {
            return Optional.empty();
        }
        for (Path candidate : supplementaryPaths(path, link)) {
            if (!Files.isRegularFile(candidate)) {
                continue;
            }
            ElfFile file = ElfFile.open(candidate);
            opened.add(file);
            BuildId id = file.buildId();
            if (id != null && link.id().equals(id)) {
                return Optional.of(new DebugSections(file, null, true));
            }
        }
        return Optional.empty();
    }

    private static List<Path> supplementaryPaths(Path path, AltLink link) {
        List<Path> candidates = new ArrayList<>();
        try {
            candidates.add(path.resolveSibling(link.fileName()));
        } catch (InvalidPathException e) {
            return List.of();
        }
        String id = link.id().toString();
        if (id.length() > 2) {
            candidates.add(Path.of("/usr/lib/debug/.build-id", id.substring(0, 2), id.substring(2) + ".debug"));
        }
        return candidates;
    }

    /** Closes the supplementary file if it was opened. The caller owns and closes the main file. */
    @Override
    public void close() throws IOException {
        for (ElfFile file : opened) {
            file.close();
        }
    }

    /**
     * The buffers that one thread reuses from unit to unit of one file. Cleared arrays for each unit would cost more than
     * decoding it. Not thread-safe.
     */
    static final class Scratch {
        /** A larger buffer is not kept for smaller units. */
        private static final int MOST_KEPT = 1 << 22;

        /** The buffers of classes that are built on this one, by their class. */
        private final Map<Class<?>, Object> buffers = new HashMap<>();

        /** The entries of the unit that was read last, since successive look-ups often need the same unit. */
        private @Nullable Cursor entries;

        private byte[] buffer = {};
        private Kind kind = Kind.INFO;

        /** The buffer of this class; null before the first {@link #keep}. */
        <T> @Nullable T get(Class<T> type) {
            return type.cast(buffers.get(type));
        }

        /** Keeps a buffer for the next {@link #get}, and returns it. */
        <T> T keep(Class<T> type, T buffer) {
            buffers.put(type, buffer);
            return buffer;
        }

        /**
         * A cursor for a walk over {@code length} bytes of a section, which must be in it. The bytes are
         * overwritten when others are asked for.
         */
        Cursor entries(SectionData section, Kind kind, boolean bigEndian, long offset, int length) throws IOException {
            Cursor known = entriesIfRead(kind, offset, length);
            if (known != null) {
                return known.at(0);
            }
            Cursor.checkCapacity(section, offset, length);
            entries = null;
            if (buffer.length < length || buffer.length > MOST_KEPT) {
                buffer = new byte[length];
            }
            Cursor read = Cursor.over(section, bigEndian, offset, length, buffer);
            entries = read;
            this.kind = kind;
            return read.at(0);
        }

        /** A cursor over these bytes if they are what {@link #entries} was asked for last, else null. */
        @Nullable
        Cursor entriesIfRead(Kind kind, long offset, long length) {
            Cursor last = entries;
            return last != null && this.kind == kind && last.offsetOf(0) == offset && last.end == length ? last : null;
        }
    }

    /** The strings of {@code .debug_str} or a similar section (DWARF5 7.26), read page by page. Thread-safe. */
    private static final class StringTable {
        private static final int PAGE = 1 << 14;
        /** Longer than any name or path from a compiler; bounds the search in a section without a NUL. */
        private static final int MAX_LENGTH = 1 << 20;

        /**
         * Longer strings are cached, so that each takes its memory once, and their bytes are counted, since only in a
         * damaged file do they overlap. The kernel's names are shorter.
         */
        private static final int LONG = 512;

        private final SectionData section;
        private final AtomicReferenceArray<byte[]> pages;
        private final ConcurrentHashMap<Long, String> longStrings = new ConcurrentHashMap<>();
        private final AtomicLong longBytes = new AtomicLong();
        private final long maxLongBytes;

        StringTable(SectionData section) {
            this.section = section;
            pages = new AtomicReferenceArray<>((int) Math.min(Integer.MAX_VALUE, (section.size() + PAGE - 1) / PAGE));
            // The linker may store a string as the tail of another.
            maxLongBytes = Math.min(Capacity.of(1), 2 * section.size());
        }

        /** The NUL-terminated string at the offset. */
        String at(long offset) throws IOException {
            if (offset < 0 || offset >= section.size()) {
                throw new DwarfException(section.file(), section.name(), offset, "the string is outside the section");
            }
            byte[] page = page((int) (offset / PAGE));
            int start = (int) (offset % PAGE);
            int end = Math.min(page.length, start + LONG);
            for (int i = start; i < end; i++) {
                if (page[i] == 0) {
                    return new String(page, start, i - start, StandardCharsets.UTF_8);
                }
            }
            String known = longStrings.get(offset);
            return known != null ? known : readOn(offset);
        }

        private String readOn(long offset) throws IOException {
            if (longBytes.get() > maxLongBytes) {
                throw new DwarfException(
                        section.file(),
                        section.name(),
                        offset,
                        "the long strings overlap or take more than an eighth of the Java heap; if the file is not damaged,"
                                + " give Java a larger heap (-Xmx)");
            }
            int index = (int) (offset / PAGE);
            int start = (int) (offset % PAGE);
            ByteArrayOutputStream collected = new ByteArrayOutputStream();
            while (index < pages.length() && collected.size() < MAX_LENGTH) {
                byte[] page = page(index++);
                int end = start;
                while (end < page.length && page[end] != 0) {
                    end++;
                }
                collected.write(page, start, end - start);
                if (end < page.length) {
                    String text = collected.toString(StandardCharsets.UTF_8);
                    // A short string can cross the end of a page.
                    if (collected.size() > LONG) {
                        longBytes.addAndGet(collected.size());
                        longStrings.put(offset, text);
                    }
                    return text;
                }
                start = 0;
            }
            longBytes.addAndGet(collected.size());
            throw new DwarfException(section.file(), section.name(), offset, "the string has no terminating NUL");
        }

        private byte[] page(int index) throws IOException {
            byte[] page = pages.get(index);
            if (page == null) {
                long start = (long) index * PAGE;
                page = section.read(start, (int) Math.min(PAGE, section.size() - start));
                pages.set(index, page);
            }
            return page;
        }
    }
}
