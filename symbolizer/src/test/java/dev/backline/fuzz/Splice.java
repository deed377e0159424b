package dev.backline.fuzz;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Replaces the contents of one section of a 64-bit ELF file, and leaves everything else as it is. */
final class Splice {
    // gABI ch. 4: e_ident, and where the fields of the ELF-64 header and section headers are
    private static final int EI_CLASS = 4;
    private static final int EI_DATA = 5;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2MSB = 2;
    private static final int E_SHOFF = 0x28;
    private static final int SH_ENTRY = 64;
    private static final int SH_FLAGS = 8;
    private static final int SH_OFFSET = 24;
    private static final int SH_SIZE = 32;

    private Splice() {}

    /**
     * {@return the bytes of the section as they stand in the file, or null when it has none that can be replaced: the
     * file is 32-bit, or the section is missing, empty, compressed or without bytes in the file}
     */
    static byte @Nullable [] section(byte[] file, String name) throws IOException {
        Section section = ElfFile.of("fixture", file).section(name);
        if (file[EI_CLASS] != ELFCLASS64
                || section == null
                || section.size() == 0
                || section.type() == Section.SHT_NOBITS
                || (section.flags() & Section.SHF_COMPRESSED) != 0) {
            return null;
        }
        int offset = Math.toIntExact(section.offset());
        return Arrays.copyOfRange(file, offset, offset + Math.toIntExact(section.size()));
    }

    /** {@return a copy of the file in which the section, one that it has, has other contents, at the end of the file} */
    static byte[] replace(byte[] file, String name, boolean compressed, byte[] content) throws IOException {
        int header = header(file, name);
        byte[] spliced = Arrays.copyOf(file, file.length + content.length);
        System.arraycopy(content, 0, spliced, file.length, content.length);
        ByteBuffer out = order(spliced);
        long flags = out.getLong(header + SH_FLAGS) & ~Section.SHF_COMPRESSED;
        out.putLong(header + SH_FLAGS, compressed ? flags | Section.SHF_COMPRESSED : flags);
        out.putLong(header + SH_OFFSET, file.length);
        out.putLong(header + SH_SIZE, content.length);
        return spliced;
    }

    private static int header(byte[] file, String name) throws IOException {
        Section section = Objects.requireNonNull(ElfFile.of("fixture", file).section(name), name);
        return Math.toIntExact(order(file).getLong(E_SHOFF)) + section.index() * SH_ENTRY;
    }

    private static ByteBuffer order(byte[] file) {
        boolean bigEndian = file[EI_DATA] == ELFDATA2MSB;
        return ByteBuffer.wrap(file).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }
}
