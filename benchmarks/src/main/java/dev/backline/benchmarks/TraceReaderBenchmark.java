package dev.backline.benchmarks;

import dev.backline.fixtures.Captures;
import dev.backline.trace.TraceReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finds the frames in one line of a recording, with only the C1 compiler, as the launcher does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:TieredStopAtLevel=1")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TraceReaderBenchmark {
    @Param({"systemtap-article.log", "oops.txt", "perf-script.txt", "bpftrace.log", "ftrace-symaddr.txt", "dmesg.txt"})
    public String recording = "";

    private List<String> lines = List.of();
    private final TraceReader reader = new TraceReader();
    private int next;

    @Setup
    public void read() throws IOException {
        lines = Captures.lines(recording);
    }

    @Benchmark
    public Object line() {
        if (next == lines.size()) {
            next = 0;
        }
        return reader.next(lines.get(next++));
    }
}
