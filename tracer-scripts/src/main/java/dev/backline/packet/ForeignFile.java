package dev.backline.packet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a file is that was given for a packet capture and is none. */
final class ForeignFile {
    /** First bytes, as ISO-8859-1, and what begins with them. */
    private static final Map<String, String> KNOWN = Map.of(
            "\u001f\u008b", "gzip: decompress it first",
            "\u00fd7zXZ", "xz: decompress it first",
            "(\u00b5/\u00fd", "zstd: decompress it first",
            "BZh", "bzip2: decompress it first",
            "PK\u0003\u0004", "zip: unpack it first",
            "\u007fELF", "an ELF file",
            "snoop\0\0\0", "a snoop file: convert it with editcap -F pcapng",
            "\u00a1\u00b2\u00cd4", "a modified pcap (Kuznetzov's): convert it with editcap -F pcapng",
            "4\u00cd\u00b2\u00a1", "a modified pcap (Kuznetzov's): convert it with editcap -F pcapng");

    private static final int LOOKED_AT = 256;

    private ForeignFile() {}

    /** What the file is, as far as its start says. */
    static String name(PacketBytes bytes) throws IOException {
        boolean whole = !bytes.has(LOOKED_AT);
        int length = whole ? bytes.left() : LOOKED_AT;
        String start = new String(bytes.array(), bytes.position(), length, StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, String> each : KNOWN.entrySet()) {
            if (start.startsWith(each.getKey())) {
                return each.getValue();
            }
        }
        for (int i = 0; i < length; i++) {
            char c = start.charAt(i);
            if (c < ' ' && c != '\n' && c != '\r' && c != '\t') {
                return "a file that starts with 0x" + Integer.toHexString(bytes.i32(0)) + ", unlike pcap and pcapng";
            }
        }
        return "text: write a capture with tcpdump -w FILE; the text that tcpdump prints is not enough";
    }
}
