package dev.backline.elf;

import java.io.IOException;

/** Describes a file that is not an ELF file, and what to use instead. */
final class FileKind {
    private static final String DEBUG_FILE = "use the vmlinux with debug info of that kernel";

    private FileKind() {}

    /** The message, without the file's name at its start. */
    static String notAnElf(ByteSource source) throws IOException {
        byte[] b = new byte[(int) Math.min(1024, source.size())];
        source.read(0, b, 0, b.length);
        return "is not an ELF file: " + describe(b);
    }

    private static String describe(byte[] b) {
        if (b.length == 0) {
            return "it is empty";
        }
        if (has(b, 0x202, "HdrS")) {
            return "it is a compressed x86 kernel image (bzImage, vmlinuz); " + DEBUG_FILE;
        }
        if (has(b, 0x38, "ARMd")) {
            return "it is an arm64 kernel image (Image); " + DEBUG_FILE;
        }
        if (has(b, 4, "zimg")) {
            return "it is a compressed kernel image (EFI zboot); " + DEBUG_FILE;
        }
        if (has(b, 0x24, "\u0018(o\u0001")) {
            return "it is a compressed arm kernel image (zImage); " + DEBUG_FILE;
        }
        if (has(b, 0, "\u001f\u008b")) {
            return "it is compressed with gzip; decompress it first";
        }
        if (has(b, 0, "\u00fd7zXZ")) {
            return "it is compressed with xz; decompress it first";
        }
        if (has(b, 0, "(\u00b5/\u00fd")) {
            return "it is compressed with zstd; decompress it first";
        }
        if (has(b, 0, "BZh")) {
            return "it is compressed with bzip2; decompress it first";
        }
        if (has(b, 0, "\u0004\"M\u0018") || has(b, 0, "\u0002!L\u0018")) {
            return "it is compressed with lz4; decompress it first";
        }
        if (has(b, 0, "MYSG") || has(b, 0, "GSYM")) {
            return "it is a GSYM index, which has no sections";
        }
        if (has(b, 0, "!<arch>\ndebian-binary")) {
            return "it is a Debian package; unpack it first (dpkg-deb -x)";
        }
        if (has(b, 0, "!<arch>\n") || has(b, 0, "!<thin>\n")) {
            return "it is an archive of object files (ar); extract the object first (ar x)";
        }
        if (has(b, 0, "\u00ed\u00ab\u00ee\u00db")) {
            return "it is an RPM package; unpack it first (rpm2cpio)";
        }
        if (has(b, 0, "070701") || has(b, 0, "070707")) {
            return "it is a cpio archive; unpack it first";
        }
        if (has(b, 257, "ustar")) {
            return "it is a tar archive; unpack it first";
        }
        if (has(b, 0, "MZ")) {
            return "it is a PE image (EFI or Windows)";
        }
        if (has(b, 0, "\u00d4\u00c3\u00b2\u00a1")
                || has(b, 0, "\u00a1\u00b2\u00c3\u00d4")
                || has(b, 0, "M<\u00b2\u00a1")
                || has(b, 0, "\u00a1\u00b2<M")
                || has(b, 0, "\n\r\r\n")) {
            return "it is a packet capture (pcap); " + DEBUG_FILE;
        }
        if (isText(b)) {
            return "it is text; " + DEBUG_FILE;
        }
        StringBuilder first = new StringBuilder();
        for (int i = 0; i < Math.min(4, b.length); i++) {
            first.append(i == 0 ? "" : " ").append(String.format("%02x", b[i] & 0xff));
        }
        return "it begins with the bytes " + first + ", not with 7f 45 4c 46";
    }

    /** Whether the bytes at {@code at} are this Latin-1 text. */
    private static boolean has(byte[] b, int at, String magic) {
        if (b.length < at + magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if ((b[at + i] & 0xff) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isText(byte[] b) {
        for (byte c : b) {
            if (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b) {
                return false;
            }
        }
        return true;
    }
}
