package dev.backline.dwarf;

import dev.backline.benchmarks.SubjectBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark on a file's DWARF. */
public abstract class DwarfBenchmark extends SubjectBenchmark {
    final Dwarf dwarf = Dwarf.of(elf);

    @TearDown
    public void closeDwarf() throws IOException {
        dwarf.close();
    }
}
