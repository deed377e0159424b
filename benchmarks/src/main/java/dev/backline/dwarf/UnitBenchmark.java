package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.openjdk.jmh.annotations.Benchmark;

/** The steps of decoding one unit: net/ipv4/tcp_ipv4.c in Debian's 6.1 vmlinux. */
public class UnitBenchmark extends DwarfBenchmark {
    private final Unit unit;
    private final SectionData abbrev;
    private final long lineTable;

    public UnitBenchmark() {
        try {
            long found = AddressIndex.ofAranges(dwarf.sections()).find(address);
            if (found == AddressIndex.NONE) {
                throw new IOException(elf.name() + ": .debug_aranges has no unit for " + Long.toHexString(address));
            }
            unit = dwarf.unit(found);
            abbrev = dwarf.sections().need(Kind.ABBREV);
            Attributes root = new Attributes();
            unit.context().readEntry(unit.context().header().firstEntry(), root);
            lineTable = root.value(Attributes.STMT_LIST);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Benchmark
    public Object abbreviations() throws IOException {
        UnitHeader header = unit.context().header();
        return Abbreviations.read(
                abbrev,
                dwarf.sections().bigEndian(),
                header.abbreviations(),
                new Abbreviations.Sizes(header.addressSize(), header.offsetSize(), header.version()),
                dwarf.sections().columns());
    }

    /** Header, abbreviations and root entry. */
    @Benchmark
    public Object root() throws IOException {
        return dwarf.readUnit(unit.context().header().offset());
    }

    @Benchmark
    public Object functions() throws IOException {
        return FunctionTable.read(unit.context(), unit, unit.context().body());
    }

    @Benchmark
    public Object lineProgram() throws IOException {
        return LineTable.read(unit.context(), lineTable);
    }
}
