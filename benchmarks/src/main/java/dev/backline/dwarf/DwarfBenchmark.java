package dev.backline.dwarf;

import dev.backline.benchmarks.SubjectBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.TearDown;

/** What is measured on a file's DWARF, which is open while the benchmark runs. */
public abstract class DwarfBenchmark extends SubjectBenchmark {
    final Dwarf dwarf = Dwarf.of(elf);

    @TearDown
    public void closeDwarf() throws IOException {
        dwarf.close();
    }
}
