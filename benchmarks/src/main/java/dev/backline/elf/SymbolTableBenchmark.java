package dev.backline.elf;

import dev.backline.benchmarks.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The symbol table (119,021 symbols in Debian's 6.1 vmlinux): reading it, its indexes, and look-ups through them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SymbolTableBenchmark {
    private final ElfFile elf;
    private final SymbolTable symbols;
    private final String name;
    private final long address;

    public SymbolTableBenchmark() {
        try {
            elf = ElfFile.open(Subject.file());
            symbols = elf.symbols();
            int function = Subject.function(elf);
            name = symbols.name(function);
            address = symbols.address(function) + symbols.elfSize(function) / 2;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void close() throws IOException {
        elf.close();
    }

    @Benchmark
    public SymbolTable read() throws IOException {
        return SymbolTable.of(elf);
    }

    /** A pass over all symbols, as the first few look-ups make it. */
    @Benchmark
    public int[] readAndFindByScanning() throws IOException {
        return SymbolTable.of(elf).named(name);
    }

    @Benchmark
    public Object indexNames() {
        return new NameIndex(symbols);
    }

    @Benchmark
    public Object indexAddresses() {
        return new AddressIndex(symbols);
    }

    @Benchmark
    public int[] findByName() {
        return symbols.named(name);
    }

    @Benchmark
    public int findByAddress() {
        return symbols.at(address);
    }
}
