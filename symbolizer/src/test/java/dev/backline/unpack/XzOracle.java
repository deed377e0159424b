package dev.backline.unpack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** Compares the decoder with XZ for Java, which has no code in common with it. */
public final class XzOracle {
    private XzOracle() {}

    /**
     * {@return what both decoders make of a file: the decompressed bytes, or null if the file is damaged}
     *
     * @param file an xz file, damaged or not, with the filter LZMA2 only
     * @param most if the file states that it has more bytes than that, it is not decompressed
     */
    public static byte @Nullable [] decode(byte[] file, int most) {
        byte[] ours;
        String reason = "";
        try {
            XzFile xz = open(file);
            if (xz.size() > most) {
                return null;
            }
            ours = xz.unpack();
        } catch (UnpackException | UnsupportedFilterException e) {
            ours = null;
            reason = e.getMessage();
        } catch (IOException e) {
            throw new AssertionError("not a declared exception", e);
        }
        byte[] theirs;
        try (InputStream in = new XZInputStream(new ByteArrayInputStream(file))) {
            theirs = in.readAllBytes();
        } catch (IOException e) {
            theirs = null;
        }
        if (!Arrays.equals(ours, theirs)) {
            throw new AssertionError(describe("XzFile", ours) + " " + reason + "; " + describe("XZ for Java", theirs));
        }
        return ours;
    }

    private static String describe(String decoder, byte @Nullable [] result) {
        return decoder + (result == null ? " fails" : " gives " + result.length + " bytes");
    }

    static XzFile open(byte[] file) throws IOException {
        return XzFile.open(new XzInput() {
            @Override
            public long size() {
                return file.length;
            }

            @Override
            public void read(long position, byte[] into, int at, int length) throws IOException {
                if (position < 0 || length < 0 || position > file.length - length) {
                    throw new IOException("read of " + length + " bytes at " + position);
                }
                System.arraycopy(file, (int) position, into, at, length);
            }
        });
    }
}
