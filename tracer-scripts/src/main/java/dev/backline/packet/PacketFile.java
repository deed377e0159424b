package dev.backline.packet;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a packet capture, pcap or pcapng, and hands on its TCP packets. Needs no more memory for a long capture than for a
 * short one. A damaged capture gives what stands before the damage. Not thread-safe.
 */
final class PacketFile {
    /** Takes the next TCP packet, which is the same object each time. */
    interface Sink {
        void packet(TcpPacket packet);
    }

    /** tcpdump's own limit (MAXIMUM_SNAPLEN): no packet is longer. */
    private static final long MAX_CAPTURED = 1 << 18;

    final String name;
    final PacketBytes bytes;
    private final TcpPacket packet = new TcpPacket();
    private final Sink sink;
    private final List<String> notes = new ArrayList<>();

    /** Link types that are not read, and how many packets had them. */
    private final Map<Integer, Long> foreign = new TreeMap<>();

    private long dropped;

    private PacketFile(String name, InputStream in, Sink sink) {
        this.name = name;
        this.bytes = new PacketBytes(in);
        this.sink = sink;
    }

    /**
     * Reads a capture to its end, or to where it is damaged.
     *
     * @param name how notes and errors name it
     * @param in is not closed
     * @return what a person should know of how whole it is, a sentence each
     * @throws IOException when it cannot be read, or is no packet capture: the message says what it is
     */
    static List<String> read(String name, InputStream in, Sink sink) throws IOException {
        PacketFile file = new PacketFile(name, in, sink);
        file.read();
        return file.sentences();
    }

    private void read() throws IOException {
        if (!bytes.has(4)) {
            throw new IOException(name + " is " + (bytes.left() == 0 ? "empty" : "too short for a packet capture")
                    + ": write one with tcpdump -w FILE");
        }
        bytes.order(true);
        int magic = bytes.i32(0);
        switch (magic) {
            case PcapngReader.SECTION_HEADER -> PcapngReader.read(this);
            case 0xa1b2c3d4, 0xa1b23c4d -> PcapReader.read(this, true, magic == 0xa1b23c4d);
            case 0xd4c3b2a1, 0x4d3cb2a1 -> PcapReader.read(this, false, magic == 0x4d3cb2a1);
            default -> throw new IOException(name + " is not a packet capture but " + ForeignFile.name(bytes));
        }
    }

    /**
     * Takes a packet whose bytes start here, all of which are known to be there.
     *
     * @param captured the number of its bytes in the file
     * @param original its length on the wire
     */
    void packet(long number, long time, int linkType, int captured, long original) {
        if (!PacketHeaders.knows(linkType)) {
            foreign.merge(linkType, 1L, Long::sum);
            return;
        }
        packet.number = number;
        packet.time = time;
        int at = bytes.position();
        if (PacketHeaders.read(linkType, bytes.array(), at, at + captured, original, packet)) {
            sink.packet(packet);
        }
    }

    /** Whether a captured length is possible. */
    static boolean plausible(long captured, long snapshotLength) {
        return captured <= MAX_CAPTURED || captured <= snapshotLength;
    }

    /** Says that the file is damaged or cut: what was before has been read. */
    void damaged(long offset, long packets, String rule) {
        notes.add(name + " is damaged at 0x" + Long.toHexString(offset) + ": " + rule + "; " + packets
                + (packets == 1 ? " packet was" : " packets were") + " read before the damage");
    }

    /** Counts packets that the capture reports as missed. */
    void dropped(long count) {
        dropped += count;
    }

    private List<String> sentences() {
        for (Map.Entry<Integer, Long> each : foreign.entrySet()) {
            notes.add(name + ": " + each.getValue() + " packets of link type " + each.getKey()
                    + " were skipped (see www.tcpdump.org/linktypes.html)");
        }
        if (dropped > 0) {
            notes.add(name + " reports that " + dropped
                    + " packets were dropped during the capture: a packet's absence from it proves nothing");
        }
        return notes;
    }
}
