package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.ElfData;
import dev.backline.debugfiles.SideIndexes;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands print the same with and without indexes in the cache, and {@code kernel cache} shows the indexes. */
class IndexCacheTest {
    private static final Path FIXTURE = Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf");
    private static final Path CAPTURES = Cli.ROOT.resolve("fixtures/captures");

    @TempDir
    Path folder;

    private SideIndexes indexes;
    private Path vmlinux;

    @BeforeEach
    void start() throws IOException {
        indexes = new SideIndexes(folder.resolve("cache"), Long.MAX_VALUE, 0);
        vmlinux = folder.resolve("vmlinux");
        Files.copy(FIXTURE, vmlinux);
        Files.setLastModifiedTime(vmlinux, FileTime.from(Instant.now().minusSeconds(60)));
    }

    private Cli.Result cached(String... words) {
        return Cli.backline(indexes, "", Map.of(), words);
    }

    @Test
    void listsMakesAndDeletesIndexes() {
        assertThat(cached("kernel", "cache")).isEqualTo(new Cli.Result(0, "", ""));
        assertThat(cached("kernel", "cache", "make", vmlinux.toString())).isEqualTo(new Cli.Result(0, "", ""));
        assertThat(cached("kernel", "cache").out())
                .startsWith(vmlinux + ", build id ")
                .contains(", 1 MB, used 2")
                .hasLineCount(1);
        JsonObject json = JsonParser.parseString(
                        cached("kernel", "cache", "--format", "json").out())
                .getAsJsonObject();
        assertThat(json.get("file").getAsString()).isEqualTo(vmlinux.toString());
        assertThat(json.get("buildId").getAsString()).hasSize(40);
        assertThat(json.get("bytes").getAsLong()).isPositive();
        assertThat(Path.of(json.get("entry").getAsString())).exists();
        assertThat(cached("kernel", "cache", "clear").out()).isEqualTo("deleted 1 index\n");
        assertThat(cached("kernel", "cache").out()).isEmpty();
    }

    @Test
    void saysWhichFilesGetNoIndex() throws IOException {
        Path text = folder.resolve("notes.txt");
        Files.writeString(text, "no ELF file at all, not even a damaged one, only a line of text\n");
        Cli.Result result = cached("kernel", "cache", "make", text.toString(), vmlinux.toString());
        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains("notes.txt").hasLineCount(1);
        assertThat(cached("kernel", "cache").out()).contains("vmlinux").hasLineCount(1);
        Files.setLastModifiedTime(vmlinux, FileTime.from(Instant.now()));
        result = cached("kernel", "cache", "make", vmlinux.toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("gets no index");
    }

    @Test
    void isNotUsedWithNoCache() {
        cached("symbolize", "--no-cache", "-e", vmlinux.toString(), "receive+0x10");
        assertThat(indexes.missing()).isEmpty();
        cached("symbolize", "-e", vmlinux.toString(), "receive+0x10");
        assertThat(indexes.missing()).containsExactly(vmlinux);
    }

    @Test
    void changesNoAnswerOfAFixture() throws IOException {
        Path packed = folder.resolve("module.ko.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(FIXTURE, out);
        }
        Files.setLastModifiedTime(packed, FileTime.from(Instant.now().minusSeconds(60)));
        for (Path file : List.of(vmlinux, packed)) {
            assertThat(cached("kernel", "cache", "make", file.toString()).status())
                    .isZero();
            compare(file, List.of("receive+0x45/0x160", "receive+0x45", "poll+0x1e/0xa0", "nosuch+0x1", "recieve+0x4"));
        }
    }

    @Test
    @Tag("slow")
    void changesNoAnswerOfARecordedLog() throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12)
                .orElseGet(() -> Assumptions.abort(Kernels.howToFetch(Kernels.DEBIAN_12)));
        assertThat(indexes.make(kernel.vmlinux(), true)).isTrue();
        compare(kernel.vmlinux(), List.of("tcp_v4_rcv+0x596/0xee0", "tcp_v4_rcv+0x20"));
        String path = kernel.vmlinux().toString();
        try (Stream<Path> files = Files.list(CAPTURES)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String log = Files.readString(file);
                compare(log, List.of("symbolize", "-e", path, "-"));
                compare(log, List.of("symbolize", "-e", path, "--format", "json", "--edges", "-"));
                compare(log, List.of("explain", "-e", path, "-"));
                compare(log, List.of("report", "-e", path, "--format", "json", "-"));
            }
        }
    }

    private void compare(Path file, List<String> places) throws IOException {
        try (DebugData data = DebugData.open(file, indexes)) {
            assertThat(data)
                    .isInstanceOfSatisfying(
                            ElfData.class, elf -> assertThat(elf.hasIndex()).isTrue());
        }
        String path = file.toString();
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("symbolize", "-e", path));
        commands.add(List.of("symbolize", "-e", path, "--format", "json"));
        commands.add(List.of("symbolize", "-e", path, "--edges", "--explain"));
        commands.add(List.of("faddr2line", path));
        for (List<String> command : commands) {
            List<String> words = new ArrayList<>(command);
            words.addAll(places);
            compare("", words);
        }
        StringBuilder addresses = new StringBuilder();
        try (DebugData data = DebugData.open(file)) {
            data.sections().stream()
                    .filter(each -> each.isExecutable() && each.isAllocated())
                    .forEach(section -> {
                        long step = Math.max(1, section.size() / 500);
                        for (long at = 0; at < section.size() + 16; at += step) {
                            addresses
                                    .append(Long.toHexString(data.address(section) + at))
                                    .append('\n');
                        }
                    });
        }
        compare(addresses.toString(), List.of("addr2line", "-e", path, "-f", "-i", "-a"));
        compare(addresses.toString(), List.of("addr2line", "-e", path, "-p", "-f", "-C"));
    }

    private void compare(String input, List<String> words) {
        String[] command = words.toArray(String[]::new);
        assertThat(Cli.backline(indexes, input, Map.of(), command))
                .as("%s", words)
                .isEqualTo(Cli.backline(input, Map.of(), command));
    }

    @Test
    @Tag("slow")
    void isFilledByAProcessInTheBackground() throws Exception {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12)
                .orElseGet(() -> Assumptions.abort(Kernels.howToFetch(Kernels.DEBIAN_12)));
        String launcher = Cli.ROOT.toAbsolutePath().resolve("backline").toString();
        String query =
                "XDG_CACHE_HOME=" + folder + " " + launcher + " symbolize -e " + kernel.vmlinux() + " tcp_v4_rcv+0x20";

        Cli.Result first = Cli.program(folder, "", "sh", "-c", query);

        SideIndexes made = new SideIndexes(folder.resolve("backline").resolve("indexes"), Long.MAX_VALUE);
        Instant end = Instant.now().plus(Duration.ofMinutes(2));
        while ((made.entries().isEmpty() || Files.exists(made.folder().resolve("reserved")))
                && Instant.now().isBefore(end)) {
            Thread.sleep(100);
        }
        assertThat(made.entries()).hasSize(1);
        assertThat(made.entries().get(0).file())
                .isEqualTo(kernel.vmlinux().toRealPath().toString());
        assertThat(first.status()).isZero();
        assertThat(Cli.program(folder, "", "sh", "-c", query).out()).isEqualTo(first.out());
    }
}
