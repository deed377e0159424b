package dev.backline.debugfiles;

import static dev.backline.debugfiles.Archives.archive;
import static dev.backline.debugfiles.Archives.checksummed;
import static dev.backline.debugfiles.Archives.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    @TempDir
    Path folder;

    @Test
    void takesOutWantedFilesWithShortAndLongNames() throws IOException {
        String longName = "usr/" + "a".repeat(120) + "/b.ko";
        String paxName = "usr/" + "p".repeat(120) + "/c.ko";
        byte[] tar = archive(
                member("./a.ko", '0', "first"),
                member("./no.txt", '0', "second"),
                member("././@LongLink", 'L', "./" + longName + "\0"),
                member("cut", '0', "third"),
                member("pax", 'x', "9 a=b\n150 path=" + paxName + "\n"),
                member("cut", '0', "fourth"));

        int written = read(tar);

        assertThat(written).isEqualTo(3);
        assertThat(folder.resolve("a.ko")).hasContent("first");
        assertThat(folder.resolve(longName)).hasContent("third");
        assertThat(folder.resolve(paxName)).hasContent("fourth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.ko", "/tmp/evil.ko", "a/../../evil.ko", "a//evil.ko", "a/./evil.ko", "a\\b;.ko"})
    void writesNoMemberThatCouldLeaveTheFolder(String name) throws IOException {
        Path inner = Files.createDirectories(folder.resolve("in/ner"));

        int written = new TarReader("t", new ByteArrayInputStream(archive(member(name, '0', "x"))))
                .extract(inner, path -> true, count -> false, bytes -> {});

        assertThat(written).isZero();
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '5'})
    void writesNoLinksDevicesAndFolders(char type) throws IOException {
        assertThat(read(archive(member("a.ko", type, "")))).isZero();
        assertThat(folder.resolve("a.ko")).doesNotExist();
    }

    @Test
    void refusesArchivesThatEndEarlyOrAreNone() {
        byte[] tar = archive(member("a.ko", '0', "x".repeat(2000)));
        assertThatThrownBy(() -> read(Arrays.copyOf(tar, 1024)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ends within a member");
        byte[] noise = new byte[1024];
        Arrays.fill(noise, (byte) 'x');
        assertThatThrownBy(() -> read(noise))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no tar archive at 0x0");
        byte[] huge = archive(member("long", 'L', "x"));
        System.arraycopy("77777777777".getBytes(StandardCharsets.ISO_8859_1), 0, huge, 124, 11);
        assertThatThrownBy(() -> read(checksummed(huge))).hasMessageContaining("a name is longer");
    }

    private int read(byte[] tar) throws IOException {
        return new TarReader("t", new ByteArrayInputStream(tar))
                .extract(folder, path -> path.endsWith(".ko"), count -> false, bytes -> {});
    }
}
