package dev.backline.capture;

import com.google.common.net.InetAddresses;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/**
 * An IP address and a TCP port.
 *
 * @param address IPv4 with dots; IPv6 without brackets, in its shortest form (RFC 5952); an IPv4-mapped address
 *     (::ffff:192.0.2.1) as the IPv4 address
 * @param port 0 to 65535; 0 for a socket without a peer
 */
public record Endpoint(String address, int port) {
    /** The longest text of an IPv6 address with an embedded IPv4 one. */
    private static final int MAX_ADDRESS = 45;

    /** Reads {@code 203.0.113.10:443}, {@code [::1]:443} and, as SystemTap prints it, {@code ::1:443}; null for anything else. */
    static @Nullable Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return null;
        }
        String address = text.substring(0, colon);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        return of(address, text.substring(colon + 1));
    }

    /**
     * {@return the endpoint, or null when the texts are not an address and a port}
     *
     * @param address IPv4 with dots, or IPv6 without brackets in any form
     * @param port decimal digits
     */
    public static @Nullable Endpoint of(String address, String port) {
        if (address.isEmpty() || address.length() > MAX_ADDRESS || port.isEmpty() || port.length() > 5) {
            return null;
        }
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (Hex.digit(c) < 0 && c != '.' && c != ':') {
                return null;
            }
        }
        int number = 0;
        for (int i = 0; i < port.length(); i++) {
            int digit = port.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            number = number * 10 + digit;
        }
        String canonical = address.indexOf(':') < 0 ? address : shortest(address);
        return number > 0xffff || canonical == null ? null : new Endpoint(canonical, number);
    }

    /**
     * {@return whether the address is a multicast address, or an IPv4 broadcast address as far as the address alone tells}
     */
    public boolean isForMany() {
        if (address.indexOf(':') >= 0) {
            return address.startsWith("ff");
        }
        boolean multicastOrReserved = address.indexOf('.') == 3 && address.compareTo("224") > 0;
        return multicastOrReserved || address.endsWith(".255");
    }

    /** The shortest form of an IPv6 address; null when the text is not an address. */
    private static @Nullable String shortest(String address) {
        return InetAddresses.isInetAddress(address)
                ? InetAddresses.toAddrString(InetAddresses.forString(address))
                : null;
    }

    /** {@code 203.0.113.10:443}, {@code [::1]:443}. */
    @Override
    public String toString() {
        return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
    }
}
