package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each committed fixture is read as binutils' readelf reads it. */
class ReadelfTest {
    private static final Pattern SECTION = Pattern.compile(
            "\\s*\\[ *(\\d+)] (\\S*)\\s+[A-Z_]\\S*\\s+([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}).*");
    private static final Pattern SYMBOL =
            Pattern.compile("\\s*(\\d+): ([0-9a-f]+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(\\S+) ?(.*)");
    private static final Pattern MAPPING = Pattern.compile("^(\\.L|L0|\\$).*");

    /** A line of {@code readelf --symbols}, without the parts in square brackets. */
    private record Line(int index, String sortKey, long value, long size, String section, String name) {}

    static List<Path> files() throws IOException {
        return ElfFixtures.elfFiles();
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasTheSectionsThatReadelfShows(Path path) throws Exception {
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (String line : readelf(path, "--section-headers", "--wide")) {
            Matcher m = SECTION.matcher(line);
            if (m.matches() && !m.group(1).equals("0")) {
                theirs.add(m.group(1) + " " + m.group(2) + " "
                        + Long.toHexString(Long.parseUnsignedLong(m.group(3), 16)) + " " + m.group(4) + " "
                        + m.group(5));
            }
        }
        try (ElfFile file = ElfFile.open(path)) {
            for (Section s : file.sections().subList(1, file.sections().size())) {
                ours.add(s.index() + " " + s.name() + " " + Long.toHexString(s.address())
                        + String.format(" %06x %06x", s.offset(), s.size()));
            }
            assertThat(ours).isNotEmpty().isEqualTo(theirs);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasTheBuildIdThatReadelfShows(Path path) throws Exception {
        String theirs = readelf(path, "--notes", "--wide").stream()
                .filter(line -> line.contains("Build ID: "))
                .map(line -> line.replaceAll(".*Build ID: ([0-9a-f]+).*", "$1"))
                .findFirst()
                .orElse("none");
        try (ElfFile file = ElfFile.open(path)) {
            BuildId ours = file.buildId();
            assertThat(ours == null ? "none" : ours.toString()).isEqualTo(theirs);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasTheSymbolsThatReadelfShowsAndFollowsThemAsFaddr2lineDoes(Path path) throws Exception {
        List<Line> lines = symbols(path);
        try (ElfFile file = ElfFile.open(path)) {
            SymbolTable s = file.symbols();
            assertThat(s.size()).isEqualTo(lines.size());
            List<Line> sorted = new ArrayList<>(lines);
            sorted.sort((a, b) -> a.sortKey.compareTo(b.sortKey));
            for (Line line : lines) {
                int i = line.index;
                assertThat(s.value(i)).isEqualTo(line.value);
                assertThat(s.elfSize(i)).isEqualTo(line.size);
                if (i != 0 && s.type(i) != SymbolTable.STT_SECTION) {
                    assertThat(s.name(i)).isEqualTo(line.name);
                    assertThat(s.named(line.name)).contains(i);
                }
                if (s.sectionIndex(i) > 0 && !s.isMapping(i) && s.type(i) != SymbolTable.STT_SECTION) {
                    Line next = following(line, sorted);
                    int ours = s.following(i);
                    assertThat(ours < 0 ? -1 : s.value(ours))
                            .as("what follows %s", line.name)
                            .isEqualTo(next == null ? -1 : next.value);
                }
            }
        }
    }

    /** Finds the next symbol as scripts/faddr2line does. */
    private static @Nullable Line following(Line symbol, List<Line> sorted) {
        boolean found = false;
        for (Line line : sorted) {
            if (!line.section.equals(symbol.section)
                    || MAPPING.matcher(line.name).matches()) {
                continue;
            }
            if (line.value == symbol.value && line.size == symbol.size && line.name.equals(symbol.name)) {
                found = true;
            } else if (found && line.value - symbol.value >= symbol.size) {
                return line;
            }
        }
        return null;
    }

    @ParameterizedTest
    @MethodSource("files")
    void relocatesAndDecompressesDebugSectionsAsReadelfDoes(Path path) throws Exception {
        try (ElfFile file = ElfFile.open(path)) {
            assumeThat(file.header().machine())
                    .as("readelf knows no relocations of Hexagon")
                    .isNotEqualTo(164);
            for (Section s : file.sections()) {
                if (!s.name().startsWith(".debug_") && !s.name().startsWith(".zdebug_")
                        || !s.equals(file.section(s.name()))) {
                    continue;
                }
                byte[] theirs = dump(path, s.name());
                SectionData data = file.data(s);
                byte[] ours = data.read(0, (int) data.size());
                assertThat(ours.length).as(s.name()).isEqualTo(theirs.length);
                takeBasesOut(file, s, ours, theirs);
                assertThat(ours).as(s.name()).isEqualTo(theirs);
            }
        }
    }

    /** readelf relocates as if each section were at 0: where values differ by the base of a section, copies its bytes. */
    private static void takeBasesOut(ElfFile file, Section target, byte[] ours, byte[] theirs) throws Exception {
        if (!file.header().isRelocatable()) {
            return;
        }
        Set<Long> bases = new HashSet<>(Set.of(0L));
        file.sections().forEach(s -> bases.add(file.address(s)));
        boolean big = file.header().bigEndian();
        for (Section s : file.sections()) {
            if (s.info() != target.index() || (s.type() != Section.SHT_RELA && s.type() != Section.SHT_REL)) {
                continue;
            }
            SectionData table = file.data(s);
            for (long at = 0; at < table.size(); at += s.entrySize()) {
                byte[] entry = table.read(at, 8);
                int place = (int) Words.word(entry, 0, file.header().is64(), big);
                int width = file.header().addressSize();
                if (place + width <= ours.length) {
                    long apart = Words.get(ours, place, width, big) - Words.get(theirs, place, width, big);
                    if (bases.contains(width == 4 ? apart & 0xffff_ffffL : apart)) {
                        System.arraycopy(theirs, place, ours, place, width);
                    }
                }
            }
        }
    }

    private static byte[] dump(Path path, String section) throws Exception {
        StringBuilder hex = new StringBuilder();
        for (String line : readelf(path, "--decompress", "--relocated-dump=" + section)) {
            if (line.startsWith("  0x")) {
                hex.append(line.substring(13, 13 + 36).replace(" ", ""));
            }
        }
        return HexFormat.of().parseHex(hex);
    }

    private static List<Line> symbols(Path path) throws Exception {
        List<Line> all = new ArrayList<>();
        boolean inside = false;
        for (String line : readelf(path, "--symbols", "--wide")) {
            if (line.startsWith("Symbol table ")) {
                inside = line.contains("'.symtab'");
                continue;
            }
            String plain = line.replaceAll("\\[.*]", "");
            Matcher m = SYMBOL.matcher(plain);
            if (inside && m.matches()) {
                String size = m.group(3);
                all.add(new Line(
                        Integer.parseInt(m.group(1)),
                        plain.substring(plain.indexOf(':') + 1),
                        Long.parseUnsignedLong(m.group(2), 16),
                        size.startsWith("0x") ? Long.parseUnsignedLong(size.substring(2), 16) : Long.parseLong(size),
                        m.group(7),
                        m.group(8)));
            }
        }
        return all;
    }

    /** The standard output of readelf. */
    private static List<String> readelf(Path path, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("readelf"));
        Collections.addAll(command, options);
        command.add(path.toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeThat(false).as("readelf (package binutils) is not installed").isTrue();
            throw e;
        }
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        assertThat(Files.exists(path)).isTrue();
        return out.lines().toList();
    }
}
