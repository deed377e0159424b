package dev.backline.gsym;

import dev.backline.benchmarks.SubjectBenchmark;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.TearDown;

/** Lookups in a GSYM index, and the time to open the index (15 MB for Debian's 6.1 vmlinux). */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GsymBenchmark extends SubjectBenchmark {
    private final Path index;
    private final GsymFile gsym;
    private final Symbolizer symbolizer;
    private final String name = symbols.name(function);

    public GsymBenchmark() {
        try {
            index = Files.createTempFile("benchmark", ".gsym");
            new GsymWriter(elf).write(index);
            gsym = GsymFile.open(index);
            symbolizer = Symbolizer.open(index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void deleteIndex() throws IOException {
        symbolizer.close();
        gsym.close();
        Files.delete(index);
    }

    @Benchmark
    public Object address() throws IOException {
        return gsym.framesAt(address);
    }

    @Benchmark
    public List<SourceFrame> addressWithItsSymbol() throws IOException {
        return symbolizer.framesAt(address);
    }

    @Benchmark
    public int[] findByName() throws IOException {
        return gsym.symbols().named(name);
    }

    @Benchmark
    public Object open() throws IOException {
        try (GsymFile opened = GsymFile.open(index)) {
            return opened.framesAt(address);
        }
    }
}
