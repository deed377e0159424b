package dev.backline.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

    private static OutputStream compressor(String method, OutputStream out) throws IOException {
        return switch (method) {
            case "gzip" -> new GZIPOutputStream(out);
            case "xz" -> new XZOutputStream(out, new LZMA2Options(1));
            default -> new ZstdOutputStream(out);
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

    private static byte[] zstd(byte[] plain) {
        ZstdCompressor compressor = new ZstdCompressor();
        byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
        return Arrays.copyOf(out, compressor.compress(plain, 0, plain.length, out, 0, out.length));
    }
}
