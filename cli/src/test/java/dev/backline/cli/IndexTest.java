package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {
    @TempDir
    private Path folder;

    private Path vmlinux;
    private Path module;

    @BeforeEach
    void takeFixtures() throws IOException {
        vmlinux = ElfFixtures.fixture("gcc12-v5").elf();
        module = ElfFixtures.fixture("gcc12-ko-v5").elf();
    }

    private static Cli.Result index(Object... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "index";
        for (int i = 0; i < arguments.length; i++) {
            all[i + 1] = arguments[i].toString();
        }
        return Cli.backline(all);
    }

    @Test
    void writesAnIndexWithTheSameAnswersAsTheFile() {
        Path out = folder.resolve("vmlinux.gsym");

        assertThat(index(vmlinux, "-o", out)).isEqualTo(new Cli.Result(0, "", ""));

        Cli.Result verified = index("--verify", out, "-e", vmlinux);
        assertThat(verified.err()).isEmpty();
        assertThat(verified.out()).endsWith(vmlinux + ": the same\n");
        assertThat(verified.status()).isZero();
    }

    @Test
    void reportsWhereAnIndexDiffersFromTheFile() throws IOException {
        Path out = folder.resolve("vmlinux.gsym");
        index(vmlinux, "-o", out);
        byte[] bytes = Files.readAllBytes(out);
        int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\0net.h\0");
        bytes[name + 1] = 'N';
        Files.write(out, bytes);

        Cli.Result verified = index("--verify", out, "-e", vmlinux);

        assertThat(verified.status()).isEqualTo(1);
        assertThat(verified.out()).contains("DWARF has ", "net.h:", "the index has ", "Net.h:", " differ\n");
    }

    @Test
    void writesEachOfSeveralFilesToADirectory() throws IOException {
        Path out = folder.resolve("indexes");

        assertThat(index(vmlinux, module, "-o", out)).isEqualTo(new Cli.Result(0, "", ""));

        assertThat(out.resolve("gcc12-v5.elf.gsym")).exists();
        assertThat(index("--verify", out.resolve("gcc12-ko-v5.ko.gsym"), "-e", module)
                        .status())
                .isZero();
    }

    @Test
    void findsTheKernelAndTheModulesBelowADirectory() throws IOException {
        Path build = folder.resolve("build");
        Files.createDirectories(build.resolve("net"));
        Files.copy(vmlinux, build.resolve("vmlinux"));
        Files.copy(module, build.resolve("net").resolve("x.ko.debug"));
        Files.writeString(build.resolve("System.map"), "");

        assertThat(index(build, "-o", folder.resolve("indexes"))).isEqualTo(new Cli.Result(0, "", ""));

        assertThat(folder.resolve("indexes"))
                .isDirectoryNotContaining("glob:**System*")
                .isDirectoryContaining("glob:**/vmlinux.gsym")
                .isDirectoryContaining("glob:**/x.ko.gsym");
    }

    @Test
    void continuesAfterAFileThatCannotBeIndexed() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no ELF");
        Path out = folder.resolve("indexes");

        Cli.Result result = index(text, vmlinux, "-o", out);

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).startsWith("backline: " + text).hasLineCount(1);
        assertThat(out).isDirectoryContaining("glob:**/gcc12-v5.elf.gsym");
    }

    @Test
    void indexesOnlyTheCodeOfSelectedSourceFiles() throws IOException {
        Path all = folder.resolve("all.gsym");
        Path some = folder.resolve("some.gsym");
        index(vmlinux, "-o", all);

        assertThat(index(vmlinux, "-o", some, "--only", "tcp.c")).isEqualTo(new Cli.Result(0, "", ""));

        assertThat(Files.size(some)).isLessThan(Files.size(all));
        assertThat(index("--verify", some, "-e", vmlinux).status()).isZero();
    }

    @Test
    void refusesPathsWithoutCompiledCode() {
        Path out = folder.resolve("out.gsym");

        Cli.Result result = index(vmlinux, "-o", out, "--only", "sound/");

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains("has no code that was compiled from sound/");
        assertThat(out).doesNotExist();
    }

    @Test
    void neverOverwritesItsInput() throws IOException {
        Path copy = Files.copy(vmlinux, folder.resolve("vmlinux"));

        Cli.Result result = index(copy, "-o", folder.resolve(".").resolve("vmlinux"));

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains("is an input");
        assertThat(copy).hasSameBinaryContentAs(vmlinux);
    }

    @Test
    void neverReplacesADevice() {
        Cli.Result result = index(vmlinux, "-o", "/dev/null");

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).isEqualTo("backline: /dev/null: is not a regular file\n");
    }

    @Test
    void deletesTheTemporaryFileOfARunKilledADayAgo() throws IOException {
        Path left = Files.writeString(folder.resolve(".out.gsym.999999999.tmp"), "half");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        assertThat(index(vmlinux, "-o", folder.resolve("out.gsym")).status()).isZero();

        assertThat(left).doesNotExist();
    }

    @Test
    void writesToTheTargetOfASymbolicLink() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);

        assertThat(index(vmlinux, "-o", link).status()).isZero();

        assertThat(link).isSymbolicLink();
        assertThat(index("--verify", file, "-e", vmlinux).status()).isZero();
    }

    @Test
    void reportsThatTheIndexCannotBeWritten() {
        Cli.Result result = index(vmlinux, "-o", folder.resolve("missing").resolve("out.gsym"));

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).contains("cannot be written").hasLineCount(1);
    }

    @Test
    void needsAFileAndAnOutput() {
        assertThat(index(vmlinux).status()).isEqualTo(2);
        assertThat(index("-o", folder.resolve("x")).status()).isEqualTo(2);
        assertThat(index("--verify", folder.resolve("x")).status()).isEqualTo(2);
        assertThat(index(vmlinux, "-o", folder.resolve("x"), "--jobs", "0").status())
                .isEqualTo(2);
    }

    /** A vmlinux as a package installs it. */
    private Path debugFiles() throws IOException {
        Path modules = folder.resolve("debug/lib/modules/6.1.0-9-amd64");
        Files.createDirectories(modules);
        Files.copy(vmlinux, modules.resolve("vmlinux"));
        return folder.resolve("debug");
    }

    @Test
    void fillsAStoreThatAnswersAsTheFiles() throws IOException {
        Path debug = debugFiles();
        Path store = folder.resolve("store");

        assertThat(index("--store", store, debug))
                .isEqualTo(new Cli.Result(0, store + ": 1 index added, 0 present\n", ""));
        assertThat(index(debug, "--store", store, "--jobs", "1"))
                .isEqualTo(new Cli.Result(0, store + ": 0 indexes added, 1 present\n", ""));

        assertThat(index("--store", store, "--list").out()).matches("6\\.1\\.0-9-amd64 vmlinux [0-9a-f]{40} [0-9]+\n");
        for (String query : new String[] {"receive+0x40", "account+0x8", "poll+0x10/0x9999", "nothing+0x1"}) {
            Cli.Result file = Cli.backline("symbolize", "--format", "json", "-d", debug.toString(), query);
            Cli.Result stored = Cli.backline("symbolize", "--format", "json", "-d", store.toString(), query);
            assertThat(withoutObject(stored.out())).isEqualTo(withoutObject(file.out()));
            assertThat(stored.status()).isEqualTo(file.status());
        }
    }

    /** The debug file that answered, and the call sites that an index lacks, may differ. */
    private static String withoutObject(String json) {
        return json.replaceAll("\"object\":\"[^\"]*\"", "").replaceAll(",\"edge\":[^,}]*", "");
    }

    @Test
    void addsTheOtherFilesToAStoreIfOneCannotBeIndexed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.ko"), "no ELF");
        Path debug = debugFiles();
        Path store = folder.resolve("store");

        Cli.Result result = index("--store", store, text, debug);

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err()).startsWith("backline: " + text).hasLineCount(1);
        assertThat(result.out()).isEqualTo(store + ": 1 index added, 0 present\n");
    }

    @Test
    void refusesAStoreThatIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Cli.Result result : new Cli.Result[] {
            index("--store", file, vmlinux), index("--store", file, "--list"), index("--store", folder, "--list")
        }) {
            assertThat(result.status()).isEqualTo(3);
            assertThat(result.err()).hasLineCount(1).contains("is not a");
        }
        Object[][] wrong = {
            {"--store", folder},
            {"--list"},
            {"--list", vmlinux, "--store", folder},
            {"--store", folder, vmlinux, "-o", folder.resolve("x")},
            {"--store", folder, vmlinux, "--only", "net/"},
            {"--store", folder, "--verify", file, "-e", file}
        };
        for (Object[] arguments : wrong) {
            assertThat(index(arguments).status()).isEqualTo(2);
        }
    }
}
