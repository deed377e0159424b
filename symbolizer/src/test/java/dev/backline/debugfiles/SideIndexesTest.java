package dev.backline.debugfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A file is answered in the same way with an index in the cache, without one, and with one that cannot be used. */
class SideIndexesTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-02T03:04:05.678901234Z");
    private static final long SEED = 20261130;

    @TempDir
    Path folder;

    private SideIndexes indexes;

    @BeforeEach
    void start() {
        indexes = new SideIndexes(folder.resolve("cache").resolve("indexes"), Long.MAX_VALUE, 0);
    }

    static Stream<ElfFixtures.Fixture> fixtures() throws IOException {
        return ElfFixtures.all().stream();
    }

    private Path copy(String fixture) throws IOException {
        return copy(Files.readAllBytes(elf(fixture)), fixture);
    }

    private static Path elf(String fixture) throws IOException {
        return fixtures()
                .filter(each -> each.name().equals(fixture))
                .findFirst()
                .orElseThrow()
                .elf();
    }

    private Path copy(byte[] content, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        return file;
    }

    private Path packed(String fixture) throws IOException {
        Path file = folder.resolve(fixture + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(Files.readAllBytes(elf(fixture)));
        }
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        return file;
    }

    private Path entry() throws IOException {
        List<SideIndexes.Entry> entries = indexes.entries();
        assertThat(entries).hasSize(1);
        return entries.get(0).entry();
    }

    private boolean isUsed(Path file) throws IOException {
        try (DebugData data = DebugData.open(file, indexes)) {
            return data instanceof ElfData elf && elf.hasIndex();
        }
    }

    /** All that a file says: the frames of each address of its code, and what its symbols resolve to. */
    private static List<String> answers(DebugData data, int step) throws IOException {
        List<String> answers = new ArrayList<>();
        answers.add(data.name() + data.buildId() + data.release() + data.sections());
        answers.addAll(answers(data, Path.of(data.name()), step, false));
        return answers;
    }

    /**
     * The frames of each address of the code, and what the symbols of an ELF file resolve to.
     *
     * @param traced only the symbols that a trace may name: no files, sections and mapping symbols
     */
    static List<String> answers(DebugData data, Path file, int step, boolean traced) throws IOException {
        List<String> answers = new ArrayList<>();
        for (Section section : data.sections()) {
            if (section.isExecutable() && section.isAllocated()) {
                long start = data.address(section);
                for (long address = start - 1; address < start + section.size() + 2; address += step) {
                    answers.add(Long.toHexString(address) + " " + frames(data, address));
                }
            }
        }
        Symbolizer symbolizer = Symbolizer.of(data);
        try (ElfFile elf = ElfFile.open(file)) {
            SymbolTable table = elf.symbols();
            for (int i = 1; i < table.size(); i += step) {
                String name = table.name(i);
                boolean isTraced = table.type(i) != SymbolTable.STT_FILE
                        && table.type(i) != SymbolTable.STT_SECTION
                        && !table.isMapping(i);
                if (!name.isEmpty() && (isTraced || !traced)) {
                    for (long size : new long[] {table.size(i), table.size(i) + 16, 0}) {
                        answers.add(resolution(symbolizer, name, size));
                    }
                    answers.add(resolution(symbolizer, name + "x", 0));
                }
            }
        }
        return answers;
    }

    private static String frames(DebugData data, long address) {
        try {
            return data.framesAt(address).toString();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String resolution(Symbolizer symbolizer, String name, long size) {
        try {
            return symbolizer
                    .resolve(new FrameReference(name, size / 2, size == 0 ? null : size, null, null, Pc.RETURN))
                    .toString();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static List<String> answers(Path file, @Nullable SideIndexes indexes, int step) throws IOException {
        try (DebugData data = DebugData.open(file, indexes)) {
            return answers(data, step);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void giveTheAnswersOfEveryFixture(ElfFixtures.Fixture fixture) throws IOException {
        Path file = copy(fixture.name());
        boolean made = make(file);
        assertThat(isUsed(file)).isEqualTo(made);
        assertThat(answers(file, indexes, 1)).isEqualTo(answers(file, null, 1));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void giveTheAnswersOfEveryCompressedFixture(ElfFixtures.Fixture fixture) throws IOException {
        Path file = packed(fixture.name());
        boolean made = make(file);
        assertThat(isUsed(file)).isEqualTo(made);
        assertThat(answers(file, indexes, 1)).isEqualTo(answers(file, null, 1));
    }

    @Test
    void keepNoDecodedFunctionsBeyondTheLimitOfTheCache() throws IOException {
        Path file = copy("gcc12-v5");
        assertThat(make(file)).isTrue();
        assertThat(retainedAfterManyLookUps(file, 0)).isLessThan(retainedAfterManyLookUps(file, Long.MAX_VALUE));
    }

    private long retainedAfterManyLookUps(Path file, long limit) throws IOException {
        try (DebugData data = DebugData.open(file, indexes)) {
            data.limitCache(limit);
            Symbols symbols = data.symbols();
            for (int i = 0; i < 1000; i++) {
                for (String name : List.of("receive", "poll")) {
                    long start = symbols.address(symbols.named(name)[0]);
                    assertThat(data.framesAt(start)).isNotEmpty();
                }
            }
            return data.retainedBytes();
        }
    }

    private boolean make(Path file) {
        try {
            return indexes.make(file, true);
        } catch (IOException e) {
            // The fixture is damaged, or has no debug information.
            return false;
        }
    }

    @Test
    void areMadeForMostFixtures() throws IOException {
        List<String> without = new ArrayList<>();
        for (ElfFixtures.Fixture fixture : ElfFixtures.all()) {
            if (!make(packed(fixture.name()))) {
                without.add(fixture.name());
            }
        }
        assertThat(without).hasSizeLessThan(ElfFixtures.all().size() / 4);
    }

    @Test
    void ofCompressedFilesSpareTheDecompression() throws IOException {
        Path file = packed("gcc12-v5");
        List<String> expected = answers(file, null, 1);
        assertThat(indexes.make(file, true)).isTrue();
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes.length).isGreaterThan(9000);
        // The ends of the file are compared, and nothing else is read.
        bytes[bytes.length / 2] ^= 1;
        bytes[bytes.length / 2 + 1] ^= 1;
        copy(bytes, "gcc12-v5.gz");
        List<String> given;
        try (DebugData data = DebugData.open(file, indexes)) {
            given = new ArrayList<>();
            for (Section section : data.sections()) {
                if (section.isExecutable() && section.isAllocated()) {
                    for (long at = 0; at < section.size(); at++) {
                        given.add(Long.toHexString(data.address(section) + at) + " "
                                + frames(data, data.address(section) + at));
                    }
                }
            }
        }
        assertThat(given).isNotEmpty().isSubsetOf(expected);
    }

    @Test
    void thatAreDamagedChangeNoAnswer() throws IOException {
        for (Path file : List.of(copy("gcc12-v5"), packed("gcc12-v5"))) {
            indexes.clear();
            List<String> expected = answers(file, null, 7);
            assertThat(indexes.make(file, true)).isTrue();
            Path entry = entry();
            byte[] whole = Files.readAllBytes(entry);
            Random random = new Random(SEED);
            for (int i = 0; i < 150; i++) {
                byte[] damaged = whole.clone();
                int at = random.nextInt(whole.length);
                int count = 1 + random.nextInt(i % 2 == 0 ? 1 : 5000);
                for (int k = at; k < Math.min(whole.length, at + count); k++) {
                    damaged[k] = (byte) (damaged[k] + 1 + random.nextInt(255));
                }
                overwrite(entry, damaged);
                assertThat(answers(file, indexes, 7))
                        .as("damaged at %d, %d bytes", at, count)
                        .isEqualTo(expected);
            }
        }
    }

    private static void overwrite(Path entry, byte[] content) throws IOException {
        Files.write(entry, content);
        Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void thatAreHalfWrittenChangeNoAnswer() throws IOException {
        Path file = copy("gcc12-v5");
        List<String> expected = answers(file, null, 5);
        indexes.make(file, true);
        Path entry = entry();
        byte[] whole = Files.readAllBytes(entry);
        for (int length = 0; length < whole.length; length += 1 + whole.length / 37) {
            overwrite(entry, java.util.Arrays.copyOf(whole, length));
            assertThat(isUsed(file)).isFalse();
            assertThat(answers(file, indexes, 5)).isEqualTo(expected);
        }
    }

    @Test
    void ofAnotherFileAreIgnored() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        Path entry = entry();
        byte[] own = Files.readAllBytes(entry);
        indexes.clear();
        Path other = copy("gcc12-v4");
        assertThat(indexes.make(other, true)).isTrue();
        byte[] foreign = Files.readAllBytes(entry());
        assertThat(isUsed(file)).isFalse();
        overwrite(entry, foreign);
        assertThat(isUsed(file)).isFalse();
        overwrite(entry, own);
        assertThat(isUsed(file)).isTrue();
    }

    @Test
    void areIgnoredOnceTheFileHasChanged() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        assertThat(isUsed(file)).isTrue();
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusNanos(1)));
        assertThat(isUsed(file)).isFalse();
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
        assertThat(isUsed(file)).isTrue();
        byte[] longer = java.util.Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) + 1);
        copy(longer, "gcc12-v5");
        assertThat(isUsed(file)).isFalse();
    }

    @Test
    void ofCompressedFilesAreIgnoredOnceTheFileHasChanged() throws IOException {
        Path file = packed("gcc12-v5");
        indexes.make(file, true);
        byte[] bytes = Files.readAllBytes(file);
        assertThat(isUsed(file)).isTrue();
        Path moved = folder.resolve("moved.gz");
        Files.copy(file, moved);
        Files.setLastModifiedTime(moved, FileTime.from(LONG_AGO));
        assertThat(isUsed(moved)).isFalse();
        for (int at : new int[] {5, bytes.length - 2}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            copy(changed, "gcc12-v5.gz");
            assertThat(indexes.missing()).hasSizeLessThan(3);
            try {
                assertThat(isUsed(file)).isFalse();
            } catch (IOException e) {
                // The change has damaged the file.
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    @Test
    void areNotMadeForAFileThatMayStillChange() throws IOException {
        Path file = copy("gcc12-v5");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        assertThat(indexes.make(file, true)).isFalse();
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3600)));
        assertThat(indexes.make(file, true)).isFalse();
        assertThat(indexes.entries()).isEmpty();
    }

    @Test
    void areNotMadeForSmallFiles() throws IOException {
        SideIndexes large = new SideIndexes(folder.resolve("cache"), Long.MAX_VALUE);
        for (Path file : List.of(copy("gcc12-v5"), packed("gcc12-v5"))) {
            assertThat(large.make(file, true)).isFalse();
            DebugData.open(file, large).close();
        }
        assertThat(large.missing()).isEmpty();
    }

    @Test
    void thatOthersMayWriteAreIgnored() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        Path entry = entry();
        Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(isUsed(file)).isFalse();
        Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(isUsed(file)).isTrue();
        Files.setPosixFilePermissions(indexes.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(isUsed(file)).isFalse();
    }

    @Test
    void areForTheUserAlone() throws IOException {
        indexes.make(copy("gcc12-v5"), true);
        assertThat(Files.getPosixFilePermissions(indexes.folder()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(entry())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void inAFolderThatCannotBeWrittenAreUsed() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        Files.setLastModifiedTime(entry(), FileTime.from(LONG_AGO));
        Files.setPosixFilePermissions(indexes.folder(), PosixFilePermissions.fromString("r-x------"));
        try {
            assertThat(isUsed(file)).isTrue();
            Assumptions.assumeFalse(Files.isWritable(indexes.folder()), "root can write everywhere");
            Path other = copy("gcc12-v4");
            assertThatThrownBy(() -> indexes.make(other, true)).isInstanceOf(IOException.class);
            assertThat(indexes.reserve(List.of())).isFalse();
        } finally {
            Files.setPosixFilePermissions(indexes.folder(), PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void inAPlaceWhereNoFolderCanBeAreNotMade() throws IOException {
        Path file = copy("gcc12-v5");
        SideIndexes nowhere = new SideIndexes(file.resolve("indexes"), Long.MAX_VALUE, 0);
        assertThatThrownBy(() -> nowhere.make(file, true)).isInstanceOf(IOException.class);
        assertThat(nowhere.reserve(List.of())).isFalse();
        assertThat(nowhere.entries()).isEmpty();
        assertThat(nowhere.clear()).isZero();
        assertThat(answers(file, nowhere, 3)).isEqualTo(answers(file, null, 3));
    }

    @Test
    void leaveNothingBehindForADamagedFile() throws IOException {
        byte[] bytes = Files.readAllBytes(elf("gcc12-v5"));
        try (ElfFile elf = ElfFile.open(elf("gcc12-v5"))) {
            Section info = elf.section(".debug_info");
            assertThat(info).isNotNull();
            for (int i = 0; i < 64; i++) {
                bytes[(int) info.offset() + 40 + i] = (byte) 0xff;
            }
        }
        Path file = copy(bytes, "damaged");
        List<String> expected = answers(file, null, 1);
        assertThat(make(file)).isFalse();
        assertThat(indexes.entries()).isEmpty();
        assertThat(answers(file, indexes, 1)).isEqualTo(expected);
        assertThat(indexes.missing()).as("files that no run tries again").isEmpty();
    }

    @Test
    void beyondTheLimitAreDeletedTheLeastRecentlyUsedFirst() throws IOException {
        Path first = copy("gcc12-v5");
        Path second = copy("gcc12-v4");
        indexes.make(first, true);
        long size = Files.size(entry());
        Files.setLastModifiedTime(entry(), FileTime.from(LONG_AGO));
        SideIndexes small = new SideIndexes(indexes.folder(), size + size / 2, 0);
        assertThat(small.make(second, true)).isTrue();
        assertThat(small.entries())
                .extracting(SideIndexes.Entry::file)
                .containsExactly(second.toRealPath().toString());
    }

    @Test
    void rememberWhenTheyWereUsed() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        Files.setLastModifiedTime(entry(), FileTime.from(LONG_AGO));
        assertThat(isUsed(file)).isTrue();
        assertThat(indexes.entries().get(0).used()).isAfter(LONG_AGO.plusSeconds(1000));
    }

    @Test
    void listTheirFilesAndCanBeCleared() throws IOException {
        Path file = copy("gcc12-v5");
        indexes.make(file, true);
        SideIndexes.Entry listed = indexes.entries().get(0);
        assertThat(listed.file()).isEqualTo(file.toRealPath().toString());
        try (DebugData data = DebugData.open(file)) {
            assertThat(listed.buildId()).isEqualTo(String.valueOf(data.buildId()));
        }
        overwrite(indexes.folder().resolve("b-old.index"), new byte[100]);
        assertThat(indexes.entries()).hasSize(2);
        assertThat(indexes.clear()).isEqualTo(2);
        assertThat(indexes.entries()).isEmpty();
        assertThat(isUsed(file)).isFalse();
    }

    @Test
    void nameTheFilesThatHaveNone() throws IOException {
        Path file = copy("gcc12-v5");
        assertThat(isUsed(file)).isFalse();
        assertThat(isUsed(file)).isFalse();
        assertThat(indexes.missing()).containsExactly(file.toAbsolutePath());
    }

    @Test
    void areMadeByOneProcessAtATime() {
        assertThat(indexes.reserve(List.of())).isTrue();
        assertThat(indexes.reserve(List.of())).isFalse();
        indexes.unreserve();
        assertThat(indexes.reserve(List.of())).isTrue();
    }

    @Test
    void ofLaterRunsAreMadeByTheProcessOfTheFirst() throws IOException {
        assertThat(indexes.reserve(List.of(Path.of("/a b")))).isTrue();
        assertThat(indexes.reserve(List.of(Path.of("/c"), Path.of("/d\ne")))).isFalse();
        assertThat(indexes.reserved()).containsExactly(Path.of("/a b"), Path.of("/c"));
        indexes.unreserve();
        assertThatThrownBy(indexes::reserved).isInstanceOf(IOException.class);
    }

    @Test
    void tellAListenerOfTheFirstFileThatHasNone() throws IOException {
        List<String> told = new ArrayList<>();
        SideIndexes listened = indexes.listener(() -> told.add("missing"));
        for (String fixture : List.of("gcc12-v5", "gcc12-v4")) {
            DebugData.open(copy(fixture), listened).close();
        }
        assertThat(told).hasSize(1);
        assertThat(listened.missing()).hasSize(2);
    }

    @Test
    void areReservedForALimitedTime() throws IOException {
        indexes.reserve(List.of());
        Path mark = indexes.folder().resolve("reserved");
        for (Instant time : List.of(LONG_AGO, Instant.now().plusSeconds(100_000))) {
            Files.setLastModifiedTime(mark, FileTime.from(time));
            assertThat(indexes.reserve(List.of())).isTrue();
            assertThat(indexes.reserve(List.of())).isFalse();
        }
    }

    @Test
    void areOffWithoutAHomeOrOnRequest() {
        assertThat(SideIndexes.ofUser(Map.of())).isNull();
        assertThat(SideIndexes.ofUser(Map.of("HOME", "relative"))).isNull();
        assertThat(SideIndexes.ofUser(Map.of("HOME", "/h", "BACKLINE_NO_CACHE", "1")))
                .isNull();
        assertThat(SideIndexes.ofUser(Map.of("HOME", "/h", "BACKLINE_CACHE_SIZE", "0")))
                .isNull();
        SideIndexes found = SideIndexes.ofUser(Map.of("HOME", "/h", "BACKLINE_CACHE_SIZE", "512M"));
        assertThat(found).isNotNull();
        assertThat(found.folder()).isEqualTo(Path.of("/h/.cache/backline/indexes"));
    }
}
