package dev.backline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.backline.unpack.XzOracle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** The fuzz targets of xz. Each input gets the same bytes from XZ for Java, or both decoders refuse it. */
class XzFuzzTest {
    /** Small inputs can have gigabytes. */
    private static final int ENOUGH = 32 << 20;

    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};

    private static final String[] LZMA2 = {
        "00", "010002616263 00", "0100026162630200016465 00",
    };

    @MethodSource("files")
    @FuzzTest
    void xz(byte[] file) {
        XzOracle.decode(file, ENOUGH);
    }

    /** The input is the LZMA2 data of a block; the rest of the file is right. */
    @MethodSource("blocks")
    @FuzzTest
    void lzma(byte[] data) {
        long size = size(data);
        if (size <= ENOUGH) {
            XzOracle.decode(file(data, size), ENOUGH);
        }
    }

    /** What the headers of the chunks state. */
    private static long size(byte[] data) {
        long size = 0;
        for (int at = 0; at + 5 < data.length && data[at] != 0; ) {
            int control = data[at] & 0xff;
            int low = ((data[at + 1] & 0xff) << 8) | (data[at + 2] & 0xff);
            if (control >= 0x80) {
                size += (((control & 0x1f) << 16) | low) + 1;
                at += 6 + (control >= 0xc0 ? 1 : 0) + (((data[at + 3] & 0xff) << 8) | (data[at + 4] & 0xff));
            } else {
                size += low + 1;
                at += 4 + low;
            }
        }
        return size;
    }

    private static byte[] file(byte[] data, long size) {
        byte[] flags = {0, XZ.CHECK_NONE};
        byte[] header = {2, 0, 0x21, 1, 8, 0, 0, 0};
        int blockSize = header.length + 4 + data.length;
        byte[] padded = Arrays.copyOf(data, (data.length + 3) & -4);
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        index.write(0);
        number(index, 1);
        number(index, blockSize);
        number(index, size);
        while (index.size() % 4 != 0) {
            index.write(0);
        }
        byte[] footer = new byte[6];
        ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN).putInt(index.size() / 4);
        footer[5] = XZ.CHECK_NONE;

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.writeBytes(flags);
        out.writeBytes(crc(flags));
        out.writeBytes(header);
        out.writeBytes(crc(header));
        out.writeBytes(padded);
        out.writeBytes(index.toByteArray());
        out.writeBytes(crc(index.toByteArray()));
        out.writeBytes(crc(footer));
        out.writeBytes(footer);
        out.writeBytes(new byte[] {'Y', 'Z'});
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, long value) {
        long left = value;
        for (; left >= 0x80; left >>>= 7) {
            out.write((int) left | 0x80);
        }
        out.write((int) left);
    }

    private static byte[] crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }

    static Stream<Arguments> files() throws IOException {
        return Stream.of(
                        packed(0, XZ.CHECK_NONE),
                        packed(6, XZ.CHECK_CRC32),
                        packed(6, XZ.CHECK_CRC64),
                        file(new byte[1], 0))
                .map(Arguments::of);
    }

    static Stream<Arguments> blocks() throws IOException {
        Stream<byte[]> literal = Stream.of(LZMA2).map(text -> HexFormat.of().parseHex(text.replace(" ", "")));
        // Without the headers before the data, and what follows it
        Stream<byte[]> encoded = Stream.of(0, 3, 6).map(level -> {
            byte[] file = packed(level, XZ.CHECK_NONE);
            return Arrays.copyOfRange(file, 24, file.length - 24);
        });
        return Stream.concat(literal, encoded).map(Arguments::of);
    }

    private static byte[] packed(int level, int check) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            text.append("struct sock *sk").append(i * i).append(i % 3 == 0 ? "; " : ", const u8 *data; ");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(level), check)) {
            xz.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            xz.flush();
            xz.write(text.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
