package dev.backline.packet;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Writes packets, from the TCP header outwards. */
public final class Frames {
    /** A TCP header without options, and so many bytes of data. */
    public static byte[] tcp(int from, int to, int sequence, int acknowledgment, int flags, int window, int data) {
        return ByteBuffer.allocate(20 + data)
                .putShort((short) from)
                .putShort((short) to)
                .putInt(sequence)
                .putInt(acknowledgment)
                .put((byte) 0x50)
                .put((byte) flags)
                .putShort((short) window)
                .array();
    }

    public static byte[] ipv4(String from, String to, byte[] payload) {
        return ipv4(from, to, 4321, 0, new byte[0], payload);
    }

    /**
     * @param fragment offset in units of eight bytes
     * @param options whose length is a multiple of four
     */
    public static byte[] ipv4(String from, String to, int id, int fragment, byte[] options, byte[] payload) {
        int header = 20 + options.length;
        return ByteBuffer.allocate(header + payload.length)
                .put((byte) (0x40 | header / 4))
                .put((byte) 0)
                .putShort((short) (header + payload.length))
                .putShort((short) id)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0)
                .put(address(from))
                .put(address(to))
                .put(options)
                .put(payload)
                .array();
    }

    /** @param next of the first header in the payload: 6 for TCP */
    public static byte[] ipv6(String from, String to, int next, byte[]... payload) {
        byte[] all = join(payload);
        return ByteBuffer.allocate(40 + all.length)
                .putInt(0x60000000)
                .putShort((short) all.length)
                .put((byte) next)
                .put((byte) 64)
                .put(address(from))
                .put(address(to))
                .put(all)
                .array();
    }

    public static byte[] ethernet(byte[] ip, int... tags) {
        ByteBuffer frame = ByteBuffer.allocate(14 + tags.length * 4 + ip.length).put(new byte[12]);
        for (int tag : tags) {
            frame.putShort((short) tag).putShort((short) 7);
        }
        return frame.putShort(type(ip)).put(ip).array();
    }

    public static byte[] cooked(byte[] ip) {
        return join(new byte[14], ByteBuffer.allocate(2).putShort(type(ip)).array(), ip);
    }

    public static byte[] cooked2(byte[] ip) {
        return join(ByteBuffer.allocate(2).putShort(type(ip)).array(), new byte[18], ip);
    }

    private static short type(byte[] ip) {
        return (short) (ip[0] >> 4 == 4 ? 0x0800 : 0x86dd);
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Frames() {}
}
