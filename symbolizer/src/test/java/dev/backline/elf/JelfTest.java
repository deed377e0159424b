package dev.backline.elf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.fornwall.jelf.ElfNoteSection;
import net.fornwall.jelf.ElfRelocation;
import net.fornwall.jelf.ElfRelocationAddend;
import net.fornwall.jelf.ElfRelocationAddendSection;
import net.fornwall.jelf.ElfRelocationSection;
import net.fornwall.jelf.ElfSection;
import net.fornwall.jelf.ElfSegment;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each committed ELF file is read as jelf, which shares no code with backline, reads it. Fields of 32-bit files are
 * compared as ints, because jelf extends their sign to 64 bits.
 */
class JelfTest {
    private static final int PT_NOTE = 4;

    static List<Named<Path>> files() throws IOException {
        return ElfFixtures.elfFiles().stream()
                // jelf refuses the note .xtensa.info, whose length is not a multiple of four.
                .filter(path -> !path.getFileName().toString().startsWith("xtensa"))
                .map(path -> Named.of(path.getFileName().toString(), path))
                .toList();
    }

    /** So that no form of ELF can drop out of the comparison unnoticed. */
    @Test
    void comparesEveryFormOfElfThatAKernelHas() throws IOException {
        List<String> forms = new ArrayList<>();
        long notes = 0;
        for (Named<Path> each : files()) {
            net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(each.getPayload());
            forms.add((theirs.is32Bits() ? "32" : "64") + (theirs.ei_data == 1 ? " little" : " big") + " type "
                    + theirs.e_type);
            for (int i = 1; i < theirs.e_shnum; i++) {
                int type = theirs.getSection(i).header.sh_type;
                forms.add("section type " + type);
                notes += type == Section.SHT_NOTE ? 1 : 0;
            }
        }
        assertThat(forms)
                .contains("32 little type 1", "32 little type 2", "64 little type 1", "64 little type 2")
                .contains("64 little type 3", "64 big type 1", "64 big type 2")
                .contains("section type " + Section.SHT_SYMTAB, "section type " + Section.SHT_DYNSYM)
                .contains("section type " + Section.SHT_RELA, "section type " + Section.SHT_REL);
        assertThat(notes).isGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheHeader(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            ElfHeader h = file.header();
            assertThat(h.is64()).isEqualTo(theirs.ei_class == net.fornwall.jelf.ElfFile.CLASS_64);
            assertThat(h.bigEndian()).isEqualTo(theirs.ei_data == net.fornwall.jelf.ElfFile.DATA_MSB);
            assertThat(h.type()).isEqualTo(theirs.e_type);
            assertThat(h.machine()).isEqualTo(theirs.e_machine & 0xffff);
            assertThat(h.flags()).isEqualTo(theirs.e_flags);
            assertThat(word(file, h.entry())).isEqualTo(word(file, theirs.e_entry));
            assertThat(h.programHeaderOffset()).isEqualTo(theirs.e_phoff);
            assertThat(h.programHeaderSize()).isEqualTo(theirs.e_phentsize & 0xffff);
            assertThat(h.programHeaderCount()).isEqualTo(theirs.e_phnum & 0xffff);
            assertThat(h.sectionHeaderOffset()).isEqualTo(theirs.e_shoff);
            assertThat(h.sectionHeaderCount()).isEqualTo(theirs.e_shnum & 0xffff);
            assertThat(h.sectionNameIndex()).isEqualTo(theirs.e_shstrndx & 0xffff);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheSectionHeaders(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            assertThat(file.sections()).hasSize(theirs.e_shnum & 0xffff);
            for (Section s : file.sections()) {
                var t = theirs.getSection(s.index()).header;
                String name = t.getName();
                assertThat(s.name()).as("name of section %d", s.index()).isEqualTo(name == null ? "" : name);
                assertThat(s.type()).as(s.name()).isEqualTo(t.sh_type);
                assertThat(word(file, s.flags())).as(s.name()).isEqualTo(word(file, t.sh_flags));
                assertThat(word(file, s.address())).as(s.name()).isEqualTo(word(file, t.sh_addr));
                assertThat(s.offset()).as(s.name()).isEqualTo(t.sh_offset);
                assertThat(s.size()).as(s.name()).isEqualTo(t.sh_size);
                assertThat(s.link()).as(s.name()).isEqualTo(t.sh_link);
                assertThat(s.info()).as(s.name()).isEqualTo(t.sh_info);
                assertThat(s.alignment()).as(s.name()).isEqualTo(t.sh_addralign);
                assertThat(s.entrySize()).as(s.name()).isEqualTo(t.sh_entsize);
            }
        }
    }

    /** Sections that backline decompresses or relocates are compared with readelf, in {@link ReadelfTest}. */
    @ParameterizedTest
    @MethodSource("files")
    void readsTheBytesOfSectionsThatAreNeitherCompressedNorRelocated(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            List<Section> relocated = new ArrayList<>();
            for (Section s : file.sections()) {
                if (file.header().isRelocatable() && RelocationFormat.isTable(s)) {
                    relocated.add(file.sections().get(s.info()));
                }
            }
            for (Section s : file.sections()) {
                boolean changed = (s.flags() & Section.SHF_COMPRESSED) != 0
                        || s.name().startsWith(".zdebug_")
                        || relocated.contains(s) && !s.isAllocated();
                if (s.type() != Section.SHT_NULL && s.type() != Section.SHT_NOBITS && !changed) {
                    byte[] ours = file.data(s).read(0, (int) s.size());
                    assertThat(ours)
                            .as(s.name())
                            .isEqualTo(theirs.getSection(s.index()).getData());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheSymbols(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            Assumptions.assumeTrue(file.section(".opd") == null, "a symbol of a descriptor is read as its code's");
            for (Section section : file.sections()) {
                if (section.type() != Section.SHT_SYMTAB && section.type() != Section.SHT_DYNSYM) {
                    continue;
                }
                SymbolTable s = file.symbols(section);
                ElfSymbol[] all = ((ElfSymbolTableSection) theirs.getSection(section.index())).symbols;
                assertThat(s.size()).as(section.name()).isEqualTo(all.length);
                for (int i = 0; i < s.size(); i++) {
                    ElfSymbol t = all[i];
                    String where = section.name() + " " + i;
                    String name = t.getName();
                    assertThat(s.name(i)).as(where).isEqualTo(name == null ? "" : name);
                    assertThat(word(file, s.value(i))).as(where).isEqualTo(word(file, t.st_value));
                    assertThat(word(file, s.elfSize(i))).as(where).isEqualTo(word(file, t.st_size));
                    assertThat(s.type(i)).as(where).isEqualTo(t.getType());
                    assertThat(s.binding(i)).as(where).isEqualTo(t.getBinding());
                    assertThat(s.visibility(i)).as(where).isEqualTo(t.st_other & 3);
                    assertThat((short) s.sectionIndex(i)).as(where).isEqualTo(t.st_shndx);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheNotes(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            for (Section s : file.sections()) {
                if (s.type() == Section.SHT_NOTE) {
                    byte[] bytes = file.data(s).read(0, (int) s.size());
                    var notes = ((ElfNoteSection) theirs.getSection(s.index())).notes();
                    assertThat(ours(file, bytes, s.alignment())).as(s.name()).isEqualTo(theirs(notes));
                }
            }
            for (ElfSegment segment : theirs.segmentsOfType(PT_NOTE)) {
                assertThat(ours(file, segment.getData(), segment.p_align)).isEqualTo(theirs(segment.notes()));
            }
        }
    }

    private static List<String> ours(ElfFile file, byte[] bytes, long alignment) {
        List<String> all = new ArrayList<>();
        NoteCursor notes = new NoteCursor(bytes, alignment, file.header().bigEndian());
        while (notes.next()) {
            String name = new String(notes.name(), ISO_8859_1).replace("\0", "");
            assertThat(notes.isNamed(name)).isTrue();
            assertThat(notes.descriptionSize()).isEqualTo(notes.description().length);
            all.add(note(name, notes.type(), notes.description()));
        }
        return all;
    }

    private static List<String> theirs(List<ElfNoteSection.ElfNote> notes) {
        return notes.stream()
                .map(note -> note(note.name, note.type, note.descriptorBytes()))
                .toList();
    }

    private static String note(String name, int type, byte[] description) {
        return name + " " + type + " " + HexFormat.of().formatHex(description);
    }

    @ParameterizedTest
    @MethodSource("files")
    void findsTheBuildIdInSectionsAndWithoutThemInSegments(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            List<ElfNoteSection.ElfNote> inSections = theirs.sectionsOfType(ElfNoteSection.class).stream()
                    .flatMap(section -> section.notes().stream())
                    .toList();
            assertThat(String.valueOf(file.buildId())).isEqualTo(buildId(inSections));
            List<ElfNoteSection.ElfNote> inSegments = theirs.segmentsOfType(PT_NOTE).stream()
                    .flatMap(segment -> segment.notes().stream())
                    .toList();
            byte[] bytes = Files.readAllBytes(path);
            int shoff = file.header().is64() ? 40 : 32;
            for (int i = 0; i < file.header().addressSize(); i++) {
                bytes[shoff + i] = 0;
            }
            try (ElfFile bare = ElfFile.of("bare", bytes)) {
                assertThat(bare.sections()).isEmpty();
                assertThat(String.valueOf(bare.buildId())).isEqualTo(buildId(inSegments));
            }
        }
    }

    private static String buildId(List<ElfNoteSection.ElfNote> notes) {
        return notes.stream()
                .filter(note -> note.name.equals("GNU") && note.type == ElfNoteSection.NT_GNU_BUILD_ID)
                .map(note -> HexFormat.of().formatHex(note.descriptorBytes()))
                .findFirst()
                .orElse("null");
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheRelocations(Path path) throws IOException {
        net.fornwall.jelf.ElfFile theirs = net.fornwall.jelf.ElfFile.from(path);
        try (ElfFile file = ElfFile.open(path)) {
            ElfHeader header = file.header();
            Assumptions.assumeFalse(
                    header.machine() == 8 && header.is64() && !header.bigEndian(),
                    "jelf reads r_info of MIPS64 little endian as one number");
            for (Section s : file.sections()) {
                if (!RelocationFormat.isTable(s)) {
                    continue;
                }
                RelocationFormat format = new RelocationFormat(file, s);
                assertThat(s.entrySize()).as(s.name()).isEqualTo(format.entrySize());
                byte[] table = file.data(s).read(0, (int) s.size());
                List<String> ours = new ArrayList<>();
                for (int at = 0; at < table.length; at += format.entrySize()) {
                    ours.add(relocation(
                            format.offset(table, at),
                            format.type(table, at),
                            format.symbol(table, at),
                            format.withAddend() ? format.addend(table, at) : 0));
                }
                assertThat(ours)
                        .as(s.name())
                        .isEqualTo(relocations(theirs.getSection(s.index())).toList());
            }
        }
    }

    private static Stream<String> relocations(ElfSection section) {
        if (section instanceof ElfRelocationAddendSection with) {
            return Stream.of(with.relocations).map(JelfTest::relocation);
        }
        return Stream.of(((ElfRelocationSection) section).relocations).map(JelfTest::relocation);
    }

    private static String relocation(ElfRelocationAddend r) {
        return relocation(r.r_offset, (int) r.getType(), r.getSymbolIndex(), r.r_addend);
    }

    private static String relocation(ElfRelocation r) {
        return relocation(r.r_offset, (int) r.getType(), r.getSymbolIndex(), 0);
    }

    private static String relocation(long offset, int type, int symbol, long addend) {
        return "0x%x type %d symbol %d addend %d".formatted(offset, type, symbol, addend);
    }

    /** A field as wide as an address of the file. */
    private static long word(ElfFile file, long value) {
        return file.header().is64() ? value : (int) value;
    }
}
