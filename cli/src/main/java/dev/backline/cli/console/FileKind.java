package dev.backline.cli.console;

import java.nio.charset.StandardCharsets;

/** What a file is, as its first bytes tell. */
public enum FileKind {
    EMPTY("an empty file"),
    TEXT("text"),
    ELF("an ELF file (vmlinux or a module)"),
    CORE("a core dump"),
    GSYM("a GSYM index"),
    KERNEL_IMAGE("a kernel image (vmlinuz)"),
    PCAP("a packet capture (pcap)"),
    JOURNAL("a journal file of systemd"),
    PERF_DATA("a recording of perf (perf.data)"),
    TRACE_DAT("a recording of trace-cmd (trace.dat)"),
    VMCORE("a crash dump (vmcore)"),
    GZIP("compressed with gzip"),
    XZ("compressed with xz"),
    ZSTD("compressed with zstd"),
    BZIP2("compressed with bzip2"),
    ARCHIVE("an archive"),
    BINARY("binary data");

    /** The number of bytes that tell the kind of a file. */
    public static final int HEAD = 4096;

    /** A tar archive has its mark here. */
    private static final int TAR = 257;

    private static final int ELF_TYPE = 16;
    private static final int ET_CORE = 4;
    /** In text, fewer than one byte in this many is a control character. */
    private static final int FEW = 20;

    /** The marks of pcap, with microseconds and nanoseconds in both byte orders, and of pcapng. */
    private static final String[] PCAPS = {
        "\u00d4\u00c3\u00b2\u00a1", "\u00a1\u00b2\u00c3\u00d4", "M<\u00b2\u00a1", "\u00a1\u00b2<M", "\n\r\r\n"
    };

    private final String description;

    FileKind(String description) {
        this.description = description;
    }

    /** {@return what the file is, with an article} */
    public String description() {
        return description;
    }

    /**
     * {@return what to do with a file of this kind instead of reading it as text}
     *
     * @param file the file's name, as a word of a command line
     * @param command the command that reads text
     */
    String remedy(String file, String command) {
        return switch (this) {
            case GZIP -> "type: zcat " + file + " | " + command + " -";
            case XZ -> "type: xzcat " + file + " | " + command + " -";
            case ZSTD -> "type: zstdcat " + file + " | " + command + " -";
            case BZIP2 -> "type: bzcat " + file + " | " + command + " -";
            case PCAP -> "it is evidence for a report: backline report --pcap " + file + " CAPTURE";
            case JOURNAL -> "type: journalctl --file " + file + " -k -o short-monotonic | " + command + " -";
            case PERF_DATA -> "type: perf script -i " + file + " | " + command + " -";
            case TRACE_DAT -> "type: trace-cmd report -i " + file + " | " + command + " -";
            case VMCORE, CORE -> "extract its log first: makedumpfile --dump-dmesg " + file + " dmesg.txt";
            case ELF, GSYM -> "name it with -e: " + command + " -e " + file + " …";
            case KERNEL_IMAGE -> "-e needs the vmlinux with debug info of that kernel";
            case ARCHIVE -> "unpack it first";
            case EMPTY, TEXT, BINARY -> "give the text that the kernel or a tool printed";
        };
    }

    /** {@return whether logs of this kind are decompressed} */
    public boolean isCompressed() {
        return this == GZIP || this == XZ || this == ZSTD || this == BZIP2;
    }

    /** {@return whether a debug file has this kind} */
    public boolean isDebugFile() {
        return this == ELF || this == GSYM;
    }

    /** {@return the kind of a file with this beginning} */
    public static FileKind of(byte[] head, int length) {
        if (length == 0) {
            return EMPTY;
        }
        String start = new String(head, 0, Math.min(length, HEAD), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u007fELF")) {
            boolean big = start.length() > 5 && start.charAt(5) == 2;
            int at = big ? ELF_TYPE + 1 : ELF_TYPE;
            return start.length() > at && start.charAt(at) == ET_CORE ? CORE : ELF;
        }
        if (starts(start, "MYSG", "GSYM")) {
            return GSYM;
        }
        if (starts(start, "\u001f\u008b")) {
            return GZIP;
        }
        if (starts(start, "\u00fd7zXZ")) {
            return XZ;
        }
        if (starts(start, "(\u00b5/\u00fd")) {
            return ZSTD;
        }
        if (starts(start, "BZh") && start.startsWith("1AY&SY", 4)) {
            return BZIP2;
        }
        if (starts(start, PCAPS)) {
            return PCAP;
        }
        if (starts(start, "LPKSHHRH")) {
            return JOURNAL;
        }
        if (starts(start, "PERFILE2", "2ELIFREP", "PERFFILE")) {
            return PERF_DATA;
        }
        if (starts(start, "\u0017\bDtracing")) {
            return TRACE_DAT;
        }
        if (starts(start, "KDUMP   ", "DISKDUMP", "makedumpfile")) {
            return VMCORE;
        }
        if (starts(start, "PK\u0003\u0004", "!<arch>\n", "\u00ed\u00ab\u00ee\u00db", "7z\u00bc\u00af'\u001c", "070701")
                || start.startsWith("ustar", TAR)) {
            return ARCHIVE;
        }
        if (start.startsWith("HdrS", 0x202) || start.startsWith("ARMd", 0x38) || start.startsWith("zimg", 4)) {
            return KERNEL_IMAGE;
        }
        return isText(start) ? TEXT : BINARY;
    }

    private static boolean starts(String start, String... marks) {
        for (String mark : marks) {
            if (start.startsWith(mark)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this is text in UTF-8, a single-byte encoding or UTF-16. After a crash, a log can begin with zeros. */
    private static boolean isText(String start) {
        if (starts(start, "\u00ff\u00fe", "\u00fe\u00ff")) {
            return true;
        }
        int control = 0;
        int zeros = 0;
        int first = 0;
        while (first < start.length() && start.charAt(first) == 0) {
            first++;
        }
        for (int i = first; i < start.length(); i++) {
            char c = start.charAt(i);
            zeros += c == 0 ? 1 : 0;
            control += c < ' ' && c != 0 && (c < '\b' || c > '\r') && c != 0x1b ? 1 : 0;
        }
        int rest = start.length() - first;
        return control * FEW <= rest && zeros * 2 <= rest + 1;
    }
}
