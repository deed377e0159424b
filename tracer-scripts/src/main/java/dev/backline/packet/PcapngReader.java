package dev.backline.packet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads pcapng (draft-ietf-opsawg-pcapng): sections of both byte orders; unknown blocks are skipped. */
final class PcapngReader {
    static final int SECTION_HEADER = 0x0a0d0d0a;

    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;

    private static final int IF_TSRESOL = 9;
    private static final int IF_TSOFFSET = 14;
    private static final int ISB_IFDROP = 5;

    /** How many interfaces are kept: no host has more, and a hostile file needs only 20 bytes for each. */
    private static final int MAX_INTERFACES = 1 << 16;

    /** The options of longer blocks are not read. */
    private static final int MAX_OPTIONS = 1 << 15;

    /**
     * @param resolution if_tsresol: a negative power of ten, of two with the highest bit
     * @param offset if_tsoffset, in seconds
     */
    private record Interface(int linkType, long snapshotLength, int resolution, long offset) {}

    private final PacketFile file;
    private final PacketBytes bytes;
    private final List<Interface> interfaces = new ArrayList<>();
    private long number;

    private PcapngReader(PacketFile file) {
        this.file = file;
        this.bytes = file.bytes;
    }

    static void read(PacketFile file) throws IOException {
        new PcapngReader(file).blocks();
    }

    private void blocks() throws IOException {
        while (bytes.has(1)) {
            long start = bytes.offset();
            if (!bytes.has(12)) {
                file.damaged(start, number, "the file ends within a block, which has at least 12 bytes");
                return;
            }
            if (bytes.i32(0) == SECTION_HEADER && !section(start)) {
                return;
            }
            int type = bytes.i32(0);
            long length = bytes.u32(4);
            // Some writers do not count the padding.
            long padded = (length + 3) & ~3L;
            if (length < 12) {
                file.damaged(start, number, "a block claims " + length + " bytes, fewer than the minimum of 12");
                return;
            }
            bytes.skip(8);
            long read = body(start, type, length - 12);
            if (read < 0) {
                return;
            }
            if (!bytes.skip(padded - 12 - read) || !bytes.has(4)) {
                file.damaged(start, number, "the file ends within a block of " + length + " bytes");
                return;
            }
            if (bytes.u32(0) != length) {
                file.damaged(
                        start, number, "a block of " + length + " bytes claims " + bytes.u32(0) + " bytes at its end");
                return;
            }
            bytes.skip(4);
        }
    }

    /** Reads the byte order of a section; interfaces are numbered from 0 again. */
    private boolean section(long start) {
        bytes.order(true);
        if (bytes.i32(8) != BYTE_ORDER_MAGIC) {
            bytes.order(false);
            if (bytes.i32(8) != BYTE_ORDER_MAGIC) {
                file.damaged(start, number, "a section header has no byte-order magic");
                return false;
            }
        }
        interfaces.clear();
        return true;
    }

    /**
     * Reads the body of a block, which starts here.
     *
     * @return how much of it was gone over; −1 when nothing more can be read
     */
    private long body(long start, int type, long length) throws IOException {
        return switch (type) {
            case INTERFACE_DESCRIPTION -> description(start, length);
            case ENHANCED_PACKET -> packet(start, length, true);
            case OBSOLETE_PACKET -> packet(start, length, false);
            case SIMPLE_PACKET -> simplePacket(start, length);
            case INTERFACE_STATISTICS -> statistics(length);
            default -> 0;
        };
    }

    private long description(long start, long length) throws IOException {
        int look = (int) Math.min(length, MAX_OPTIONS);
        if (length < 8 || !bytes.has(look)) {
            return cut(start, length, 8);
        }
        if (interfaces.size() == MAX_INTERFACES) {
            file.damaged(start, number, "more than " + MAX_INTERFACES + " interfaces are described");
            return -1;
        }
        int resolution = 6;
        long offset = 0;
        for (int at = 8; at + 4 <= look; at += 4 + ((bytes.u16(at + 2) + 3) & ~3)) {
            int code = bytes.u16(at);
            int size = bytes.u16(at + 2);
            if (code == 0 || at + 4 + size > look) {
                break;
            }
            if (code == IF_TSRESOL && size == 1) {
                resolution = bytes.array()[bytes.position() + at + 4] & 0xff;
            } else if (code == IF_TSOFFSET && size == 8) {
                offset = bytes.i64(at + 4);
            }
        }
        interfaces.add(new Interface(bytes.u16(0), bytes.u32(4), resolution, offset));
        return 0;
    }

    /** Both have the same fields but for the interface's number and, in the obsolete one, a count of drops. */
    private long packet(long start, long length, boolean enhanced) throws IOException {
        number++;
        if (length < 20 || !bytes.has(20)) {
            number--;
            return cut(start, length, 20);
        }
        long id = enhanced ? bytes.u32(0) : bytes.u16(0);
        long ticks = bytes.u32(4) << 32 | bytes.u32(8);
        return data(start, length, 20, id, ticks, bytes.u32(12), bytes.u32(16), true);
    }

    private long simplePacket(long start, long length) throws IOException {
        number++;
        if (length < 4 || !bytes.has(4)) {
            number--;
            return cut(start, length, 4);
        }
        long original = bytes.u32(0);
        long snapshotLength = interfaces.isEmpty() ? 0 : interfaces.get(0).snapshotLength();
        long captured = Math.min(original, length - 4);
        return data(
                start,
                length,
                4,
                0,
                0,
                snapshotLength == 0 ? captured : Math.min(captured, snapshotLength),
                original,
                false);
    }

    private long data(
            long start, long length, int fields, long id, long ticks, long captured, long original, boolean timed)
            throws IOException {
        if (id >= interfaces.size()) {
            number--;
            file.damaged(start, number, "a packet refers to interface " + id + ", which no block describes");
            return -1;
        }
        if (captured > length - fields) {
            number--;
            file.damaged(
                    start,
                    number,
                    "a packet claims " + captured + " bytes, but its block has room for " + (length - fields));
            return -1;
        }
        Interface on = interfaces.get((int) id);
        bytes.skip(fields);
        int looked = (int) Math.min(captured, PacketBytes.MOST);
        if (!bytes.has(looked)) {
            number--;
            file.damaged(start, number, "the file ends within a packet of " + captured + " bytes");
            return -1;
        }
        file.packet(number, timed ? nanoseconds(ticks, on) : TcpPacket.NO_TIME, on.linkType(), looked, original);
        return fields;
    }

    private long statistics(long length) throws IOException {
        int look = (int) Math.min(length, MAX_OPTIONS);
        // A block that is cut says so behind.
        if (length >= 12 && bytes.has(look)) {
            for (int at = 12; at + 4 <= look; at += 4 + ((bytes.u16(at + 2) + 3) & ~3)) {
                int size = bytes.u16(at + 2);
                if (bytes.u16(at) == 0 || at + 4 + size > look) {
                    break;
                }
                if (bytes.u16(at) == ISB_IFDROP && size == 8) {
                    file.dropped(Math.max(0, bytes.i64(at + 4)));
                }
            }
        }
        return 0;
    }

    private long cut(long start, long length, int least) {
        file.damaged(
                start,
                number,
                length < least
                        ? "the body of a block has " + length + " bytes, but needs at least " + least
                        : "the file ends within a block of " + (length + 12) + " bytes");
        return -1;
    }

    /** Nanoseconds since 1970 of a time in an interface's units; no time when it is absurd. */
    private static long nanoseconds(long ticks, Interface on) {
        int power = on.resolution() & 0x7f;
        long seconds;
        long rest;
        if ((on.resolution() & 0x80) != 0) {
            if (power > 62) {
                return TcpPacket.NO_TIME;
            }
            seconds = ticks >>> power;
            long fraction = ticks & ((1L << power) - 1);
            long low = fraction * 1_000_000_000L;
            rest = power == 0 ? 0 : Math.multiplyHigh(fraction, 1_000_000_000L) << (64 - power) | low >>> power;
        } else {
            if (power > 18) {
                return TcpPacket.NO_TIME;
            }
            long unit = 1;
            for (int i = 0; i < power; i++) {
                unit *= 10;
            }
            seconds = Long.divideUnsigned(ticks, unit);
            long fraction = Long.remainderUnsigned(ticks, unit);
            rest = power <= 9 ? fraction * (1_000_000_000L / unit) : fraction / (unit / 1_000_000_000L);
        }
        seconds += on.offset();
        // Year 2262: what a long holds.
        return seconds < 0 || seconds >= 9_000_000_000L ? TcpPacket.NO_TIME : seconds * 1_000_000_000L + rest;
    }
}
