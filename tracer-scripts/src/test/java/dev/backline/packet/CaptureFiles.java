package dev.backline.packet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes pcap and pcapng. Not thread-safe. */
public final class CaptureFiles {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final boolean nano;
    private ByteOrder order;

    private CaptureFiles(ByteOrder order, boolean nano) {
        this.order = order;
        this.nano = nano;
    }

    public static CaptureFiles pcap(ByteOrder order, boolean nano, int linkType) {
        CaptureFiles file = new CaptureFiles(order, nano);
        file.out.writeBytes(file.buffer(24)
                .putInt(nano ? 0xa1b23c4d : 0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(262144)
                .putInt(linkType)
                .array());
        return file;
    }

    public static CaptureFiles pcap(int linkType) {
        return pcap(ByteOrder.LITTLE_ENDIAN, false, linkType);
    }

    public static CaptureFiles pcapng(ByteOrder order) {
        return new CaptureFiles(order, false).section(order);
    }

    private ByteBuffer buffer(int length) {
        return ByteBuffer.allocate(length).order(order);
    }

    /** @param nanos since 1970 */
    public CaptureFiles record(long nanos, byte[] packet) {
        return record(nanos, packet, packet.length);
    }

    public CaptureFiles record(long nanos, byte[] packet, int original) {
        out.writeBytes(buffer(16)
                .putInt((int) (nanos / 1_000_000_000))
                .putInt((int) (nanos % 1_000_000_000 / (nano ? 1 : 1000)))
                .putInt(packet.length)
                .putInt(original)
                .array());
        out.writeBytes(packet);
        return this;
    }

    public CaptureFiles section(ByteOrder next) {
        order = next;
        return block(
                0x0a0d0d0a,
                buffer(16)
                        .putInt(0x1a2b3c4d)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putLong(-1)
                        .array());
    }

    public CaptureFiles block(int type, byte[] body) {
        int length = 12 + (body.length + 3) / 4 * 4;
        out.writeBytes(buffer(length)
                .putInt(type)
                .putInt(length)
                .put(body)
                .putInt(length - 4, length)
                .array());
        return this;
    }

    public CaptureFiles describe(int linkType, int snapshotLength, byte[]... options) {
        byte[] head = buffer(8)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(snapshotLength)
                .array();
        return block(1, Frames.join(head, Frames.join(options), new byte[options.length > 0 ? 4 : 0]));
    }

    public byte[] option(int code, byte[] value) {
        return buffer(4 + (value.length + 3) / 4 * 4)
                .putShort((short) code)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    public byte[] number(long value) {
        return buffer(8).putLong(value).array();
    }

    public CaptureFiles enhanced(int on, long ticks, byte[] packet) {
        return enhanced(on, ticks, packet, packet.length);
    }

    public CaptureFiles enhanced(int on, long ticks, byte[] packet, int original) {
        byte[] head = buffer(20)
                .putInt(on)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(packet.length)
                .putInt(original)
                .array();
        return block(6, Frames.join(head, packet, padding(packet)));
    }

    public CaptureFiles obsolete(int on, long ticks, byte[] packet) {
        byte[] head = buffer(20)
                .putShort((short) on)
                .putShort((short) 0)
                .putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(packet.length)
                .putInt(packet.length)
                .array();
        return block(2, Frames.join(head, packet));
    }

    public CaptureFiles simple(byte[] packet) {
        return simple(packet, packet.length);
    }

    public CaptureFiles simple(byte[] packet, int original) {
        return block(3, Frames.join(buffer(4).putInt(original).array(), packet));
    }

    /** @param drops isb_ifdrop */
    public CaptureFiles statistics(long drops) {
        return block(5, Frames.join(new byte[12], option(5, number(drops)), new byte[4]));
    }

    private static byte[] padding(byte[] packet) {
        return new byte[(4 - packet.length % 4) % 4];
    }

    public byte[] bytes() {
        return out.toByteArray();
    }

    /** A TCP packet as it was read; addresses as in {@code TcpPacket}, without a time the least number. */
    public record Read(
            long number,
            long time,
            long fromHigh,
            long fromLow,
            int fromPort,
            long toHigh,
            long toLow,
            int toPort,
            int sequence,
            int acknowledgment,
            int flags,
            int window,
            int windowScale,
            int length,
            int id) {}

    /**
     * {@return the TCP packets of a capture}
     *
     * @param notes receives what the reader tells of the file
     */
    public static List<Read> read(String name, byte[] file, List<String> notes) throws IOException {
        List<Read> found = new ArrayList<>();
        notes.addAll(PacketFile.read(
                name,
                new ByteArrayInputStream(file),
                p -> found.add(new Read(
                        p.number,
                        p.time,
                        p.fromHigh,
                        p.fromLow,
                        p.fromPort,
                        p.toHigh,
                        p.toLow,
                        p.toPort,
                        p.sequence,
                        p.acknowledgment,
                        p.flags,
                        p.window,
                        p.windowScale,
                        p.length,
                        p.id))));
        return found;
    }
}
