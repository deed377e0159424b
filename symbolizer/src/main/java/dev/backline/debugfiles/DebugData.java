package dev.backline.debugfiles;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Frame;
import dev.backline.elf.BuildId;
import dev.backline.elf.ByteSource;
import dev.backline.elf.ElfException;
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
 * The symbols and source lines of one vmlinux, module or other object, from an ELF file or an index. Thread-safe.
 */
public sealed interface DebugData extends Closeable permits ElfData, GsymData {
    /**
     * Opens an ELF file or a GSYM index; the first bytes show which. The whole file may be compressed (gzip, xz, zstd).
     *
     * @param path the file's path
     * @return the file; the caller closes it
     * @throws IOException if the file cannot be read or is neither; the message says what it is instead
     */
    static DebugData open(Path path) throws IOException {
        return open(path, null);
    }

    /**
     * Opens an ELF file or a GSYM index as {@link #open(Path)} does, and uses the index of an ELF file that a cache has.
     *
     * @param path the file's path
     * @param indexes the cache; null for none
     * @return the file; the caller closes it
     * @throws IOException if the file cannot be read or is neither; the message says what it is instead
     */
    static DebugData open(Path path, @Nullable SideIndexes indexes) throws IOException {
        return open(path, path.toString(), indexes);
    }

    /**
     * Opens an ELF file or a GSYM index under a name.
     *
     * @param path the file's path
     * @param name the file's name in messages
     * @param indexes the cache; null for none
     * @return the file; the caller closes it
     * @throws IOException if the file cannot be read or is neither; the message says what it is instead
     */
    static DebugData open(Path path, String name, @Nullable SideIndexes indexes) throws IOException {
        ByteSource file = ByteSource.openFile(path);
        boolean isPacked = indexes != null && isPacked(name, file);
        SideIndex index = indexes == null || !isPacked ? null : indexes.find(path, file);
        ByteSource source = index == null ? ByteSource.unpacked(name, file) : index.unpacked(name, file);
        if (index == null && GsymFile.isGsym(source)) {
            return new GsymData(GsymFile.of(path, name, source));
        }
        ElfFile elf;
        try {
            elf = ElfFile.of(path, name, source);
        } catch (IOException e) {
            if (index != null) {
                index.close();
            }
            throw e;
        }
        return new ElfData(elf, indexes == null || isPacked ? index : indexes.find(path, elf));
    }

    private static boolean isPacked(String name, ByteSource file) throws IOException {
        try {
            return ByteSource.isPacked(file);
        } catch (IOException e) {
            file.close();
            throw new ElfException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@return the file's name in messages} */
    String name();

    /** {@return the file's path; null if the file was given as bytes} */
    @Nullable
    Path path();

    /**
     * {@return the NT_GNU_BUILD_ID of the ELF file; null if it has none}
     *
     * @throws IOException if the notes cannot be read
     */
    @Nullable
    BuildId buildId() throws IOException;

    /** {@return the kernel's release and banner from the file; null where the file does not name them} */
    KernelRelease release();

    /** {@return the ELF file's machine, EM_*; 0 if it is unknown} */
    int machine();

    /** {@return whether addresses have 64 bits} */
    boolean is64();

    /**
     * {@return whether the ELF file is an ET_REL, such as a module, whose sections get their addresses when it is
     * loaded}
     */
    boolean isRelocatable();

    /** {@return the sections, by their indexes in the ELF file} In a GSYM, sections that are not SHF_ALLOC are empty. */
    List<Section> sections();

    /**
     * {@return the address of a section} See {@link ElfFile#address}.
     *
     * @param section one of {@link #sections()}
     */
    long address(Section section);

    /**
     * {@return the SHF_ALLOC section that contains the address; null if there is none}
     *
     * @param address in the sense of {@link #address(Section)}
     */
    @Nullable
    Section sectionAt(long address);

    /**
     * {@return the symbols, by name and by address}
     *
     * @throws IOException if the symbol table cannot be read
     */
    Symbols symbols() throws IOException;

    /**
     * {@return whether the file has source lines}
     *
     * @throws IOException if that part of the file cannot be read
     */
    boolean hasLines() throws IOException;

    /** {@return for messages: what a file without source lines lacks} */
    String lacksLines();

    /**
     * {@return the functions at an address with their source lines, innermost first; empty if the address is not in the
     * debug information}
     *
     * @param address of an instruction, in the sense of {@link #address(Section)}
     * @throws IOException if the part of the file that describes the address is damaged
     */
    List<Frame> framesAt(long address) throws IOException;

    /** {@return about how many bytes of the heap are cached for later look-ups} */
    long retainedBytes();

    /**
     * Limits the cache of decoded data. The next look-up evicts what was not used recently.
     *
     * @param bytes about how many; never more than the default limit, an eighth of the heap
     */
    void limitCache(long bytes);

    /** {@return the DWARF, with call sites and labels, which frames do not hold; null if the file has none} */
    @Nullable
    Dwarf dwarf();
}
