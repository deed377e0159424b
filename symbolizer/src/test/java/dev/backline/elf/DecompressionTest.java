package dev.backline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backline.fixtures.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.DeltaOptions;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DecompressionTest {
    private static final byte[] PLAIN = "struct sock *sk; ".repeat(2_000).getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1,true,true", "1,true,false", "1,false,true", "1,false,false", "2,true,false", "2,false,true"})
    void decompressesSections(int type, boolean is64, boolean big) throws IOException {
        ElfFile file = compressed(is64, big, type, PLAIN.length, type == 1 ? zlib(PLAIN) : zstd(PLAIN));
        SectionData data = file.debugData(".debug_str");
        assertThat(data).isNotNull();
        assertThat(data.size()).isEqualTo(PLAIN.length);
        assertThat(data.read(0, PLAIN.length)).isEqualTo(PLAIN);
        assertThat(data.read(17_005, 12)).isEqualTo(Arrays.copyOfRange(PLAIN, 17_005, 17_017));
    }

    @Test
    void decompressesAnEmptySection() throws IOException {
        assertThat(read(compressed(true, false, 1, 0, zlib(new byte[0])))).isEmpty();
        assertThat(read(compressed(true, false, 2, 0, zstd(new byte[0])))).isEmpty();
    }

    @Test
    void decompressesSeveralZlibStreamsInOneSection() throws IOException {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.write(zlib(Arrays.copyOf(PLAIN, 1000)));
        two.write(zlib(Arrays.copyOfRange(PLAIN, 1000, PLAIN.length)));
        assertThat(read(compressed(true, false, 1, PLAIN.length, two.toByteArray())))
                .isEqualTo(PLAIN);
    }

    @Test
    void decompressesZdebugSections() throws IOException {
        ElfBuilder b = ElfBuilder.executable();
        byte[] size = new byte[8];
        Words.put(size, 0, 8, true, PLAIN.length);
        b.debug(
                ".zdebug_str",
                b.bytes()
                        .raw(new byte[] {'Z', 'L', 'I', 'B'})
                        .raw(size)
                        .raw(zlib(PLAIN))
                        .bytes());
        assertThat(read(b.open())).isEqualTo(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesDataWhoseSizeIsNotTheStatedOne(int type) throws IOException {
        byte[] data = type == 1 ? zlib(PLAIN) : zstd(PLAIN);
        for (long size : new long[] {PLAIN.length - 1, PLAIN.length + 1, 0, 1L << 62, -1, 300L << 20}) {
            assertThatThrownBy(() -> read(compressed(true, false, type, size, data)))
                    .as("%d bytes", size)
                    .isInstanceOf(ElfException.class)
                    .hasMessageStartingWith("f: .debug_str: ");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesDamagedDataEachTime(int type) throws IOException {
        byte[] data = type == 1 ? zlib(PLAIN) : zstd(PLAIN);
        for (int cut = 0; cut < data.length; cut++) {
            ElfFile file = compressed(true, false, type, PLAIN.length, Arrays.copyOf(data, cut));
            assertThatThrownBy(() -> read(file)).isInstanceOf(ElfException.class);
            assertThatThrownBy(() -> read(file)).isInstanceOf(ElfException.class);
        }
        byte[] damaged = data.clone();
        damaged[damaged.length / 2] ^= 0x55;
        assertThatThrownBy(() -> read(compressed(true, false, type, PLAIN.length, damaged)))
                .isInstanceOf(ElfException.class);
    }

    @Test
    void namesAnUnsupportedCompression() {
        assertThatThrownBy(() -> read(compressed(true, false, 7, 8, new byte[8])))
                .hasMessage("f: .debug_str: ch_type is 7; supported: ELFCOMPRESS_ZLIB (1) and ELFCOMPRESS_ZSTD (2)");
    }

    @Test
    void refusesASizeThatDoesNotFitInMemory() {
        long most = Runtime.getRuntime().maxMemory();
        byte[] data = new byte[(int) Math.min(most / 1000, 50 << 20)];
        assertThatThrownBy(() -> read(compressed(true, false, 1, Math.min(most, Integer.MAX_VALUE - 20), data)))
                .hasMessageContaining("-Xmx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd"})
    void opensModulesThatAreCompressedAsAWhole(String method) throws IOException {
        ElfBuilder b = ElfBuilder.object();
        b.function("nf_hook", 0, 4, b.text(".text", 0, 16));
        b.debug(".debug_str", PLAIN);
        Path path = folder.resolve("m.ko");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = compressor(method, packed)) {
            out.write(b.build());
        }
        Files.write(path, packed.toByteArray());
        try (ElfFile file = ElfFile.open(path)) {
            assertThat(file.path()).isEqualTo(path);
            assertThat(file.symbols().named("nf_hook")).hasSize(1);
            assertThat(read(file)).isEqualTo(PLAIN);
        }
        byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
        Files.write(path, cut);
        assertThatThrownBy(() -> ElfFile.open(path))
                .isInstanceOf(ElfException.class)
                .hasMessageStartingWith(path + ": the compressed data (" + method + ") is damaged");
    }

    @Test
    void theSizeAtTheEndOfAGzipFileIsOnlyAHint() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        int size = 0;
        for (int length : new int[] {200_000, 100_000, 1}) {
            try (OutputStream out = new GZIPOutputStream(packed)) {
                out.write(new byte[length]);
            }
            size += length;
            ByteSource source = new ByteSource.OfArray(packed.toByteArray());
            assertThat(Unpacking.unpack("f", "gzip", source, 64 << 20)).hasSize(size);
            assertThat(Unpacking.unpack("f", "gzip", source, size)).hasSize(size);
            int less = size - 1;
            assertThatThrownBy(() -> Unpacking.unpack("f", "gzip", source, less))
                    .isInstanceOf(ElfException.class);
        }
    }

    @Test
    void decompressesXzFilesWithOtherFiltersThanLzma2() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        FilterOptions[] filters = {new DeltaOptions(4), new LZMA2Options(1)};
        try (OutputStream out = new XZOutputStream(packed, filters)) {
            out.write(PLAIN);
        }
        ByteSource source = new ByteSource.OfArray(packed.toByteArray());
        assertThat(Unpacking.unpack("f", "xz", source, 64 << 20)).isEqualTo(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd"})
    void refusesToDecompressAFileBeyondTheLimit(String method) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = compressor(method, packed)) {
            out.write(new byte[3 << 20]);
        }
        ByteSource source = new ByteSource.OfArray(packed.toByteArray());
        assertThat(Unpacking.method(source)).isEqualTo(method);
        assertThat(Unpacking.unpack("f", method, source, 3 << 20)).hasSize(3 << 20);
        assertThatThrownBy(() -> Unpacking.unpack("f", method, source, (3 << 20) - 1))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("more than 3145727 bytes", "-Xmx");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void readsALargeSectionForwardInAWindowAndInAnyOrderAsAWhole(int type) throws IOException {
        byte[] plain = large();
        ElfFile file = compressed(true, false, type, plain.length, type == 1 ? zlib(plain) : zstd(plain));
        SectionData data = file.debugData(".debug_str");
        assertThat(data).isNotNull();
        for (int at = 0; at + 5_000 <= plain.length; at += 1_000_003) {
            assertThat(data.read(at, 5_000)).isEqualTo(Arrays.copyOfRange(plain, at, at + 5_000));
            assertThat(data.read(at, 9)).isEqualTo(Arrays.copyOfRange(plain, at, at + 9));
        }
        assertThat(file.retainedBytes()).isLessThan(plain.length / 2);
        assertThat(data.read(7, 9)).isEqualTo(Arrays.copyOfRange(plain, 7, 16));
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            int at = random.nextInt(plain.length);
            int length = Math.min(random.nextInt(50_000), plain.length - at);
            assertThat(data.read(at, length)).isEqualTo(Arrays.copyOfRange(plain, at, at + length));
        }
        assertThat(data.read(0, plain.length)).isEqualTo(plain);
        file.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void keepsALargeSectionThatManyReadsAreToldFor(int type) throws IOException {
        byte[] plain = large();
        for (int before : new int[] {-1, 0, 20 << 20}) {
            ElfFile file = compressed(true, false, type, plain.length, type == 1 ? zlib(plain) : zstd(plain));
            SectionData data = file.debugData(".debug_str");
            assertThat(data).isNotNull();
            if (before >= 0) {
                assertThat(data.read(before, 9)).isEqualTo(Arrays.copyOfRange(plain, before, before + 9));
            }
            file.keepDecompressed();
            for (int at : new int[] {22 << 20, 0, 10 << 20}) {
                assertThat(data.read(at, 9)).isEqualTo(Arrays.copyOfRange(plain, at, at + 9));
            }
            assertThat(file.retainedBytes()).isBetween((long) plain.length, plain.length + 100_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void reportsDamageOnlyToReadsThatNeedTheDamagedPart(int type) throws IOException {
        byte[] plain = large();
        byte[] packed = type == 1 ? zlib(plain) : zstd(plain);
        ElfFile file = compressed(true, false, type, plain.length, Arrays.copyOf(packed, packed.length / 2));
        SectionData data = file.debugData(".debug_str");
        assertThat(data).isNotNull();
        for (int i = 0; i < 2; i++) {
            assertThat(data.read(1_000, 9)).isEqualTo(Arrays.copyOfRange(plain, 1_000, 1_009));
            assertThatThrownBy(() -> data.read(23 << 20, 9))
                    .isInstanceOf(ElfException.class)
                    .hasMessageStartingWith("f: .debug_str: ")
                    .hasMessageContaining("ends early");
        }
    }

    @Test
    void readsALargeSectionOnSeveralThreads() throws Exception {
        byte[] plain = large();
        ElfFile file = compressed(true, false, 1, plain.length, zlib(plain));
        SectionData data = file.debugData(".debug_str");
        assertThat(data).isNotNull();
        IntStream.range(0, 400).parallel().forEach(i -> {
            int at = (int) (i * 7_654_321L % (plain.length - 100_000));
            try {
                assertThat(data.read(at, 100_000)).isEqualTo(Arrays.copyOfRange(plain, at, at + 100_000));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** 24 MB, of which each part is different. */
    private static byte[] large() {
        byte[] plain = new byte[24 << 20];
        Random random = new Random(1);
        for (int at = 0; at < plain.length; ) {
            int length = Math.min(plain.length - at, 1 + random.nextInt(2_000));
            Arrays.fill(plain, at, at + length, (byte) random.nextInt());
            at += length;
        }
        return plain;
    }

    private static OutputStream compressor(String method, OutputStream out) throws IOException {
        return switch (method) {
            case "gzip" -> new GZIPOutputStream(out);
            case "xz" -> new XZOutputStream(out, new LZMA2Options(1));
            default -> Zstd.writer(out);
        };
    }

    private static byte[] read(ElfFile file) throws IOException {
        SectionData data = file.debugData(".debug_str");
        return data == null ? new byte[0] : data.read(0, (int) data.size());
    }

    private static ElfFile compressed(boolean is64, boolean big, int type, long size, byte[] data) throws ElfException {
        ElfBuilder b = new ElfBuilder(is64, big, ElfHeader.ET_EXEC, ElfHeader.EM_PPC64);
        ElfBuilder.Bytes content = b.bytes().u32(type);
        if (is64) {
            content.u32(0);
        }
        content.word(size).word(1).raw(data);
        b.add(".debug_str", Section.SHT_PROGBITS, Section.SHF_COMPRESSED, 0, content.bytes(), 0, 0, 1, 0);
        return b.open();
    }

    private static byte[] zlib(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            deflater.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] zstd(byte[] plain) throws IOException {
        if (Arrays.equals(plain, PLAIN)) {
            // zstd -19 --check
            return HexFormat.of()
                    .parseHex("28b52ffd0468cd00008873747275637420736f636b202a736b3b2001007909a4cf25809c49de");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream frame = Zstd.writer(out)) {
            frame.write(plain);
        }
        return out.toByteArray();
    }
}
