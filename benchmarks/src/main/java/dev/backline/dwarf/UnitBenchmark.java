package dev.backline.dwarf;

import dev.backline.benchmarks.Subject;
import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SectionData;
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

/** The parts of decoding one unit: net/ipv4/tcp_ipv4.c of Debian's 6.1 vmlinux. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class UnitBenchmark {
    private final ElfFile elf;
    private final Dwarf dwarf;
    private final Unit unit;
    private final SectionData abbrev;
    private final long lineTable;

    public UnitBenchmark() {
        try {
            elf = ElfFile.open(Subject.file());
            dwarf = Dwarf.of(elf);
            long address = elf.symbols().address(Subject.function(elf));
            long offset = AddressIndex.ofAranges(dwarf.sections()).find(address);
            if (offset == AddressIndex.NONE) {
                throw new IOException(elf.name() + ": .debug_aranges has no unit for " + Long.toHexString(address));
            }
            unit = dwarf.unit(offset);
            abbrev = dwarf.sections().need(Kind.ABBREV);
            Attributes root = new Attributes();
            Dwarf.readEntry(unit, unit.header().firstEntry(), root);
            lineTable = root.value(Attributes.STMT_LIST);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void close() throws IOException {
        dwarf.close();
        elf.close();
    }

    @Benchmark
    public Object abbreviations() throws IOException {
        UnitHeader header = unit.header();
        return Abbreviations.read(
                abbrev,
                dwarf.sections().bigEndian(),
                header.abbreviations(),
                header.addressSize(),
                header.offsetSize(),
                header.version());
    }

    /** Header, abbreviations and root entry. */
    @Benchmark
    public Object root() throws IOException {
        return Unit.read(dwarf, dwarf.sections(), unit.header().offset());
    }

    @Benchmark
    public Object functions() throws IOException {
        return FunctionTable.read(unit);
    }

    @Benchmark
    public Object lineProgram() throws IOException {
        return LineTable.read(unit, lineTable);
    }
}
