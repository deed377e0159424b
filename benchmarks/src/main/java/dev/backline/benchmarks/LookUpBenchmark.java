package dev.backline.benchmarks;

import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/** One lookup, in a file with the decoded unit in the cache, and in a file just opened. */
public class LookUpBenchmark extends SubjectBenchmark {
    private final Symbolizer symbolizer;
    private final FrameReference reference;

    public LookUpBenchmark() {
        try {
            symbolizer = Symbolizer.open(file);
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

    /** The whole cost of one query in a warm JVM: open, find the symbol, find and decode the unit. */
    @Benchmark
    public Resolution functionFromOpening() throws IOException {
        try (Symbolizer opened = Symbolizer.open(file)) {
            return opened.resolve(reference);
        }
    }
}
