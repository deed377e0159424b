package dev.backline.dwarf;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Passes over all units on one thread, without caching. In Debian's 6.1 vmlinux: 2,172 units, 14.26 M entries, 16.7 MB
 * of line programs; a C program walks all entries in 0.14 s and runs all line programs in 0.058 s.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class WholeFileBenchmark extends DwarfBenchmark {
    /** Finds the unit of an address through .debug_aranges, which is sorted at the ninth lookup. */
    @Benchmark
    public long addressRanges() throws IOException {
        AddressIndex index = AddressIndex.ofAranges(dwarf.sections());
        long found = 0;
        for (int i = 0; i < 9; i++) {
            found += index.find(i);
        }
        return found;
    }

    @Benchmark
    public long roots() throws IOException {
        long sum = 0;
        for (long offset : dwarf.unitOffsets()) {
            sum += dwarf.readUnit(offset).context().language();
        }
        return sum;
    }

    /** Includes reading the root entries, which the tables need. */
    @Benchmark
    public long functions() throws IOException {
        long sum = 0;
        for (long offset : dwarf.unitOffsets()) {
            sum += dwarf.readUnit(offset).functions().boundaries();
        }
        return sum;
    }

    /** Includes reading the root entries, which the tables need. */
    @Benchmark
    public long linePrograms() throws IOException {
        long sum = 0;
        for (long offset : dwarf.unitOffsets()) {
            Unit unit = dwarf.readUnit(offset);
            sum += unit.hasLines() ? unit.lines().rows() : 0;
        }
        return sum;
    }
}
