package dev.backline.benchmarks;

import dev.backline.demangle.RustDemangler;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One name per mangling scheme, and a C name, as most names are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RustDemanglerBenchmark {
    @Param({
        "_RINvCsd7U9rWHuKO9_5names7name_ofAINtB2_4LoopNtB2_4NullEj2_EB2_",
        "_ZN4core3fmt9Formatter12pad_integral17h0123456789abcdefE",
        "tcp_v4_rcv"
    })
    public String symbol = "";

    @Benchmark
    public @Nullable String demangle() {
        return RustDemangler.demangle(symbol);
    }
}
