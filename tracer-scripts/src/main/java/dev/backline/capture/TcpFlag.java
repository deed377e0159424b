package dev.backline.capture;

import java.util.EnumSet;
import java.util.Set;

/** The flags of a TCP header: its byte 13 (RFC 9293 3.1). */
public enum TcpFlag {
    FIN(0x01),
    SYN(0x02),
    RST(0x04),
    PSH(0x08),
    ACK(0x10),
    URG(0x20),
    ECE(0x40),
    CWR(0x80);

    private final int bit;

    TcpFlag(int bit) {
        this.bit = bit;
    }

    /**
     * Reads a list of names, or the header's byte.
     *
     * @param text names separated by commas, those that are none left out; or {@code 0x18}
     */
    static Set<TcpFlag> parse(String text) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        Long bits = text.startsWith("0x") ? Values.number(text) : null;
        String[] names = text.split(",", values().length + 1);
        for (TcpFlag flag : values()) {
            for (String name : names) {
                if (name.equals(flag.name()) || (bits != null && (bits & flag.bit) != 0)) {
                    flags.add(flag);
                }
            }
        }
        return flags;
    }

    /** Those of the header's byte. */
    static Set<TcpFlag> of(int bits) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (TcpFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
