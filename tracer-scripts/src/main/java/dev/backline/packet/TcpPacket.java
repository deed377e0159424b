package dev.backline.packet;

/** The headers of a TCP packet (RFC 9293 3.1). One object is reused for all packets of a capture. Not thread-safe. */
final class TcpPacket {
    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int ACK = 0x10;

    /** For packets without a time. */
    static final long NO_TIME = Long.MIN_VALUE;

    /** The number in the file, from 1. Packets without TCP count too, as in tcpdump and Wireshark. */
    long number;

    /** Nanoseconds since 1970, UTC; or {@link #NO_TIME}. */
    long time;

    /** IPv6 addresses in two halves; an IPv4 address is IPv4-mapped (::ffff:192.0.2.1). */
    long fromHigh;

    long fromLow;
    long toHigh;
    long toLow;
    int fromPort;
    int toPort;

    int sequence;
    int acknowledgment;
    int flags;

    /** As sent: not scaled. */
    int window;

    /** The window scale option, of a SYN; −1 where there is none. */
    int windowScale;

    /** Bytes of data. */
    int length;

    /** The IPv4 identification, the same for copies of a packet at two devices. 0 for IPv6. */
    int id;

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** How far the packet advances the sequence number: SYN and FIN count as a byte each (RFC 9293 3.4). */
    int sequenceLength() {
        return length + (is(SYN) ? 1 : 0) + (is(FIN) ? 1 : 0);
    }
}
