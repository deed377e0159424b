package dev.backline.fuzz;

import dev.backline.fixtures.Choices;
import dev.backline.packet.CaptureFiles;
import dev.backline.packet.CaptureFiles.Read;
import dev.backline.packet.Frames;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A grammar of packet captures: pcap and pcapng in both byte orders, several sections and interfaces, each link type, IPv4
 * and IPv6 with extension headers, fragments, TCP with options, and packets that are none of these. The choices select one
 * file; the generator knows its TCP packets.
 */
final class PacketGrammar {
    private static final long NO_TIME = Long.MIN_VALUE;

    private static final int SYN = 2;

    private static final int FOREIGN = 147;
    private static final int[] LINK_TYPES = {1, 101, 113, 276, 0, 108, 228, 229, 12, 14, FOREIGN};

    private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

    /**
     * A packet on the wire.
     *
     * @param tcp the position of its TCP header; −1 if a reader finds none
     * @param scaled the position after its window scale option; 0 without that option
     * @param headers what they say; the time and the number are not known yet
     */
    private record Draft(
            byte[] bytes, int tcp, int scaled, @Nullable Read headers) {}

    private record Address(String text, long high, long low) {}

    private final Choices c;
    private final List<Read> packets = new ArrayList<>();
    /** Where the packets of all kinds start and end in the file. */
    private final List<int[]> records = new ArrayList<>();

    private final byte[] file;
    private long number;
    private long foreign;
    private long drops;

    PacketGrammar(Choices choices) {
        c = choices;
        file = c.oneIn(2) ? pcap() : pcapng();
    }

    byte[] file() {
        return file;
    }

    List<Read> packets() {
        return packets;
    }

    /** The number of packets that a reader must say it skipped. */
    long foreign() {
        return foreign;
    }

    long drops() {
        return drops;
    }

    List<int[]> records() {
        return records;
    }

    private ByteOrder order() {
        return c.oneIn(2) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private byte[] pcap() {
        boolean nano = c.oneIn(2);
        int linkType = c.ofInts(LINK_TYPES);
        CaptureFiles out = CaptureFiles.pcap(order(), nano, linkType);
        for (int count = c.between(0, 12); count > 0; count--) {
            long time = c.number(31) * 1_000_000_000 + c.below(1_000_000_000);
            int start = out.bytes().length;
            Draft draft = draft(linkType);
            int captured = captured(draft.bytes.length);
            expect(linkType, nano ? time : time / 1000 * 1000, draft, captured);
            out.record(time, Arrays.copyOf(draft.bytes, captured), draft.bytes.length);
            records.add(new int[] {start, out.bytes().length});
        }
        return out.bytes();
    }

    /** What an interface block states. */
    private record Interface(int linkType, int snapshotLength, int resolution, long offset) {
        long nanoseconds(long ticks) {
            int power = resolution & 0x7f;
            BigInteger unit = (resolution & 0x80) != 0 ? BigInteger.TWO.pow(power) : BigInteger.TEN.pow(power);
            BigInteger time = new BigInteger(Long.toUnsignedString(ticks))
                    .multiply(BILLION)
                    .divide(unit);
            return time.add(BigInteger.valueOf(offset).multiply(BILLION)).longValueExact();
        }
    }

    private byte[] pcapng() {
        CaptureFiles out = CaptureFiles.pcapng(order());
        List<Interface> interfaces = new ArrayList<>();
        for (int count = c.between(0, 16); count > 0; count--) {
            switch (c.below(interfaces.isEmpty() ? 4 : 12)) {
                case 0, 1 -> interfaces.add(describe(out));
                case 2 -> out.block(c.ofInts(4, 10, 0x0bad, 0x8000_0001), new byte[c.below(30)]);
                case 3 -> {
                    if (c.oneIn(3)) {
                        out.section(order());
                        interfaces.clear();
                    }
                }
                case 4 -> {
                    int lost = c.below(50);
                    drops += lost;
                    out.statistics(lost);
                }
                default -> block(out, interfaces);
            }
        }
        return out.bytes();
    }

    private Interface describe(CaptureFiles out) {
        int linkType = c.ofInts(LINK_TYPES);
        int snapshotLength = c.ofInts(0, 262144, 96);
        int resolution = 6;
        long offset = 0;
        List<byte[]> options = new ArrayList<>();
        if (c.oneIn(3)) {
            options.add(out.option(2, new byte[c.between(1, 9)]));
        }
        if (c.oneIn(2)) {
            resolution = c.ofInts(9, 3, 0, 12, 0x80 | 10, 0x80 | 32, 0x80 | 40);
            options.add(out.option(9, new byte[] {(byte) resolution}));
        }
        if (c.oneIn(4)) {
            offset = c.number(30);
            options.add(out.option(14, out.number(offset)));
        }
        out.describe(linkType, snapshotLength, options.toArray(new byte[0][]));
        return new Interface(linkType, snapshotLength, resolution, offset);
    }

    private void block(CaptureFiles out, List<Interface> interfaces) {
        int kind = c.below(6);
        int on = kind == 4 ? 0 : c.below(interfaces.size());
        Interface of = interfaces.get(on);
        long ticks = ticks(of);
        int start = out.bytes().length;
        Draft draft = draft(of.linkType);
        int length = draft.bytes.length;
        if (kind == 4) {
            int captured = of.snapshotLength == 0 ? length : Math.min(length, of.snapshotLength);
            expect(of.linkType, NO_TIME, draft, captured);
            out.simple(Arrays.copyOf(draft.bytes, captured), length);
        } else if (kind == 5) {
            expect(of.linkType, of.nanoseconds(ticks), draft, length);
            out.obsolete(on, ticks, draft.bytes);
        } else {
            int captured = captured(length);
            expect(of.linkType, of.nanoseconds(ticks), draft, captured);
            out.enhanced(on, ticks, Arrays.copyOf(draft.bytes, captured), length);
        }
        records.add(new int[] {start, out.bytes().length});
    }

    private long ticks(Interface of) {
        int power = of.resolution & 0x7f;
        int bits = (of.resolution & 0x80) != 0 ? power : (int) Math.ceil(power * 3.33);
        return c.number(Math.min(62, bits + 30));
    }

    /** Most packets are whole. */
    private int captured(int length) {
        return c.oneIn(4) ? c.below(length + 1) : length;
    }

    private void expect(int linkType, long time, Draft draft, int captured) {
        number++;
        Read headers = draft.headers;
        if (linkType == FOREIGN) {
            foreign++;
        } else if (headers != null && captured >= draft.tcp + 16) {
            packets.add(new Read(
                    number,
                    time,
                    headers.fromHigh(),
                    headers.fromLow(),
                    headers.fromPort(),
                    headers.toHigh(),
                    headers.toLow(),
                    headers.toPort(),
                    headers.sequence(),
                    headers.acknowledgment(),
                    headers.flags(),
                    headers.window(),
                    draft.scaled <= captured ? headers.windowScale() : -1,
                    headers.length(),
                    headers.id()));
        }
    }

    private Address address(boolean six) {
        int host = c.between(1, 200);
        return six
                ? new Address("2001:db8::ff:" + Integer.toHexString(host), 0x2001_0db8_0000_0000L, 0xff_0000L | host)
                : new Address("192.0.2." + host, 0, 0xffff_c000_0200L | host);
    }

    private Draft draft(int linkType) {
        boolean six = c.oneIn(2);
        Address from = address(six);
        Address to = address(six);
        int flags = c.ofInts(4, 0x14, 0x10, SYN, 0x12, 0x11, 0x18, c.below(256));
        int scale = (flags & SYN) != 0 && c.oneIn(2) ? c.below(15) : -1;
        byte[] options = options(scale);
        int data = c.oneIn(12) ? 3000 : c.below(60);
        byte[] tcp = Frames.tcp(
                c.below(65536), c.below(65536), (int) c.number(32), (int) c.number(32), flags, c.below(65536), 0);
        tcp[12] = (byte) ((20 + options.length) / 4 << 4);
        byte[] segment = Frames.join(tcp, options, new byte[data]);
        ByteBuffer fields = ByteBuffer.wrap(tcp);
        // As cards leave it that split packets themselves
        boolean offload = c.oneIn(8);
        int id = six ? 0 : c.below(65536);
        boolean found = !c.oneIn(5);
        byte[] ip = six ? ipv6(from, to, segment, found, offload) : ipv4(from, to, id, segment, found, offload);
        byte[] frame = link(linkType, ip);
        int at = frame.length - segment.length;
        if (linkType == 1 && !offload && frame.length < 60) {
            frame = Arrays.copyOf(frame, 60);
        }
        Read headers = new Read(
                0,
                0,
                from.high,
                from.low,
                fields.getShort(0) & 0xffff,
                to.high,
                to.low,
                fields.getShort(2) & 0xffff,
                fields.getInt(4),
                fields.getInt(8),
                flags,
                fields.getShort(14) & 0xffff,
                scale,
                data,
                id);
        return new Draft(frame, at, scale < 0 ? 0 : at + 20 + options.length, found ? headers : null);
    }

    /** Maximum segment size, timestamps, window scale (RFC 9293 3.1, RFC 7323 2.2). */
    private byte[] options(int scale) {
        byte[] segmentSize = {2, 4, 5, (byte) 0xb4};
        byte[] timestamps = {1, 1, 8, 10, 0, 3, 3, 9, 0, 0, 0, 0};
        byte[] windowScale = {1, 3, 3, (byte) scale};
        return Frames.join(
                c.oneIn(2) ? segmentSize : new byte[0],
                c.oneIn(3) ? timestamps : new byte[0],
                scale >= 0 ? windowScale : new byte[0]);
    }

    private byte[] ipv4(Address from, Address to, int id, byte[] segment, boolean found, boolean offload) {
        int why = c.below(2);
        int fragment = found ? c.ofInts(0x4000, 0, 0x2000) : why == 0 ? c.between(1, 0x1fff) : 0;
        byte[] options = new byte[4 * c.below(4)];
        byte[] ip = Frames.ipv4(from.text, to.text, id, fragment, options, segment);
        if (!found && why == 1) {
            ip[9] = 17;
        }
        if (offload) {
            ip[2] = 0;
            ip[3] = 0;
        }
        return ip;
    }

    /** Extension headers (RFC 8200 4, RFC 4302 2), from the last to the first. */
    private byte[] ipv6(Address from, Address to, byte[] segment, boolean found, boolean offload) {
        boolean fragment = !found && c.oneIn(2);
        int next = found || fragment ? 6 : c.ofInts(17, 58, 50, 59);
        byte[] payload = segment;
        for (int count = c.below(4) + (fragment ? 1 : 0); count > 0; count--) {
            int kind = fragment ? 44 : c.ofInts(0, 43, 60, 135, 44, 51);
            byte[] header = new byte[kind == 44 ? 8 : kind == 51 ? 24 : 8 * c.between(1, 3)];
            header[0] = (byte) next;
            header[1] = (byte) (kind == 44 ? 0 : kind == 51 ? header.length / 4 - 2 : header.length / 8 - 1);
            if (kind == 44) {
                header[2] = (byte) (fragment ? 1 : 0);
                header[3] = (byte) c.below(2);
                fragment = false;
            }
            payload = Frames.join(header, payload);
            next = kind;
        }
        byte[] ip = Frames.ipv6(from.text, to.text, next, payload);
        if (offload) {
            ip[4] = 0;
            ip[5] = 0;
        }
        return ip;
    }

    private byte[] link(int linkType, byte[] ip) {
        int[] tags = new int[c.oneIn(3) ? c.between(1, 2) : 0];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = c.ofInts(0x8100, 0x88a8, 0x9100);
        }
        // The EtherType, tags and the packet stand after 12 bytes
        byte[] frame = Frames.ethernet(ip, tags);
        byte[] typed = Arrays.copyOfRange(frame, 12, frame.length);
        return switch (linkType) {
            case 1 -> frame;
            case 113 -> Frames.join(new byte[14], typed);
            case 276 -> Frames.join(Arrays.copyOf(typed, 2), new byte[18], Arrays.copyOfRange(typed, 2, typed.length));
            case 0, 108 -> Frames.join(new byte[] {0, 0, 0, 2}, ip);
            default -> ip;
        };
    }
}
