package dev.backline.intake;

import dev.backline.io.Chars;
import org.jspecify.annotations.Nullable;

/** What a file is, by its first bytes. Immutable, thread-safe. */
public enum FileKind {
    /** Text, also as UTF-16. */
    TEXT("text", ""),
    /** An empty file. */
    EMPTY("an empty file", ""),
    /** gzip (RFC 1952). */
    GZIP("gzip", ""),
    /** xz. */
    XZ("xz", ""),
    /** zstd (RFC 8878). */
    ZSTD("zstd", ""),
    /** bzip2. */
    BZIP2("bzip2", ""),
    /** An ELF file: vmlinux, a module, a core dump. */
    ELF("an ELF file", "for the kernel's debug file use -e FILE"),
    /** An index of debug information. */
    GSYM("a GSYM index", "use it with -e FILE"),
    /** A packet capture of libpcap. */
    PCAP("a packet capture", "read it with: backline report --pcap FILE CAPTURE"),
    /** A packet capture in the pcapng format. */
    PCAPNG("a packet capture", "read it with: backline report --pcap FILE CAPTURE"),
    /** A file of systemd-journald. */
    JOURNAL("a journal file", "extract its kernel messages: journalctl --no-pager -k --file=FILE > kernel.log"),
    /** A recording of perf. */
    PERF_DATA("a recording of perf", "print it: perf script -i FILE > perf.txt"),
    /** A recording of trace-cmd. */
    TRACE_DAT("a recording of trace-cmd", "print it: trace-cmd report -i FILE > trace.txt"),
    /** A crash dump of kdump. */
    VMCORE("a crash dump", "extract its kernel log: makedumpfile --dump-dmesg FILE dmesg.txt"),
    /** A bootable kernel image. */
    KERNEL_IMAGE("a compressed kernel image", "use vmlinux with debug information instead"),
    /** A tar archive. */
    TAR("a tar archive", "unpack it: tar -xf FILE"),
    /** An ar archive: a static library or a Debian package. */
    AR("an archive or Debian package", "unpack it: dpkg-deb -x FILE DIRECTORY"),
    /** A zip archive, also an office document. */
    ZIP("a zip archive", "unpack it: unzip FILE"),
    /** lz4. */
    LZ4("a file compressed with lz4", "unpack it: lz4 -d FILE"),
    /** lzop. */
    LZOP("a file compressed with lzop", "unpack it: lzop -d FILE"),
    /** An RPM package. */
    RPM("an RPM package", "unpack it: rpm2cpio FILE | cpio -id"),
    /** A document. */
    PDF("a PDF document", "copy its text: pdftotext FILE"),
    /** A picture. */
    PICTURE("a picture", "type its text into a file, or read its QR code with a phone and paste the URL"),
    /** Anything else that is not text. */
    BINARY("binary data", "give a text log");

    private static final int WINDOW = 4096;

    private final String title;
    private final String remedy;

    FileKind(String title, String remedy) {
        this.title = title;
        this.remedy = remedy;
    }

    /** {@return what the file is, with an article where English needs one} */
    public String title() {
        return title;
    }

    /** {@return what to do with such a file instead of reading it as a log; empty if it can be read} */
    public String remedy() {
        return remedy;
    }

    /** {@return whether the kind is a compression that backline reads} */
    public boolean isCompressed() {
        return this == GZIP || this == XZ || this == ZSTD || this == BZIP2;
    }

    /**
     * {@return the kind of a file}
     *
     * @param head its first bytes; 4 kB are enough
     * @param length the number of bytes
     */
    public static FileKind of(byte[] head, int length) {
        int end = Math.min(length, WINDOW);
        if (end == 0) {
            return EMPTY;
        }
        FileKind known = byMagic(head, end);
        if (known != null) {
            return known;
        }
        return Utf16.of(head, end) != null || isText(head, end) ? TEXT : BINARY;
    }

    private static @Nullable FileKind byMagic(byte[] head, int end) {
        switch (head[0] & 0xff) {
            case 0x1f -> {
                return begins(head, end, "\u001f\u008b") ? GZIP : null;
            }
            case 0xfd -> {
                return begins(head, end, "\u00fd7zXZ\0") ? XZ : null;
            }
            case 0x28 -> {
                return begins(head, end, "(\u00b5/\u00fd") ? ZSTD : null;
            }
            case 'B' -> {
                return begins(head, end, "BZh") && end > 9 && Chars.startsWith(head, 4, end, "1AY&SY") ? BZIP2 : null;
            }
            case 0x7f -> {
                return !begins(head, end, "\u007fELF") ? null : isCore(head, end) ? VMCORE : ELF;
            }
            case 'G', 'M' -> {
                if (begins(head, end, "GSYM") || begins(head, end, "MYSG")) {
                    return GSYM;
                }
                if (begins(head, end, "M<\u00b2\u00a1")) {
                    return PCAP;
                }
                boolean image = begins(head, end, "MZ") && !isText(head, end);
                return image ? KERNEL_IMAGE : begins(head, end, "MM\0*") ? PICTURE : null;
            }
            case 0xd4, 0xa1 -> {
                boolean pcap = begins(head, end, "\u00d4\u00c3\u00b2\u00a1")
                        || begins(head, end, "\u00a1\u00b2\u00c3\u00d4")
                        || begins(head, end, "\u00a1\u00b2<M");
                return pcap ? PCAP : null;
            }
            case 0x0a -> {
                return begins(head, end, "\n\r\r\n") ? PCAPNG : null;
            }
            case 'L' -> {
                return begins(head, end, "LPKSHHRH") ? JOURNAL : null;
            }
            case 'P' -> {
                return begins(head, end, "PERFILE2") ? PERF_DATA : begins(head, end, "PK\u0003\u0004") ? ZIP : null;
            }
            case 0x17 -> {
                return begins(head, end, "\u0017\u0008Dtracing") ? TRACE_DAT : null;
            }
            case 'K' -> {
                return begins(head, end, "KDUMP   ") ? VMCORE : null;
            }
            case 'm' -> {
                return begins(head, end, "makedumpfile\0") ? VMCORE : null;
            }
            case '!' -> {
                return begins(head, end, "!<arch>\n") ? AR : null;
            }
            case 0x04 -> {
                return begins(head, end, "\u0004\"M\u0018") ? LZ4 : null;
            }
            case 0x89 -> {
                return begins(head, end, "\u0089PNG") ? PICTURE : begins(head, end, "\u0089LZO") ? LZOP : null;
            }
            case 0xed -> {
                return begins(head, end, "\u00ed\u00ab\u00ee\u00db") ? RPM : null;
            }
            case '%' -> {
                return begins(head, end, "%PDF-") ? PDF : null;
            }
            case 0xff -> {
                return begins(head, end, "\u00ff\u00d8\u00ff") ? PICTURE : null;
            }
            default -> {
                boolean image = Chars.startsWith(head, 0x202, end, "HdrS");
                return image ? KERNEL_IMAGE : Chars.startsWith(head, 257, end, "ustar") ? TAR : null;
            }
        }
    }

    /** Whether an ELF file's type, a half word at 16, is ET_CORE. */
    private static boolean isCore(byte[] head, int end) {
        boolean bigEndian = end > 5 && head[5] == 2;
        return end > 17 && head[bigEndian ? 17 : 16] == 4 && head[bigEndian ? 16 : 17] == 0;
    }

    private static boolean begins(byte[] head, int end, String magic) {
        return Chars.startsWith(head, 0, end, magic);
    }

    /** Whether there are few control characters: a console adds some, and a file system adds NULs after a crash. */
    private static boolean isText(byte[] head, int end) {
        int controls = 0;
        int nulls = 0;
        for (int i = 0; i < end; i++) {
            byte c = head[i];
            if (c == 0) {
                nulls++;
            } else if (c > 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\b' && c != '\f') {
                controls++;
            }
        }
        return nulls <= end / 4 && controls <= 2 + end / 50;
    }

    /**
     * {@return a sentence that says what a file is, and what to do with it}
     *
     * @param name the file's name
     */
    public String sentence(String name) {
        return sentence(name, "a log");
    }

    /**
     * {@return a sentence that says what a file is instead of what was expected, and what to do with it}
     *
     * @param name the file's name; a command in the sentence has it if it is one word
     * @param expected such as {@code a log}
     */
    public String sentence(String name, String expected) {
        return name + ": this is " + title + ", not " + expected
                + (remedy.isEmpty() ? "" : "; " + (name.indexOf(' ') < 0 ? remedy.replace("FILE", name) : remedy));
    }
}
