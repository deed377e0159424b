package dev.backline.elf;

import dev.backline.benchmarks.SubjectBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;

/** The symbol table (119,021 symbols in Debian's 6.1 vmlinux): reading, indexing and lookups. */
public class SymbolTableBenchmark extends SubjectBenchmark {
    private final String name = symbols.name(function);

    @Benchmark
    public SymbolTable read() throws IOException {
        return SymbolTable.of(elf);
    }

    /** Scans all symbols, as the first few lookups do. */
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
