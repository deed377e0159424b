package dev.backline.debugfiles;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.BuildId;
import dev.backline.elf.ByteSource;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.Symbols;
import dev.backline.gsym.GsymFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The symbols and source lines of one vmlinux, module or other object, from whatever file holds them. Thread-safe.
 */
public sealed interface DebugData extends Closeable permits ElfData, GsymData {
    /**
     * Opens an ELF file or a GSYM index, told apart by their first bytes; either may be compressed as a whole
     * (gzip, xz, zstd).
     *
     * @param path of the file
     * @return the file, to be closed
     * @throws IOException when the file cannot be read or is neither; the message says what it is instead
     */
    static DebugData open(Path path) throws IOException {
        ByteSource source = ByteSource.open(path);
        return GsymFile.isGsym(source)
                ? new GsymData(GsymFile.of(path, source))
                : new ElfData(ElfFile.of(path, source));
    }

    /** {@return how messages name the file} */
    String name();

    /** {@return where the file is; null for one that was given as bytes} */
    @Nullable
    Path path();

    /**
     * {@return the NT_GNU_BUILD_ID of the ELF file, or null when it has none}
     *
     * @throws IOException when its notes cannot be read
     */
    @Nullable
    BuildId buildId() throws IOException;

    /** {@return which kernel the file says that it is of; its parts are null where it does not say} */
    KernelRelease release();

    /** {@return whether addresses have 64 bits} */
    boolean is64();

    /**
     * {@return whether the ELF file is an ET_REL, such as a module, whose sections get their places when it
     * is loaded}
     */
    boolean isRelocatable();

    /** {@return the sections, by their indexes in the ELF file} Those of a GSYM that are not SHF_ALLOC are empty. */
    List<Section> sections();

    /**
     * {@return where the section lies} See {@link ElfFile#address}.
     *
     * @param section one of {@link #sections()}
     */
    long address(Section section);

    /**
     * {@return the SHF_ALLOC section that holds the address, or null when none does}
     *
     * @param address in the sense of {@link #address(Section)}
     */
    @Nullable
    Section sectionAt(long address);

    /**
     * {@return the symbols, by name and by address}
     *
     * @throws IOException when the symbol table cannot be read
     */
    Symbols symbols() throws IOException;

    /**
     * {@return whether source lines are known at all}
     *
     * @throws IOException when that part of the file cannot be read
     */
    boolean hasLines() throws IOException;

    /** {@return what a file without source lines lacks, in the words of messages} */
    String lacksLines();

    /**
     * {@return the functions that the address belongs to, innermost first, each with its place in the source;
     * empty when the address is not known}
     *
     * @param address of an instruction, in the sense of {@link #address(Section)}
     * @throws IOException when the part of the file that describes the address is damaged
     */
    List<Frame> framesAt(long address) throws IOException;

    /** {@return about how many bytes of the heap are kept of the file, for look-ups to come} */
    long retainedBytes();

    /**
     * Bounds what is kept of the file once decoded. What was not used lately is let go at the next look-up.
     *
     * @param bytes about how many; never more than the file's own bound, an eighth of the heap
     */
    void limitCache(long bytes);

    /** {@return call sites and labels, beyond what frames hold; null where the file has none of that} */
    @Nullable
    Dwarf dwarf();
}
