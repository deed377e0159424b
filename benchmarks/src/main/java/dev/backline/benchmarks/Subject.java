package dev.backline.benchmarks;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file that is measured, and the function in it that single look-ups ask for. */
public final class Subject {
    private static final String FUNCTION = "tcp_v4_rcv";

    private Subject() {}

    /**
     * {@return Debian's 6.1 vmlinux where it has been fetched, else the largest ELF file of {@code fixtures/elf}}
     *
     * @throws IOException when neither folder can be read
     */
    public static Path file() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        if (kernel.isPresent()) {
            return kernel.get().vmlinux();
        }
        Path largest = null;
        for (Path file : ElfFixtures.elfFiles()) {
            if (file.toString().endsWith(".elf") && (largest == null || Files.size(file) > Files.size(largest))) {
                largest = file;
            }
        }
        if (largest == null) {
            throw new IOException(ElfFixtures.folder() + ": no ELF files");
        }
        return largest;
    }

    /**
     * {@return the index of the symbol of tcp_v4_rcv, else of the largest function of the file}
     *
     * @throws IOException when the symbols cannot be read
     */
    public static int function(ElfFile elf) throws IOException {
        SymbolTable symbols = elf.symbols();
        int[] named = symbols.named(FUNCTION);
        if (named.length > 0) {
            return named[0];
        }
        int largest = 0;
        for (int i = 1; i < symbols.size(); i++) {
            if (symbols.type(i) == SymbolTable.STT_FUNC && symbols.elfSize(i) > symbols.elfSize(largest)) {
                largest = i;
            }
        }
        return largest;
    }
}
