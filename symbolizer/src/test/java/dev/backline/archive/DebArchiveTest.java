package dev.backline.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.debugfiles.SmallKernels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DebArchiveTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
    void readsWhatDpkgDebWrites(String compression) throws Exception {
        byte[] module = new byte[300_000];
        new Random(1).nextBytes(module);
        Path deb = build(compression, module);

        assertThat(extract(deb)).isTrue();

        assertThat(root.resolve("out/usr/lib/a.ko")).hasBinaryContent(module);
        assertThat(root.resolve("out/usr/lib/b.ko")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "xz", "zstd"})
    void namesTheRemedyForADamagedPackage(String compression) throws Exception {
        byte[] module = new byte[300_000];
        new Random(1).nextBytes(module);
        Path deb = build(compression, module);
        byte[] bytes = Files.readAllBytes(deb);

        Files.write(deb, Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> extract(deb))
                .isInstanceOf(DamagedArchiveException.class)
                .hasMessageStartingWith(deb + ": ")
                .hasMessageEndingWith("; delete the file to download it again");
    }

    /** xz with several threads, which Debian uses, compresses in blocks. */
    @Test
    void readsOneFileOfAPackageWithBlocksWithoutTheFilesBeforeIt() throws Exception {
        byte[] module = new byte[300_000];
        new Random(1).nextBytes(module);
        Path deb = build("xz", module);
        assertThat(new DebArchive(deb).hasBlocks()).isFalse();
        assertThat(new DebArchive(build("gzip", module)).hasBlocks()).isFalse();
        Path tree = root.resolve("tree");
        run("tar", "-C", tree.toString(), "--exclude=./DEBIAN", "-cf", root.resolve("data.tar") + "", ".");
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(compressed, new LZMA2Options(0))) {
            byte[] tar = Files.readAllBytes(root.resolve("data.tar"));
            for (int at = 0; at < tar.length; at += 1 << 16) {
                xz.write(tar, at, Math.min(1 << 16, tar.length - at));
                xz.endBlock();
            }
        }
        byte[] data = compressed.toByteArray();
        deb = write(
                member("debian-binary", "4", "2.0\n"),
                member("data.tar.xz", String.valueOf(data.length), new String(data, ISO_8859_1)));

        DebArchive archive = new DebArchive(deb);
        assertThat(archive.hasBlocks()).isTrue();
        List<DebArchive.Member> members = archive.extract(root.resolve("out"), path -> false, bytes -> {});
        assertThat(members).extracting(DebArchive.Member::path).contains("usr/lib/a.ko", "usr/lib/b.ko");
        assertThat(root.resolve("out/usr")).doesNotExist();
        for (DebArchive.Member each : members) {
            long[] unpacked = {0};
            archive.extractOne(root.resolve("out"), each, bytes -> unpacked[0] = bytes);
            assertThat(root.resolve("out").resolve(each.path())).hasSameBinaryContentAs(tree.resolve(each.path()));
            assertThat(unpacked[0]).isLessThan(Files.size(tree.resolve(each.path())) + 4096);
        }
    }

    @Test
    void reportsThatTheHeapIsTooSmallToUnpackThePackage() throws Exception {
        byte[] xz = new byte[24];
        // A block header with a dictionary of 1.5 GiB (xz file format, 3.1)
        System.arraycopy(
                new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 0, (byte) 0xff, 0x12, (byte) 0xd9, 0x41},
                0,
                xz,
                0,
                12);
        System.arraycopy(new byte[] {2, 0, 0x21, 1, 37, 0, 0, 0}, 0, xz, 12, 8);
        CRC32 crc = new CRC32();
        crc.update(xz, 12, 8);
        for (int i = 0; i < 4; i++) {
            xz[20 + i] = (byte) (crc.getValue() >>> 8 * i);
        }
        Path deb =
                write(member("debian-binary", "4", "2.0\n"), member("data.tar.xz", "24", new String(xz, ISO_8859_1)));

        assertThatThrownBy(() -> extract(deb)).hasMessageEndingWith("; give Java a larger heap (-Xmx)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.tar.gz", "data.tar.xz", "data.tar.zst", "data.tar"})
    void reportsContentsThatDoNotMatchTheMembersName(String name) throws Exception {
        Path deb = write(member("debian-binary", "4", "2.0\n"), member(name, "600", "no".repeat(300)));

        assertThatThrownBy(() -> extract(deb))
                .isInstanceOf(DamagedArchiveException.class)
                .hasMessageStartingWith(deb + ": ")
                .hasMessageEndingWith("; delete the file to download it again");
    }

    @Test
    void namesAnUnsupportedCompression() throws Exception {
        Path deb = write(member("debian-binary", "4", "2.0\n"), member("data.tar.lzma", "2", "xx"));

        assertThatThrownBy(() -> extract(deb))
                .hasMessageContaining("the compression of data.tar.lzma is not supported")
                .hasMessageContaining("dpkg-deb -x");
    }

    /** Without a limit, the library would read such a name into memory. */
    @ParameterizedTest
    @ValueSource(strings = {"//", "#1/1999999999"})
    void refusesAnArchiveWithNamesOfGigabytes(String name) throws Exception {
        Path deb = write(member("debian-binary", "4", "2.0\n"), member(name, "1999999999", ""));
        try (RandomAccessFile file = new RandomAccessFile(deb.toFile(), "rw")) {
            file.setLength(2_000_000_500L);
        }

        assertThatThrownBy(() -> extract(deb))
                .isInstanceOf(DamagedArchiveException.class)
                .hasMessageContaining("not a Debian package");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!<arch>\n", "!<arch>\ndebian-binary", "something else"})
    void refusesAFileThatIsNotAPackage(String content) throws Exception {
        Path deb = Files.write(root.resolve("p.deb"), content.getBytes(ISO_8859_1));

        assertThatThrownBy(() -> extract(deb)).hasMessageContaining(deb + ": not a Debian package");
    }

    @Test
    void refusesAnArchiveOfOtherFiles() throws Exception {
        assertThatThrownBy(() -> extract(write(member("data.tar", "1", "x"))))
                .hasMessageContaining("not a Debian package");
        byte[][] many = new byte[100][];
        Arrays.fill(many, member("x/", "0", ""));
        many[0] = member("debian-binary", "4", "2.0\n");
        assertThatThrownBy(() -> extract(write(many))).hasMessageContaining("not a Debian package");
    }

    private boolean extract(Path deb) throws IOException {
        List<DebArchive.Member> members =
                new DebArchive(deb).extract(root.resolve("out"), path -> path.equals("usr/lib/a.ko"), bytes -> {});
        return members.stream().anyMatch(member -> member.path().equals("usr/lib/a.ko"));
    }

    private Path write(byte[]... members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("!<arch>\n".getBytes(ISO_8859_1));
        for (byte[] member : members) {
            out.writeBytes(member);
        }
        return Files.write(root.resolve("p.deb"), out.toByteArray());
    }

    private static byte[] member(String name, String size, String content) {
        return "%-16s%-12s%-6s%-6s%-8s%-10s`\n%s"
                .formatted(name, "0", "0", "0", "100644", size, content)
                .getBytes(ISO_8859_1);
    }

    private Path build(String compression, byte[] module) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not installed");
        Path tree = root.resolve("tree");
        SmallKernels.write(tree.resolve("usr/lib/a.ko"), module);
        SmallKernels.write(tree.resolve("usr/lib/b.ko"), module);
        SmallKernels.write(
                tree.resolve("DEBIAN/control"),
                "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\nDescription: test\n"
                        .getBytes(ISO_8859_1));
        Path deb = root.resolve("p.deb");
        run("dpkg-deb", "-Z" + compression, "--root-owner-group", "--build", tree + "", deb + "");
        return deb;
    }

    private void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(root.resolve("log")))
                .isZero();
    }
}
