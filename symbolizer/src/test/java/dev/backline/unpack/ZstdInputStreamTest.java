package dev.backline.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdInputStreamTest {
    /** What {@code zstd -19 --check} writes for "struct sock *sk; ", 2,000 times. */
    private static final byte[] FRAME =
            HexFormat.of().parseHex("28b52ffd0468cd00008873747275637420736f636b202a736b3b2001007909a4cf25809c49de");

    private static final byte[] PLAIN = "struct sock *sk; ".repeat(2_000).getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-2",
                "-3",
                "-4",
                "-5",
                "-6",
                "-7",
                "-8",
                "-9",
                "-10",
                "-11",
                "-12",
                "-13",
                "-14",
                "-15",
                "-16",
                "-17",
                "-18",
                "-19",
                "--ultra -22",
                "--fast=1",
                "--fast=5",
                "--fast=40",
                "--long",
                "--no-check -3",
                "-B4096 -3",
                "-3 --no-compress-literals",
                "-1 --compress-literals",
                "--zstd=wlog=10",
                "--zstd=wlog=12,mml=7 -13"
            })
    void decompressesWhatTheZstdToolWritesWithEachOption(String options) throws IOException {
        for (Map.Entry<String, byte[]> input : inputs().entrySet()) {
            Optional<byte[]> packed = Zstd.tool(input.getValue(), options.split(" "));
            assumeThat(packed).as("the zstd tool").isPresent();
            assertThat(decompress(packed.orElseThrow()))
                    .as("%s, %d bytes", input.getKey(), input.getValue().length)
                    .isEqualTo(input.getValue());
        }
    }

    @Test
    void checksTheChecksumOfFramesOfAnySize() throws IOException {
        byte[] random = new byte[200];
        new Random(1).nextBytes(random);
        for (int size = 0; size < random.length; size += 7) {
            byte[] plain = Arrays.copyOf(random, size);
            Optional<byte[]> packed = Zstd.tool(plain, "--check");
            assumeThat(packed).as("the zstd tool").isPresent();
            assertThat(decompress(packed.orElseThrow())).isEqualTo(plain);
        }
    }

    @Test
    void refusesADataChangeThatOnlyTheChecksumShows() throws IOException {
        assertThat(decompress(FRAME)).isEqualTo(PLAIN);
        byte[] damaged = FRAME.clone();
        damaged[12] ^= 1; // a literal
        assertThatThrownBy(() -> decompress(damaged))
                .isInstanceOf(UnpackException.class)
                .hasMessage("the checksum of a zstd frame does not match");
    }

    @Test
    void decompressesFramesOneAfterTheOtherAndSkipsSkippableOnes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(hex("5a2a4d18 03000000 010203"));
        out.write(FRAME);
        out.write(hex("502a4d18 00000000"));
        out.write(FRAME);
        assertThat(decompress(out.toByteArray())).isEqualTo(("struct sock *sk; ".repeat(4_000)).getBytes());
    }

    @Test
    void decompressesRawAndRleBlocks() throws IOException {
        byte[] plain = new byte[1 << 20];
        Arrays.fill(plain, 200_000, 700_000, (byte) 7);
        byte[] random = new byte[200_000];
        new Random(1).nextBytes(random);
        System.arraycopy(random, 0, plain, 700_000, random.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream frame = Zstd.writer(out)) {
            frame.write(plain);
        }
        assertThat(out.size()).isLessThan(plain.length);
        assertThat(decompress(out.toByteArray())).isEqualTo(plain);
        assertThat(decompress(new byte[0])).isEmpty();
    }

    @Test
    void namesWhatItDoesNotSupport() {
        assertThatThrownBy(() -> decompress(hex("28b52ffd 23 2a000000 00 010000")))
                .hasMessage("the zstd data needs dictionary 42; dictionaries are not supported");
        assertThatThrownBy(() -> decompress(hex("28b52ffd 00 98 010000")))
                .hasMessage("the zstd data needs a window of 536870912 bytes; the limit is 134217728");
        assertThatThrownBy(() -> decompress(hex("1f8b0800 00000000")))
                .hasMessage("a zstd frame does not begin with its magic number");
        assertThatThrownBy(() -> decompress(hex("28b52ffd 08 98 010000")))
                .hasMessage("a zstd frame has a reserved bit");
        assertThatThrownBy(() -> decompress(hex("28b52ffd 2003 010000")))
                .hasMessage("a zstd frame decompresses to 0 bytes; its header states 3");
        assertThatThrownBy(() -> decompress(hex("28b52ffd 0000 070000")))
                .hasMessage("a zstd block has a reserved type");
    }

    @Test
    void reportsDataThatEndsEarlyWhereverItIsCut() throws IOException {
        for (int length = 1; length < FRAME.length; length++) {
            byte[] cut = Arrays.copyOf(FRAME, length);
            assertThatThrownBy(() -> decompress(cut)).isInstanceOf(UnpackException.class);
        }
    }

    @Test
    void throwsOnlyItsExceptionForDamagedData() throws IOException {
        Random random = new Random(1);
        byte[] elf = Files.readAllBytes(ElfFixtures.elfFiles().get(0));
        for (String options : new String[] {"-1", "-19", "--fast=3"}) {
            byte[] packed = Zstd.tool(Arrays.copyOf(elf, 20_000), options).orElse(FRAME);
            for (int i = 0; i < 3_000; i++) {
                byte[] damaged = packed.clone();
                for (int change = random.nextInt(4); change >= 0; change--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    decompress(damaged);
                } catch (UnpackException e) {
                    assertThat(e).hasMessageNotContaining("null");
                }
            }
        }
    }

    @Test
    void givesOutWhatComesBeforeTheDamage() throws IOException {
        byte[] cut = Arrays.copyOf(FRAME, FRAME.length - 1);
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(join(FRAME, cut)))) {
            assertThat(in.readNBytes(PLAIN.length)).isEqualTo(PLAIN);
            assertThatThrownBy(in::read).isInstanceOf(UnpackException.class);
        }
    }

    private static Map<String, byte[]> inputs() throws IOException {
        Map<String, byte[]> inputs = new LinkedHashMap<>();
        Random random = new Random(1);
        byte[] noise = new byte[300_000];
        random.nextBytes(noise);
        inputs.put("nothing", new byte[0]);
        inputs.put("a byte", new byte[] {42});
        inputs.put("text", PLAIN);
        inputs.put("zeros", new byte[1_000_000]);
        inputs.put("noise", noise);
        byte[] skewed = new byte[400_000];
        for (int i = 0; i < skewed.length; i++) {
            skewed[i] = (byte) Math.abs(random.nextGaussian() * 20);
        }
        inputs.put("skewed bytes", skewed);
        byte[] copies = new byte[3_000_000];
        for (int at = 0; at < copies.length; ) {
            int length = Math.min(copies.length - at, 1 + random.nextInt(300));
            System.arraycopy(noise, random.nextInt(noise.length - 300), copies, at, length);
            at += length;
        }
        inputs.put("copies from afar", copies);
        for (Path file : ElfFixtures.elfFiles().subList(0, 6)) {
            inputs.put(file.toString(), Files.readAllBytes(file));
        }
        return inputs;
    }

    private static byte[] decompress(byte[] packed) throws IOException {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
