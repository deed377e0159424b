package dev.backline.capture;

import org.jspecify.annotations.Nullable;

/**
 * An IP address and a TCP port.
 *
 * @param address in its usual text form, IPv6 without brackets
 * @param port 0 to 65535; 0 is what a socket without a peer has
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

    /** The endpoint, or null when the texts are no address and port. */
    static @Nullable Endpoint of(String address, String port) {
        if (address.isEmpty() || address.length() > MAX_ADDRESS || port.isEmpty() || port.length() > 5) {
            return null;
        }
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (Character.digit(c, 16) < 0 && c != '.' && c != ':') {
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
        return number > 0xffff ? null : new Endpoint(address, number);
    }

    /** {@code 203.0.113.10:443}, {@code [::1]:443}. */
    @Override
    public String toString() {
        return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
    }
}
