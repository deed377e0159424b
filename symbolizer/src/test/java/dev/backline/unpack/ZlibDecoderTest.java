package dev.backline.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle is zlib, as java.util.zip has it. */
class ZlibDecoderTest {
    private static final int[] STRATEGIES = {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY};

    /** The largest ratio of deflate is 1032. */
    private final byte[] space = new byte[1 << 20];

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void decodesWhatZlibEncodes(long seed) throws IOException {
        Random random = new Random(seed);
        for (int size : new int[] {0, 1, 2, 257, 258, 259, 1000, 32767, 32768, 70000, 300_000}) {
            byte[] plain = mixed(random, size);
            for (int level = 0; level <= 9; level += 3) {
                byte[] packed = packed(plain, level, STRATEGIES[random.nextInt(3)], random);
                assertThat(unpacked(packed, 400_000)).isEqualTo(plain);
                assertThat(unpacked(packed, 1 + random.nextInt(600))).isEqualTo(plain);
            }
        }
    }

    @Test
    void decodesStreamsOneAfterTheOther() throws IOException {
        Random random = new Random(9);
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            byte[] part = mixed(random, random.nextInt(9000));
            plain.write(part);
            packed.write(packed(part, 6, Deflater.DEFAULT_STRATEGY, random));
        }
        assertThat(unpacked(packed.toByteArray(), 5000)).isEqualTo(plain.toByteArray());
    }

    @Test
    void refusesDataThatEndsEarly() throws IOException {
        Random random = new Random(10);
        byte[] packed = packed(mixed(random, 3000), 6, Deflater.DEFAULT_STRATEGY, random);
        for (int size = 1; size < packed.length; size++) {
            byte[] part = Arrays.copyOf(packed, size);
            assertThatThrownBy(() -> unpacked(part, 4000)).isInstanceOf(UnpackException.class);
        }
    }

    @Test
    void tellsWhetherTheStreamHasMoreBytes() throws IOException {
        Random random = new Random(11);
        byte[] plain = mixed(random, 3000);
        byte[] packed = packed(plain, 6, Deflater.DEFAULT_STRATEGY, random);
        for (int size : new int[] {1, 2, 100, 2999, 3000}) {
            ZlibDecoder decoder = new ZlibDecoder(new ByteArrayInputStream(packed));
            byte[] out = new byte[size];
            for (int at = 0; at < size; ) {
                at += decoder.next(out, at, size - at);
            }
            assertThat(out).isEqualTo(Arrays.copyOf(plain, size));
            assertThat(decoder.ends()).isEqualTo(size == plain.length);
        }
    }

    @Test
    void refusesAWrongChecksumAndADictionary() {
        Random random = new Random(12);
        byte[] wrong = packed(mixed(random, 100), 6, Deflater.DEFAULT_STRATEGY, random);
        wrong[wrong.length - 1] ^= 1;
        assertThatThrownBy(() -> unpacked(wrong, 1000)).hasMessageContaining("checksum");
        byte[] dictionary = {0x78, (byte) 0xbb, 0, 0, 0, 1, 3, 0};
        assertThatThrownBy(() -> unpacked(dictionary, 1000)).hasMessageContaining("preset dictionary");
    }

    /** Damaged data gives the same bytes as zlib, or is refused by both. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void judgesDamagedDataLikeZlib(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 1500; i++) {
            byte[] packed = packed(
                    mixed(random, random.nextInt(700)), 1 + random.nextInt(9), STRATEGIES[random.nextInt(3)], random);
            // Most damage to the header of a block, whose codes are checked by many rules
            int changes = 1 + random.nextInt(3);
            for (int k = 0; k < changes; k++) {
                packed[2 + random.nextInt(Math.min(packed.length - 2, random.nextBoolean() ? 60 : 1000))] ^=
                        (byte) (1 << random.nextInt(8));
            }
            // Without its checksum, the data is judged by its codes alone
            byte[] expected = inflated(packed);
            byte[] actual = decoded(packed);
            assertThat(actual).isEqualTo(expected);
        }
    }

    /** All bytes before the checksum is read; null if the codes are refused. */
    private byte @Nullable [] inflated(byte[] packed) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed, 2, packed.length - 2);
            byte[] out = space;
            int size = 0;
            while (!inflater.finished()) {
                int n = inflater.inflate(out, size, out.length - size);
                if (n == 0 && !inflater.finished()) {
                    return null;
                }
                size += n;
            }
            return Arrays.copyOf(out, size);
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }

    private byte @Nullable [] decoded(byte[] packed) throws IOException {
        byte[] out = space;
        int size = 0;
        // Room for a checksum, whatever the codes end with
        ZlibDecoder decoder = new ZlibDecoder(new ByteArrayInputStream(Arrays.copyOf(packed, packed.length + 4)));
        try {
            while (true) {
                int n = decoder.next(out, size, out.length - size);
                if (n < 0) {
                    break;
                }
                size += n;
            }
        } catch (UnpackException e) {
            // The second, if the damage is none: there the added bytes are no stream
            String message = String.valueOf(e.getMessage());
            if (!message.contains("checksum") && !message.contains("begin with its header")) {
                return null;
            }
        }
        return Arrays.copyOf(out, size);
    }

    /** In steps of some room, with no more than the history before them. */
    private static byte[] unpacked(byte[] packed, int room) throws IOException {
        ZlibDecoder decoder = new ZlibDecoder(new ByteArrayInputStream(packed));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[32 * 1024 + room];
        int at = 0;
        while (true) {
            int kept = decoder.history();
            System.arraycopy(buffer, at - kept, buffer, 0, kept);
            at = kept;
            int n = decoder.next(buffer, at, room);
            if (n < 0) {
                return all.toByteArray();
            }
            all.write(buffer, at, n);
            at += n;
        }
    }

    private static byte[] packed(byte[] plain, int level, int strategy, Random random) {
        Deflater deflater = new Deflater(level);
        deflater.setStrategy(strategy);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        int first = plain.length / 2;
        deflater.setInput(plain, 0, first);
        // Empty stored blocks, and a code that begins anywhere in a byte
        int flush = random.nextInt(3);
        int mode = flush == 0 ? Deflater.NO_FLUSH : flush == 1 ? Deflater.SYNC_FLUSH : Deflater.FULL_FLUSH;
        int n;
        do {
            n = deflater.deflate(buffer, 0, buffer.length, mode);
            out.write(buffer, 0, n);
        } while (n == buffer.length || !deflater.needsInput());
        deflater.setInput(plain, first, plain.length - first);
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    /** Runs, repetitions near and far, few and many different bytes. */
    private static byte[] mixed(Random random, int size) {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; ) {
            int n = Math.min(size - at, 1 + random.nextInt(1 + random.nextInt(400)));
            int kind = random.nextInt(4);
            int back = at == 0 ? 0 : 1 + random.nextInt(Math.min(at, kind == 0 ? 20 : 40_000));
            byte one = (byte) random.nextInt();
            int range = 1 + random.nextInt(256);
            for (int i = 0; i < n; i++, at++) {
                bytes[at] = kind < 2 && back > 0
                        ? bytes[at - back]
                        : kind == 2 ? one : (byte) Math.min(random.nextInt(range), random.nextInt(range));
            }
        }
        return bytes;
    }
}
