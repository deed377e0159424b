package dev.backline.benchmarks;

import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
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

/** One look-up: in a file whose unit is decoded already, and in one that was just opened. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class LookUpBenchmark {
    private final Path file;
    private final Symbolizer symbolizer;
    private final FrameReference reference;
    private final long address;

    public LookUpBenchmark() {
        try {
            file = Subject.file();
            ElfFile elf = ElfFile.open(file);
            symbolizer = Symbolizer.of(elf);
            SymbolTable symbols = elf.symbols();
            int function = Subject.function(elf);
            long offset = symbols.elfSize(function) / 2;
            address = symbols.address(function) + offset;
            reference = new FrameReference(symbols.name(function), offset, null, null, null, Pc.RETURN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void close() throws IOException {
        symbolizer.close();
    }

    @Benchmark
    public List<SourceFrame> addressWhenWarm() throws IOException {
        return symbolizer.framesAt(address);
    }

    @Benchmark
    public Resolution functionWhenWarm() throws IOException {
        return symbolizer.resolve(reference);
    }

    /** All that one query costs in a JVM that has seen many: open, find the symbol, find and decode the unit. */
    @Benchmark
    public Resolution functionFromOpening() throws IOException {
        try (Symbolizer opened = Symbolizer.open(file)) {
            return opened.resolve(reference);
        }
    }
}
