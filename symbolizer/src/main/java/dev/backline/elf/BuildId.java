package dev.backline.elf;

import java.util.Arrays;
import java.util.HexFormat;

/** Identifies a build: the bytes of its NT_GNU_BUILD_ID note. Immutable. */
public final class BuildId {
    private final byte[] bytes;

    private BuildId(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return the build id with these bytes}
     *
     * @param bytes 1 to 64; a SHA-1 has 20
     * @throws IllegalArgumentException if there are fewer or more
     */
    public static BuildId of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > 64) {
            throw new IllegalArgumentException("a build id has 1 to 64 bytes, not " + bytes.length);
        }
        return new BuildId(bytes.clone());
    }

    /**
     * {@return the build id with these digits}
     *
     * @param hex hexadecimal digits, two a byte
     * @throws IllegalArgumentException if they are not pairs of hexadecimal digits
     */
    public static BuildId parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    /** {@return a copy of the bytes} */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BuildId id && Arrays.equals(bytes, id.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Lower-case hexadecimal digits, as readelf and the kernel print it. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
