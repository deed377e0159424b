package dev.backline.benchmarks;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A benchmark on an open file: Debian's 6.1 vmlinux if it is downloaded, else the largest committed fixture. Single
 * lookups use the middle of tcp_v4_rcv, or of the fixture's largest function.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class SubjectBenchmark {
    private static final String FUNCTION = "tcp_v4_rcv";

    protected final Path file;
    protected final ElfFile elf;
    protected final SymbolTable symbols;
    /** The symbol for single lookups. */
    protected final int function;
    /** Half the size of the symbol. */
    protected final long offset;
    /** The address at this offset. */
    protected final long address;

    protected SubjectBenchmark() {
        try {
            file = subject();
            elf = ElfFile.open(file);
            symbols = elf.symbols();
            function = function(symbols);
            offset = symbols.elfSize(function) / 2;
            address = symbols.address(function) + offset;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void closeSubject() throws IOException {
        elf.close();
    }

    private static Path subject() throws IOException {
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

    private static int function(SymbolTable symbols) throws IOException {
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
