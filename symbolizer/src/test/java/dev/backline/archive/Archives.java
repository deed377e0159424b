package dev.backline.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** tar archives for tests in any package. */
public final class Archives {
    private Archives() {}

    /** Corrects the checksums of an archive and reads it to its end without writing a member. */
    public static void passOver(String name, byte[] archive) throws IOException {
        for (int i = 0; i + 512 <= archive.length; i += 512) {
            System.arraycopy(checksummed(Arrays.copyOfRange(archive, i, i + 512)), 0, archive, i, 512);
        }
        new TarReader(name, new ByteArrayInputStream(archive))
                .extract(Path.of("nowhere"), path -> false, count -> false, bytes -> {});
    }

    /** {@return well-formed archives with each type of member that the reader distinguishes} */
    public static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(archive(member("./a.ko", '0', "first"), member("a", '5', ""), member("l", '2', ""))),
                Arguments.of(archive(member("././@LongLink", 'L', "./usr/a.ko\0"), member("cut", '0', "third"))),
                Arguments.of(archive(member("pax", 'x', "6 a=b\n13 path=a.ko\n"), member("cut", '0', "fourth"))));
    }

    static byte[] member(String name, char type, String content) {
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[512 + (body.length + 511) / 512 * 512];
        byte[] named = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(named, 0, bytes, 0, Math.min(100, named.length));
        System.arraycopy("%011o".formatted(body.length).getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 124, 11);
        bytes[156] = (byte) type;
        System.arraycopy(body, 0, bytes, 512, body.length);
        return checksummed(bytes);
    }

    static byte[] checksummed(byte[] bytes) {
        Arrays.fill(bytes, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += bytes[i] & 0xff;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 148, 8);
        return bytes;
    }

    static byte[] archive(byte[]... members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List.of(members).forEach(out::writeBytes);
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }
}
