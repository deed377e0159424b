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
    /** The receiver should pass the data on without waiting for more. */
    PSH(0x08),
    /** The acknowledgment number is valid. */
    ACK(0x10),
    /** The urgent pointer is valid. */
    URG(0x20),
    /** ECN echo: congestion was met, or ECN is supported (RFC 3168). */
    ECE(0x40),
    /** The sender has reduced its congestion window (RFC 3168). */
    CWR(0x80);

    private final int bit;

    TcpFlag(int bit) {
        this.bit = bit;
    }

    /**
     * Reads a list of names, or the byte of the header.
     *
     * @param text names separated by commas, where unknown names are skipped; or {@code 0x18}
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
     * {@return the flags in a byte of a TCP header}
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
