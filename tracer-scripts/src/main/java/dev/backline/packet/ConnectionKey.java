package dev.backline.packet;

import com.google.common.net.InetAddresses;
import dev.backline.capture.Endpoint;
import org.jspecify.annotations.Nullable;

/** The two ends of a connection, whichever way a packet goes. Changes only by {@link #set}; not thread-safe while it does. */
final class ConnectionKey implements Comparable<ConnectionKey> {
    private long lowHigh;
    private long lowLow;
    private long highHigh;
    private long highLow;
    /** The port of the lower end, and that of the higher one. */
    private int ports;

    /** {@return whether the packet goes from the lower end to the higher one} */
    boolean set(TcpPacket packet) {
        return set(packet.fromHigh, packet.fromLow, packet.fromPort, packet.toHigh, packet.toLow, packet.toPort);
    }

    private boolean set(long fromHigh, long fromLow, int fromPort, long toHigh, long toLow, int toPort) {
        int order = Long.compareUnsigned(fromHigh, toHigh);
        order = order != 0 ? order : Long.compareUnsigned(fromLow, toLow);
        order = order != 0 ? order : Integer.compare(fromPort, toPort);
        boolean up = order <= 0;
        lowHigh = up ? fromHigh : toHigh;
        lowLow = up ? fromLow : toLow;
        highHigh = up ? toHigh : fromHigh;
        highLow = up ? toLow : fromLow;
        ports = up ? fromPort << 16 | toPort : toPort << 16 | fromPort;
        return up;
    }

    /** The key of a connection; null when an address is not one. */
    static @Nullable ConnectionKey of(Endpoint one, Endpoint other) {
        byte[] first = bytes(one.address());
        byte[] second = bytes(other.address());
        if (first == null || second == null) {
            return null;
        }
        ConnectionKey key = new ConnectionKey();
        key.set(high(first), low(first), one.port(), high(second), low(second), other.port());
        return key;
    }

    /** The bytes of an address; null when the text is not one. {@code InetAddress} would look up a name such as "abc.de". */
    private static byte @Nullable [] bytes(String address) {
        return InetAddresses.isInetAddress(address)
                ? InetAddresses.forString(address).getAddress()
                : null;
    }

    private static long high(byte[] address) {
        return address.length == 4 ? 0 : word(address, 0) << 32 | word(address, 4);
    }

    private static long low(byte[] address) {
        return address.length == 4 ? 0xffff_0000_0000L | word(address, 0) : word(address, 8) << 32 | word(address, 12);
    }

    private static long word(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    ConnectionKey copy() {
        ConnectionKey copy = new ConnectionKey();
        copy.lowHigh = lowHigh;
        copy.lowLow = lowLow;
        copy.highHigh = highHigh;
        copy.highLow = highLow;
        copy.ports = ports;
        return copy;
    }

    Endpoint end(boolean lower) {
        return lower ? endpoint(lowHigh, lowLow, ports >>> 16) : endpoint(highHigh, highLow, ports & 0xffff);
    }

    private static Endpoint endpoint(long high, long low, int port) {
        StringBuilder text = new StringBuilder(40);
        if (high == 0 && low >>> 32 == 0xffff) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                text.append(shift == 24 ? "" : ".").append((low >> shift) & 0xff);
            }
        } else {
            for (int group = 0; group < 8; group++) {
                long half = group < 4 ? high : low;
                text.append(group == 0 ? "" : ":").append(Long.toHexString((half >>> ((3 - group % 4) * 16)) & 0xffff));
            }
        }
        Endpoint endpoint = Endpoint.of(text.toString(), Integer.toString(port));
        if (endpoint == null) {
            throw new IllegalStateException("no address: " + text);
        }
        return endpoint;
    }

    @Override
    public int compareTo(ConnectionKey other) {
        int order = Long.compare(lowHigh, other.lowHigh);
        order = order != 0 ? order : Long.compare(lowLow, other.lowLow);
        order = order != 0 ? order : Long.compare(highHigh, other.highHigh);
        order = order != 0 ? order : Long.compare(highLow, other.highLow);
        return order != 0 ? order : Integer.compare(ports, other.ports);
    }

    @Override
    public boolean equals(@Nullable Object object) {
        return object instanceof ConnectionKey other && compareTo(other) == 0;
    }

    @Override
    public int hashCode() {
        long mixed = ((lowHigh * 31 + lowLow) * 31 + highHigh) * 31 + highLow;
        mixed = (mixed ^ ports) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 32);
    }
}
