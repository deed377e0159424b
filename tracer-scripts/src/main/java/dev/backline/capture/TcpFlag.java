package dev.backline.capture;

import java.util.EnumSet;
import java.util.Set;

/** The flags of a TCP header: its byte 13 (RFC 9293 3.1). */
public enum TcpFlag {
    /** The sender has no more data. */
    FIN(0x01),
    /** Begins a connection. */
    SYN(0x02),
    /** Ends a connection at once. */
    RST(0x04),
    /** Data that the receiver should hand on without waiting for more. */
    PSH(0x08),
    /** The acknowledgment number counts. */
    ACK(0x10),
    /** The urgent pointer counts. */
    URG(0x20),
    /** Congestion was met on the way, or can be told of (RFC 3168). */
    ECE(0x40),
    /** The sender has become slower for that (RFC 3168). */
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

    /**
     * {@return the flags in a TCP header's byte}
     *
     * @param bits the byte at offset 13 of the header
     */
    public static Set<TcpFlag> of(int bits) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (TcpFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
