package dev.backline.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares answers at every row boundary with the tables in {@code fixtures/elf}, which other tools generated. */
class FixtureLinesTest {
    /**
     * Errors of the oracle, see docs/differences.md: the name in the DWARF entries instead of the symbol's, by
     * fixture and symbol.
     */
    private static final Map<String, Map<String, String>> DECIDED_BY_THE_ENTRIES =
            Map.of("gcc12-strict-v2", Map.of("receive.cold", "__second_sect_of_receive"));

    static List<String> names() throws IOException {
        return ElfFixtures.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void agreesWithTheOracleAtEveryRowBoundary(String name) throws IOException {
        ElfFixtures.Fixture fixture = ElfFixtures.fixture(name);
        assertThat(fixture.answers()).isNotEmpty();
        Map<String, String> corrections = DECIDED_BY_THE_ENTRIES.getOrDefault(name, Map.of());
        List<String> differences = new ArrayList<>();
        try (Symbolizer symbolizer = Symbolizer.open(fixture.elf())) {
            for (ElfFixtures.Answer answer : fixture.answers()) {
                StringBuilder wanted = new StringBuilder(answer.place());
                for (ElfFixtures.Frame frame : answer.frames()) {
                    String function = frame.fromSymbol()
                            ? corrections.getOrDefault(frame.function(), frame.function())
                            : frame.function();
                    append(wanted, function, frame.file(), frame.line(), frame.column());
                }
                String given = answer(symbolizer, answer);
                if (!given.contentEquals(wanted)) {
                    differences.add("expected " + wanted + "\n     got " + given);
                }
            }
        }
        assertThat(differences)
                .as("addresses where %s differs from its table", name)
                .isEmpty();
    }

    private static String answer(Symbolizer symbolizer, ElfFixtures.Answer answer) throws IOException {
        ElfFile elf = symbolizer.elf();
        long address = answer.address();
        String section = answer.section();
        if (section != null) {
            Section found = elf.section(section);
            assertThat(found).as(section).isNotNull();
            address += elf.address(found);
        }
        // For code without a DWARF entry, the tables contain the symbol, from which the oracle takes the name.
        boolean bySymbol = answer.frames().get(answer.frames().size() - 1).fromSymbol();
        String symbol = bySymbol ? symbolAt(elf, address) : null;
        StringBuilder text = new StringBuilder(answer.place());
        List<SourceFrame> frames = symbolizer.framesAt(address);
        if (frames.isEmpty()) {
            append(text, symbol, null, 0, 0);
        }
        for (SourceFrame frame : frames) {
            append(
                    text,
                    frame.function() == null ? symbol : frame.function(),
                    frame.file(),
                    frame.line(),
                    frame.column());
        }
        return text.toString();
    }

    private static String symbolAt(ElfFile elf, long address) throws IOException {
        SymbolTable symbols = elf.symbols();
        int symbol = symbols.at(address);
        return symbol < 0 ? null : symbols.name(symbol);
    }

    private static void append(StringBuilder text, String function, String file, int line, int column) {
        text.append(' ').append(function).append(" at ");
        // Code without a line has no file either, whatever the file of the previous row.
        if (file == null || line == 0) {
            text.append("?:0:0");
            return;
        }
        text.append(file.replaceAll("/(\\./)+", "/").replaceAll("//+", "/"));
        text.append(':').append(line).append(':').append(column);
    }
}
