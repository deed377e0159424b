package dev.backline.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.fixtures.ElfFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

class XzFileTest {
    private static final int MEGABYTE = 1 << 20;

    /** Text, debug information, bytes that do not compress, zeros, and a match from far away. */
    private static byte[] sample = {};

    /** A few hundred bytes, packed: each byte of it can be damaged in each way. */
    private static byte[] little = {};

    @TempDir
    Path folder;

    @BeforeAll
    static void makeSamples() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write("struct sock *sk; ".repeat(500).getBytes(StandardCharsets.US_ASCII));
        for (ElfFixtures.Fixture fixture : ElfFixtures.all().subList(0, 12)) {
            out.write(Files.readAllBytes(fixture.elf()));
        }
        byte[] noise = new byte[200_000];
        new Random(17).nextBytes(noise);
        out.write(noise);
        out.write(new byte[100_000]);
        out.write(out.toByteArray(), 5000, 150_000);
        sample = out.toByteArray();
        little = Arrays.copyOfRange(sample, 9000, 9600);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0",
                "-1",
                "-2",
                "-3",
                "-4",
                "-5",
                "-6",
                "-7",
                "-8",
                "-9",
                "-0e",
                "-3e",
                "-6e",
                "-9e",
                "--check=none",
                "--check=crc32",
                "--check=crc64",
                "--check=sha256",
                "--check=crc32 --lzma2=dict=1MiB",
                "--lzma2=dict=4KiB",
                "--lzma2=dict=96KiB,nice=273",
                "--lzma2=lc=0,lp=0,pb=0",
                "--lzma2=lc=4,lp=0,pb=4",
                "--lzma2=lc=0,lp=4,pb=1",
                "--lzma2=lc=1,lp=3,pb=2",
                "--lzma2=mode=fast,mf=hc3",
                "--block-size=50000",
                "--block-size=4096 --check=sha256",
                "-T2 --block-size=65536"
            })
    void decompressesWhatXzCompresses(String options) throws IOException, InterruptedException {
        Path file = folder.resolve("sample");
        Files.write(file, sample);
        List<String> command = new ArrayList<>(List.of("xz", "--keep"));
        command.addAll(List.of(options.split(" ")));
        command.add(file.toString());
        Process xz;
        try {
            xz = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            Assumptions.abort("xz is not installed");
            return;
        }
        assertThat(xz.waitFor()).isZero();
        assertThat(unpack(Files.readAllBytes(folder.resolve("sample.xz")))).isEqualTo(sample);
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "3,0,2", "4,0,4", "0,4,4", "2,2,0", "1,3,3"})
    void decompressesWhateverTheBitsOfContextAndPosition(int lc, int lp, int pb) throws IOException {
        LZMA2Options options = new LZMA2Options(1);
        options.setLcLp(lc, lp);
        options.setPb(pb);
        assertThat(unpack(pack(sample, XZ.CHECK_CRC32, options))).isEqualTo(sample);
    }

    @ParameterizedTest
    @ValueSource(ints = {XZ.CHECK_NONE, XZ.CHECK_CRC32, XZ.CHECK_CRC64, XZ.CHECK_SHA256})
    void checksTheDecompressedData(int check) throws IOException {
        byte[] packed = pack(sample, check, new LZMA2Options(0));
        assertThat(unpack(packed)).isEqualTo(sample);
        if (check != XZ.CHECK_NONE) {
            packed[indexOf(packed) - 1] ^= 1;
            assertThatThrownBy(() -> unpack(packed))
                    .isInstanceOf(UnpackException.class)
                    .hasMessage("the decompressed data has another checksum than the file states");
        }
    }

    @Test
    void decompressesStreamsThatAreJoinedWithPadding() throws IOException {
        byte[] one = pack(little, XZ.CHECK_CRC32, new LZMA2Options(0));
        byte[] other = pack(sample, XZ.CHECK_CRC64, new LZMA2Options(0));
        byte[] empty = pack(new byte[0], XZ.CHECK_NONE, new LZMA2Options(0));
        byte[] all = join(one, new byte[8], other, other, new byte[5000], empty, new byte[4], empty, new byte[256]);
        assertThat(unpack(all)).isEqualTo(join(little, sample, sample));
        assertThat(unpack(empty)).isEmpty();
        for (byte[] wrong : List.of(
                join(one, new byte[3], other),
                join(one, new byte[6]),
                join(new byte[4], one),
                join(one, new byte[] {1, 0, 0, 0}),
                new byte[0],
                new byte[400])) {
            assertThat(XzOracle.decode(wrong, MEGABYTE)).isNull();
        }
    }

    @Test
    void decompressesBlocksOfDifferentSizes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(0), XZ.CHECK_CRC32)) {
            xz.endBlock();
            xz.write(sample, 0, 1);
            xz.endBlock();
            xz.write(sample, 1, 100_000);
            xz.flush();
            xz.write(sample, 100_001, 70_000);
            xz.endBlock();
            xz.write(sample, 170_001, sample.length - 170_001);
        }
        assertThat(unpack(out.toByteArray())).isEqualTo(sample);
    }

    @Test
    void refusesOtherFilters() throws IOException {
        byte[] packed = pack(sample, XZ.CHECK_CRC32, new X86Options(), new LZMA2Options(0));
        assertThatThrownBy(() -> unpack(packed)).isInstanceOf(UnsupportedFilterException.class);
    }

    @Test
    void refusesAKindOfCheckThatNobodyKnows() throws IOException {
        byte[] packed = pack(new byte[100], XZ.CHECK_CRC32, new LZMA2Options(0));
        packed[7] = 2;
        packed[packed.length - 3] = 2;
        putCrc(packed, 6, 2, 8);
        putCrc(packed, packed.length - 8, 6, packed.length - 12);
        assertThatThrownBy(() -> unpack(packed)).hasMessage("the kind of check 2 is not supported");
        assertThat(XzOracle.decode(packed, MEGABYTE)).isNull();
    }

    @Test
    void refusesMatchesFromBeyondTheDictionary() throws IOException {
        byte[] packed = pack(sample, XZ.CHECK_CRC32, new LZMA2Options(1));
        assertThat(packed[16]).isEqualTo((byte) 16);
        packed[16] = 4;
        putCrc(packed, 12, 8, 20);
        assertThatThrownBy(() -> unpack(packed)).hasMessage("a chunk is damaged");
        assertThat(XzOracle.decode(packed, MEGABYTE)).isNull();
    }

    @Test
    void statesTheSizeWithoutDecompressing() throws IOException {
        byte[] packed = pack(new byte[5 * MEGABYTE], XZ.CHECK_CRC32, new LZMA2Options(0));
        assertThat(XzOracle.open(packed).size()).isEqualTo(5 * MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {XZ.CHECK_NONE, XZ.CHECK_CRC32})
    void damageNeverGivesAnotherResultThanXzForJava(int check) throws IOException {
        byte[] packed = join(
                pack(little, check, new LZMA2Options(6)),
                new byte[4],
                pack(Arrays.copyOf(new byte[] {1, 2, 3}, 300), check, new LZMA2Options(0)));
        for (int at = 0; at < packed.length; at++) {
            assertThat(XzOracle.decode(Arrays.copyOf(packed, at), MEGABYTE))
                    .as("cut at %d", at)
                    .satisfiesAnyOf(
                            cut -> assertThat(cut).isNull(),
                            cut -> assertThat(cut).isEqualTo(little));
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = packed.clone();
                damaged[at] ^= (byte) (1 << bit);
                XzOracle.decode(damaged, MEGABYTE);
            }
        }
    }

    /** With right checksums, damage reaches the code behind them. */
    @Test
    void damagedHeadersWithRightChecksumsGiveWhatXzForJavaGives() throws IOException {
        byte[] packed = pack(little, XZ.CHECK_NONE, new LZMA2Options(1));
        int index = indexOf(packed);
        int footer = packed.length - 12;
        int header = 12 + 4 * (packed[12] + 1);
        for (int at = 0; at < packed.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] damaged = packed.clone();
                damaged[at] = (byte) value;
                putCrc(damaged, 6, 2, 8);
                putCrc(damaged, 12, header - 16, header - 4);
                putCrc(damaged, index, footer - index - 4, footer - 4);
                putCrc(damaged, footer + 4, 6, footer);
                // XZ for Java allocates the dictionary that the header states, up to 64 MiB here
                if (at != header - 8 || value < 28) {
                    XzOracle.decode(damaged, MEGABYTE);
                }
            }
        }
    }

    @Test
    void damageInALargeFileNeverGivesAnotherResultThanXzForJava() throws IOException {
        byte[] packed = pack(sample, XZ.CHECK_NONE, new LZMA2Options(1));
        Random random = new Random(18);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = packed.clone();
            int at = random.nextInt(packed.length);
            damaged[at] = (byte) random.nextInt(256);
            XzOracle.decode(damaged, 4 * MEGABYTE);
        }
    }

    @Test
    void theCrc64OfTheStandardsExampleIsRight() {
        byte[] digits = "x123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Crc64.of(digits, 1, 10)).isEqualTo(0x995DC9BBDF1939FAL);
        assertThat(Crc64.of(digits, 1, 1)).isZero();
    }

    /** Decompresses with both decoders. */
    private static byte[] unpack(byte[] file) throws IOException {
        byte[] result = XzOracle.open(file).unpack();
        assertThat(XzOracle.decode(file, Integer.MAX_VALUE)).isEqualTo(result);
        return result;
    }

    private static byte[] pack(byte[] plain, int check, FilterOptions... filters) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, filters, check)) {
            xz.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Where the index of a file's last stream starts. */
    private static int indexOf(byte[] file) {
        int footer = file.length - 12;
        return footer - 4 * ((file[footer + 4] & 0xff) + 1);
    }

    private static void putCrc(byte[] file, int start, int length, int at) {
        CRC32 crc = new CRC32();
        crc.update(file, start, length);
        for (int i = 0; i < 4; i++) {
            file[at + i] = (byte) (crc.getValue() >> 8 * i);
        }
    }
}
