package dev.backline.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection as a capture shows it: its first sequence numbers, how far its windows reach, its last packets, and its
 * RSTs with the packets before each. Sequence numbers are compared as RFC 9293 3.4 does, across the end of their range. Not
 * thread-safe.
 */
final class PacketFlow {
    /**
     * How a packet lies to the windows that conntrack keeps (net/netfilter/nf_conntrack_proto_tcp.c, tcp_in_window). This one:
     * the connection's start was not seen, or it is no packet that windows are asked about.
     */
    static final int UNKNOWN = 0;

    static final int INSIDE = 1;

    /** The packet acknowledges data that was not sent. */
    static final int ACK_ABOVE = 2;

    /** The packet's data is above the window. */
    static final int SEQUENCE_ABOVE = 3;

    /** The packet is far below the window. */
    static final int BELOW = 4;

    /** How many of the last packets are kept. */
    private static final int KEPT = 12;

    /** How many packets after a RST are kept with it. */
    private static final int BEHIND = 3;

    /** How many RSTs of a connection are kept: the later ones add nothing. */
    private static final int MAX_RESETS = 64;

    /** conntrack's least window for acknowledgments (MAXACKWINCONST). */
    private static final int LEAST_ACK_WINDOW = 66_000;

    /** A copy of a packet at another device of the host follows within this time; a retransmission takes longer. */
    private static final long SAME_PACKET = 5_000_000;

    /** A row: number; time; sequence and acknowledgment; length, file, flags, direction and window; id and excess. */
    private static final int COLUMNS = 5;

    /** The packets of a RST: the row of the RST itself is at {@link #at}. */
    static final class Reset {
        long[] rows;
        final int at;
        /** The row of the packet that the RST answers; −1 when that was not kept. */
        final int provoked;

        /** Whether the event of the RST was found. */
        boolean claimed;

        private Reset(long[] rows, int at, int provoked) {
            this.rows = rows;
            this.at = at;
            this.provoked = provoked;
        }
    }

    final ConnectionKey key;

    /** An earlier connection of the same ends. */
    @Nullable
    PacketFlow before;

    long first;
    long last;
    int firstFile;
    int lastFile;
    long lastTime = TcpPacket.NO_TIME;
    long firstTime = TcpPacket.NO_TIME;

    /** The number of packets, without copies at other devices. */
    long packets;

    private final int[] initial = new int[2];
    private final boolean[] initialSeen = new boolean[2];
    private final int[] scale = {-1, -1};

    /** The highest sequence number that an end has sent, plus one. */
    private final int[] end = new int[2];

    private final boolean[] endSeen = new boolean[2];

    /** The end of what a side may send, by the other side's acknowledgments and windows. */
    private final int[] limit = new int[2];

    private final boolean[] limitSeen = new boolean[2];
    private final long[] widest = new long[2];

    private long[] rows = new long[4 * COLUMNS];
    private int used;
    private final List<Reset> resets = new ArrayList<>(0);
    private int awaited;

    PacketFlow(ConnectionKey key) {
        this.key = key;
    }

    /** Whether a packet starts another connection between the same ends. */
    boolean endsBefore(TcpPacket packet, boolean up) {
        int from = up ? 0 : 1;
        return packets > 0
                && packet.is(TcpPacket.SYN)
                && !packet.is(TcpPacket.ACK)
                && !(initialSeen[from] && initial[from] == packet.sequence);
    }

    /**
     * Takes the next packet.
     *
     * @param up whether it goes from the lower end to the higher one
     * @param file which of the trace's files it stands in
     * @return whether it is a RST, and no copy of one: {@link #keepReset} keeps it
     */
    boolean add(TcpPacket packet, boolean up, int file) {
        if (first == 0) {
            first = packet.number;
            firstFile = file;
            firstTime = packet.time;
        }
        last = packet.number;
        lastFile = file;
        lastTime = packet.time;
        int from = up ? 0 : 1;
        if (isCopy(packet, from)) {
            return false;
        }
        packets++;
        if (packet.is(TcpPacket.SYN)) {
            initial[from] = packet.sequence;
            initialSeen[from] = true;
            scale[from] = packet.windowScale;
        }
        long excess = excess(packet, from);
        long window = excess >>> 32;
        if (window == UNKNOWN || window == INSIDE) {
            widen(packet, from);
        }
        append(packet, from, file, excess);
        return packet.is(TcpPacket.RST);
    }

    private boolean isCopy(TcpPacket packet, int from) {
        for (int row = used - 1; row >= 0; row--) {
            if (sequence(rows, row) == packet.sequence
                    && acknowledgment(rows, row) == packet.acknowledgment
                    && flags(rows, row) == packet.flags
                    && length(rows, row) == packet.length
                    && (int) (rows[row * COLUMNS + 4] >>> 32) == packet.id
                    && goesUp(rows, row) == (from == 0)
                    && packet.time != TcpPacket.NO_TIME
                    && Math.abs(packet.time - time(rows, row)) <= SAME_PACKET) {
                return true;
            }
        }
        return false;
    }

    /** Upper half: inside or outside the windows; lower half: by how many bytes outside. */
    private long excess(TcpPacket packet, int from) {
        int to = 1 - from;
        if (packet.is(TcpPacket.SYN)
                || packet.is(TcpPacket.RST)
                || !packet.is(TcpPacket.ACK)
                || !initialSeen[from]
                || !initialSeen[to]
                || !limitSeen[from]) {
            return excess(UNKNOWN, 0);
        }
        int unsent = packet.acknowledgment - end[to];
        if (unsent > 0) {
            return excess(ACK_ABOVE, unsent);
        }
        int beyond = packet.sequence - limit[from];
        if (beyond > 0) {
            return excess(SEQUENCE_ABOVE, beyond);
        }
        int behind = end[from] - (packet.sequence + packet.sequenceLength());
        int late = -unsent;
        boolean below = behind > widest[to] || late > Math.max(widest[from], LEAST_ACK_WINDOW);
        return below ? excess(BELOW, Math.max(behind, late)) : excess(INSIDE, 0);
    }

    private static long excess(int window, int bytes) {
        return (long) window << 32 | bytes;
    }

    private void widen(TcpPacket packet, int from) {
        int to = 1 - from;
        int behind = packet.sequence + packet.sequenceLength();
        if (!packet.is(TcpPacket.RST) && (!endSeen[from] || behind - end[from] > 0)) {
            end[from] = behind;
            endSeen[from] = true;
        }
        if (!packet.is(TcpPacket.ACK) || packet.is(TcpPacket.RST)) {
            return;
        }
        // RFC 7323 2.2: the window of a SYN is not scaled, and nothing is unless both sides offered it.
        boolean scaled = !packet.is(TcpPacket.SYN) && scale[0] >= 0 && scale[1] >= 0;
        int window = scaled ? packet.window << scale[from] : packet.window;
        widest[from] = Math.max(widest[from], window);
        int reaches = packet.acknowledgment + window;
        if (!limitSeen[to] || reaches - limit[to] > 0) {
            limit[to] = reaches;
            limitSeen[to] = true;
        }
    }

    private void append(TcpPacket packet, int from, int file, long excess) {
        if (used == KEPT) {
            System.arraycopy(rows, COLUMNS, rows, 0, (KEPT - 1) * COLUMNS);
            used--;
        } else if ((used + 1) * COLUMNS > rows.length) {
            rows = Arrays.copyOf(rows, KEPT * COLUMNS);
        }
        int at = used++ * COLUMNS;
        rows[at] = packet.number;
        rows[at + 1] = packet.time;
        rows[at + 2] = (long) packet.sequence << 32 | (packet.acknowledgment & 0xffff_ffffL);
        rows[at + 3] = (long) packet.length << 32
                | (long) (file & 0xffff) << 16
                | (long) packet.flags << 8
                | (excess >>> 32) << 1
                | (from == 0 ? 1 : 0);
        rows[at + 4] = (long) packet.id << 32 | (excess & 0xffff_ffffL);
        if (awaited > 0) {
            awaited--;
            Reset reset = resets.get(resets.size() - 1);
            int length = reset.rows.length;
            reset.rows = Arrays.copyOf(reset.rows, length + COLUMNS);
            System.arraycopy(rows, at, reset.rows, length, COLUMNS);
        }
    }

    /**
     * Keeps the RST that was just added, with the packets around it.
     *
     * @return false when it says nothing new
     */
    boolean keepReset() {
        if (resets.size() == MAX_RESETS) {
            awaited = 0;
            return false;
        }
        resets.add(new Reset(Arrays.copyOf(rows, used * COLUMNS), used - 1, provoking(used - 1)));
        awaited = BEHIND;
        return true;
    }

    /**
     * The packet that a RST answers (RFC 9293 3.10.7.1): to one with ACK, a RST has what that acknowledges as its sequence
     * number; to one without, number 0, and acknowledges it. A RST with an ACK and a number of its own answers none.
     */
    private int provoking(int reset) {
        boolean acknowledges = (flags(rows, reset) & TcpPacket.ACK) != 0;
        if (acknowledges && sequence(rows, reset) != 0) {
            return -1;
        }
        for (int row = reset - 1; row >= 0; row--) {
            if (goesUp(rows, row) != goesUp(rows, reset) && (flags(rows, row) & TcpPacket.RST) == 0) {
                boolean had = (flags(rows, row) & TcpPacket.ACK) != 0;
                if (had != acknowledges
                        && (had
                                ? acknowledgment(rows, row) == sequence(rows, reset)
                                : behind(rows, row) == acknowledgment(rows, reset))) {
                    return row;
                }
            }
        }
        return -1;
    }

    /** The sequence number after a packet. */
    private static int behind(long[] rows, int row) {
        int flags = flags(rows, row);
        return sequence(rows, row)
                + length(rows, row)
                + ((flags & TcpPacket.SYN) != 0 ? 1 : 0)
                + ((flags & TcpPacket.FIN) != 0 ? 1 : 0);
    }

    List<Reset> resets() {
        return resets;
    }

    /** The last packets, from the earliest. */
    long[] rows() {
        return Arrays.copyOf(rows, used * COLUMNS);
    }

    /** Whether the rows hold all packets of the connection. */
    boolean isWhole() {
        return packets == used;
    }

    /** The first sequence number of the SYN's sender; null when the SYN was not seen. */
    @Nullable
    Integer initial(boolean lower) {
        return initialSeen[lower ? 0 : 1] ? initial[lower ? 0 : 1] : null;
    }

    /**
     * Where a packet of these values stands; −1 when it is not among the rows.
     *
     * @param sequence null for any
     * @param acknowledgment null for any
     */
    static int find(long[] rows, boolean up, int flags, @Nullable Integer sequence, @Nullable Integer acknowledgment) {
        for (int row = rows.length / COLUMNS - 1; row >= 0; row--) {
            if (goesUp(rows, row) == up
                    && flags(rows, row) == flags
                    && (sequence == null || sequence(rows, row) == sequence)
                    && (acknowledgment == null || acknowledgment(rows, row) == acknowledgment)) {
                return row;
            }
        }
        return -1;
    }

    static int count(long[] rows) {
        return rows.length / COLUMNS;
    }

    static long number(long[] rows, int row) {
        return rows[row * COLUMNS];
    }

    static long time(long[] rows, int row) {
        return rows[row * COLUMNS + 1];
    }

    static int sequence(long[] rows, int row) {
        return (int) (rows[row * COLUMNS + 2] >>> 32);
    }

    static int acknowledgment(long[] rows, int row) {
        return (int) rows[row * COLUMNS + 2];
    }

    static int length(long[] rows, int row) {
        return (int) (rows[row * COLUMNS + 3] >>> 32);
    }

    static int file(long[] rows, int row) {
        return (int) (rows[row * COLUMNS + 3] >>> 16) & 0xffff;
    }

    static int flags(long[] rows, int row) {
        return (int) (rows[row * COLUMNS + 3] >>> 8) & 0xff;
    }

    /** {@link #UNKNOWN} to {@link #BELOW}. */
    static int window(long[] rows, int row) {
        return (int) (rows[row * COLUMNS + 3] >>> 1) & 0x7f;
    }

    static boolean goesUp(long[] rows, int row) {
        return (rows[row * COLUMNS + 3] & 1) != 0;
    }

    /** By how many bytes a packet is outside its window. */
    static int excess(long[] rows, int row) {
        return (int) rows[row * COLUMNS + 4];
    }
}
