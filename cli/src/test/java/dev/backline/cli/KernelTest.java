package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelTest {
    @TempDir
    Path folder;

    private Path vmlinux;
    private String buildId;

    @BeforeEach
    void unpack() throws IOException {
        Path fixture = ElfFixtures.fixture("gcc12-v5").elf();
        vmlinux = Files.createDirectories(folder.resolve("debug")).resolve("vmlinux-6.1.0-9-amd64");
        Files.copy(fixture, vmlinux);
        Files.copy(ElfFixtures.fixture("gcc12-ko-v5").elf(), folder.resolve("debug/tcp_x.ko"));
        try (ElfFile elf = ElfFile.open(fixture)) {
            buildId = String.valueOf(elf.buildId());
        }
    }

    @Test
    void listsTheKernelsOfADirectory() {
        Cli.Result result = kernel("list", "-d", folder.toString());

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().findFirst())
                .hasValue("6.1.0-9-amd64: " + vmlinux + ", 1 module (1 in debug directories), build id " + buildId);
    }

    @Test
    void listsTheKernelsOfADirectoryAsJson() {
        String out = kernel("list", "-d", folder.toString(), "--format", "json").out();

        JsonObject first =
                JsonParser.parseString(out.lines().findFirst().orElseThrow()).getAsJsonObject();
        assertThat(first.get("release").getAsString()).isEqualTo("6.1.0-9-amd64");
        assertThat(first.get("buildId").getAsString()).isEqualTo(buildId);
        assertThat(first.get("vmlinux").getAsString()).isEqualTo(vmlinux.toString());
        assertThat(first.get("debugInfo").getAsBoolean()).isTrue();
        assertThat(first.get("modules").getAsInt()).isEqualTo(1);
        assertThat(first.get("running").getAsBoolean()).isFalse();
        assertThat(first.get("problem").isJsonNull()).isTrue();
    }

    @Test
    void printsThePathOfAKernelByReleaseAndByBuildId() {
        assertThat(kernel("where", "-d", folder.toString(), "6.1.0-9-amd64").out())
                .isEqualTo(vmlinux + "\n");
        assertThat(kernel("where", "-d", folder.toString(), buildId).out()).isEqualTo(vmlinux + "\n");
    }

    @Test
    void findsAKernelInTheDebuginfodCacheWithoutAServer() throws IOException {
        Path cached = Files.createDirectories(folder.resolve("cache/debuginfod_client/" + buildId))
                .resolve("debuginfo");
        Files.copy(vmlinux, cached);
        Map<String, String> environment =
                Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString(), "DEBUGINFOD_URLS", "http://127.0.0.1:1");

        assertThat(Cli.backline("", environment, "kernel", "where", buildId).out())
                .isEqualTo(cached + "\n");
        assertThat(Cli.backline("", environment, "kernel", "where", "ff" + buildId.substring(2))
                        .err())
                .contains("no vmlinux found with build id ff")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void printsEachSearchedPlaceWithStatusThree() {
        Cli.Result result = kernel("where", "0.0.0-none");

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith(
                        "backline: no vmlinux found for 0.0.0-none; searched the installed files ('backline kernel where"
                                + " 0.0.0-none' lists the places); ")
                .contains("\nbackline: searched /usr/lib/debug/boot/vmlinux-0.0.0-none\n")
                .contains("\nbackline: searched /usr/src/linux-0.0.0-none/vmlinux\n");
        JsonObject json = JsonParser.parseString(
                        kernel("where", "--format", "json", "0.0.0-none").out())
                .getAsJsonObject();
        assertThat(json.get("vmlinux").isJsonNull()).isTrue();
        assertThat(json.get("problem").getAsString()).startsWith("no vmlinux found for 0.0.0-none; ");
        assertThat(json.get("searched").getAsJsonArray().get(0).getAsString())
                .isEqualTo("/usr/lib/debug/boot/vmlinux-0.0.0-none");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "kernel                   | missing argument: list",
                "kernel where             | 'where' and a release",
                "kernel list x            | needs 'list', 'where'",
                "kernel lost              | needs 'list', 'where'",
                "kernel cache what        | kernel cache lists the cache",
                "kernel cache make        | kernel cache lists the cache",
                "kernel cache clear x     | kernel cache lists the cache",
                "kernel cache             | the cache is off: BACKLINE_NO_CACHE is set",
                "kernel list --format xml | text, json, not 'xml'",
                "kernel list --what       | unknown option '--what'"
            })
    void explainsWrongUsageWithStatusTwo(String arguments, String message) {
        Cli.Result result = Cli.backline(arguments.split(" ", -1));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains(message).hasLineCount(1);
    }

    private static Cli.Result kernel(String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "kernel";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return Cli.backline(words);
    }
}
