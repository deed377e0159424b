package dev.backline.gsym;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Writes the extension: data for stack traces that LLVM's format cannot hold (docs/gsym.md). */
final class ExtensionEncoder {
    static final int RELEASE = 1;
    static final int RELEASE_TEXT = 2;
    static final int FILE_NAME = 3;
    static final int ONLY = 4;
    static final int BUILD_ID = 5;
    static final int ELF_TYPE = 6;
    static final int MACHINE = 7;
    static final int ELF_CLASS = 8;

    private static final int PARTS = 10;
    private static final int VERSION = 1;
    private static final int TRAILER = 24;
    private static final byte[] MAGIC = "BACKLINE".getBytes(StandardCharsets.US_ASCII);

    private final ElfFile elf;
    private final StringPool strings;
    private final boolean bigEndian;

    ExtensionEncoder(ElfFile elf, StringPool strings, boolean bigEndian) {
        this.elf = elf;
        this.strings = strings;
        this.bigEndian = bigEndian;
    }

    /** A property of the ELF file, such as its release. */
    record Fact(int key, String text) {}

    /**
     * Encodes the extension without its trailer.
     *
     * @param details part 9; null to leave it out
     */
    Bytes encode(SymbolColumns symbols, FileTable files, List<Fact> facts, @Nullable Bytes details)
            throws ElfException {
        Bytes[] parts = new Bytes[PARTS];
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Bytes(bigEndian);
        }
        for (Fact fact : facts) {
            parts[0].uleb(fact.key());
            parts[0].uleb(strings.add(fact.text()));
        }
        sections(parts[1]);
        parts[2].uleb(files.directories());
        parts[2].bytes(files.directoryPart().array(), 0, files.directoryPart().size());
        parts[3] = files.filePart();
        SymbolEncoder encoder = new SymbolEncoder(symbols, strings);
        encoder.symbols(parts[4], parts[5]);
        int named = encoder.names(parts[7], parts[8]);
        parts[6].u32(symbols.members.length);
        parts[6].u32(named);
        parts[9] = details == null ? parts[9] : details;
        Bytes all = new Bytes(bigEndian);
        int offset = 2 * 4 * PARTS;
        for (int i = 0; i < PARTS; i++) {
            int size = parts[i].size();
            all.u32(size == 0 ? 0 : offset);
            all.u32(i == 4 ? size / 12 : i == 7 || i == 8 ? size / 4 : size);
            offset += size + 3 & -4;
        }
        for (Bytes part : parts) {
            all.bytes(part.array(), 0, part.size());
            all.align();
        }
        return all;
    }

    private void sections(Bytes part) throws ElfException {
        int count = 0;
        for (Section section : elf.sections()) {
            count += section.isAllocated() ? 1 : 0;
        }
        part.uleb(count);
        for (Section section : elf.sections()) {
            if (section.isAllocated()) {
                part.uleb(section.index());
                part.uleb(strings.add(section.name()));
                part.uleb((section.isExecutable() ? 1 : 0)
                        | (section.type() == Section.SHT_NOBITS ? 2 : 0)
                        | ((section.flags() & Section.SHF_TLS) != 0 ? 4 : 0)
                        | ((section.flags() & Section.SHF_WRITE) != 0 ? 8 : 0));
                part.uleb(elf.address(section));
                part.uleb(section.size());
                part.uleb(section.alignment());
            }
        }
    }

    /**
     * Appends the checksum of the bytes before the extension, and the trailer.
     *
     * @param offset of the extension in the file
     * @param before the CRC-32 of the bytes before the extension
     */
    static void trailer(Bytes extension, int offset, int before) {
        extension.u32(before);
        CRC32 crc = new CRC32();
        crc.update(extension.array(), 0, extension.size());
        int size = extension.size() + TRAILER;
        extension.u32(offset);
        extension.u32(size);
        extension.u32((int) crc.getValue());
        extension.u16(VERSION);
        extension.u16(GsymExtension.HAS_CHECKSUM);
        extension.bytes(MAGIC, 0, MAGIC.length);
    }
}
