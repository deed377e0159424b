package dev.backline.archive;

import static dev.backline.archive.Archives.archive;
import static dev.backline.archive.Archives.checksummed;
import static dev.backline.archive.Archives.member;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    /** The pax records of a sparse file with its map in front of its data (GNU tar's format 1.0). */
    private static final String SPARSE =
            "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n24 GNU.sparse.name=a.ko\n34 GNU.sparse.realsize=2000000000\n";

    @TempDir
    Path folder;

    @Test
    void writesWantedFilesWithShortAndLongNames() throws IOException {
        String longName = "usr/" + "a".repeat(120) + "/b.ko";
        String paxName = "usr/" + "p".repeat(120) + "/c.ko";
        byte[] tar = archive(
                member("./a.ko", '0', "first"),
                member("./no.txt", '0', "second"),
                member("././@LongLink", 'L', "./" + longName + "\0"),
                member("cut", '0', "third"),
                member("pax", 'x', "6 a=b\n" + (10 + paxName.length()) + " path=" + paxName + "\n"),
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
    void refusesTruncatedArchivesAndOtherFiles() {
        byte[] tar = archive(member("a.ko", '0', "x".repeat(2000)));
        assertThatThrownBy(() -> read(Arrays.copyOf(tar, 1024)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ends within a member");
        byte[] noise = new byte[1024];
        Arrays.fill(noise, (byte) 'x');
        assertThatThrownBy(() -> read(noise))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("malformed tar archive at 0x");
        assertThatThrownBy(() -> read(Arrays.copyOf(tar, tar.length - 1024 + 100)))
                .hasMessageContaining("ends within a member");
        byte[] damaged = tar.clone();
        damaged[0] ^= 1;
        assertThatThrownBy(() -> read(damaged)).hasMessageContaining("malformed tar archive");
    }

    /** Endless headers would fill the heap, or the stack if the reader recurses. */
    static Stream<Arguments> endlessHeaders() {
        return Stream.of(
                Arguments.of("a long name", endless(sized('L', Integer.MAX_VALUE), new byte[] {'a'})),
                Arguments.of("one pax record", endless(sized('x', Integer.MAX_VALUE), bytes("2000000000 path="))),
                Arguments.of("pax records", endless(sized('x', Integer.MAX_VALUE), bytes("6 a=b\n"))),
                Arguments.of(
                        "a sparse map", endless(member("s", 'x', SPARSE), sized('0', 1 << 30), bytes("2000000000\n"))),
                Arguments.of("pax headers", endless(member("pax", 'x', "6 a=b\n"))),
                Arguments.of("long names", endless(member("long", 'L', "name\0"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endlessHeaders")
    void refusesEndlessHeaders(String what, InputStream archive) {
        assertThatThrownBy(() -> new TarReader("t", archive).extract(folder, path -> true, count -> false, bytes -> {}))
                .as(what)
                .isInstanceOf(DamagedArchiveException.class)
                .hasMessageMatching(
                        "t: malformed tar archive at 0x1\\p{XDigit}{4}: a member's headers have more than 65536 bytes");
    }

    /** The library would keep the records of all members in memory. */
    @Test
    void refusesGlobalPaxHeaders() {
        assertThatThrownBy(() -> read(archive(member("pax", 'g', "6 a=b\n"), member("a.ko", '0', "x"))))
                .isInstanceOf(DamagedArchiveException.class)
                .hasMessageContaining("malformed tar archive at 0x200");
    }

    /** A sparse member can expand to more zeros than the disk holds. */
    @Test
    void refusesSparseMembers() {
        byte[] old = member("a.ko", 'S', "x");
        System.arraycopy("77777777777".getBytes(ISO_8859_1), 0, old, 483, 11);
        assertThatThrownBy(() -> read(archive(checksummed(old)))).hasMessageContaining("malformed tar archive");
        assertThatThrownBy(() -> read(archive(member("s", 'x', SPARSE), member("a.ko", '0', "1\n8000000000\n1\n"))))
                .hasMessageContaining("malformed tar archive");
        assertThat(folder.resolve("a.ko")).doesNotExist();
    }

    private static byte[] sized(char type, int size) {
        byte[] header = Arrays.copyOf(member("a.ko", type, ""), 512);
        System.arraycopy("%011o".formatted(size).getBytes(ISO_8859_1), 0, header, 124, 11);
        return checksummed(header);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** The parts, then the last part repeated without end. */
    private static InputStream endless(byte[]... parts) {
        return new InputStream() {
            private int part;
            private int at;

            @Override
            public int read() {
                if (at == parts[part].length) {
                    part = Math.min(part + 1, parts.length - 1);
                    at = 0;
                }
                return parts[part][at++] & 0xff;
            }
        };
    }

    private int read(byte[] tar) throws IOException {
        return new TarReader("t", new ByteArrayInputStream(tar))
                .extract(folder, path -> path.endsWith(".ko"), count -> false, bytes -> {});
    }
}
