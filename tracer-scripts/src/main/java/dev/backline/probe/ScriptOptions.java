package dev.backline.probe;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a script prints, and how much. Every value of an instance is checked, so that none can change the meaning of a script.
 * Immutable; made with {@link #builder()}.
 *
 * @param ports print only events with one of these at either end; empty for all
 * @param notPorts print no event with one of these at either end
 * @param addresses print only events with an address of one of these at either end; empty for all
 * @param notAddresses print no event with an address of one of these at either end
 * @param process print only events while a process of this name runs (as in {@code /proc/PID/comm}: 1 to 15 bytes), or
 *     null. In a softirq this is any process that was interrupted
 * @param pid print only events while the process with this PID runs, or 0
 * @param netns print only events of the network namespace with this inode number, or 0
 * @param v4 print events of IPv4
 * @param v6 print events of IPv6
 * @param received print also RSTs that end connections of this host
 * @param halfOpen probe tcp_check_req too, which tells a wrong last ACK of a handshake from a stray ACK
 * @param limit the most events per second, or 0 for all
 * @param depth the most frames of a stack (1 to 127)
 * @param duration seconds after which the script ends, or 0
 * @param buffer the buffer of each CPU in megabytes (1 to 1024), or 0 for the tool's default
 */
public record ScriptOptions(
        List<PortRange> ports,
        List<PortRange> notPorts,
        List<Network> addresses,
        List<Network> notAddresses,
        @Nullable String process,
        int pid,
        long netns,
        boolean v4,
        boolean v6,
        boolean received,
        boolean halfOpen,
        int limit,
        int depth,
        int duration,
        int buffer) {
    private static final int COMM_LENGTH = 15;
    private static final int MAX_FILTERS = 64;
    private static final Comparator<PortRange> ASCENDING =
            Comparator.comparingInt(PortRange::first).thenComparingInt(PortRange::last);

    public ScriptOptions {
        ports = List.copyOf(ports);
        notPorts = List.copyOf(notPorts);
        addresses = List.copyOf(addresses);
        notAddresses = List.copyOf(notAddresses);
    }

    /**
     * Ports without a gap.
     *
     * @param first the lowest (1 to 65535)
     * @param last the highest (first to 65535)
     */
    public record PortRange(int first, int last) {
        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /**
     * The addresses with the same first bits.
     *
     * @param address the first of them: all bits behind the prefix are 0
     * @param prefix how many bits are the same: 32 or 128 for a single address
     */
    public record Network(InetAddress address, int prefix) {
        @Override
        public String toString() {
            String text = address.getHostAddress();
            return prefix == 8 * address.getAddress().length ? text : text + "/" + prefix;
        }
    }

    /** {@return whether any events are filtered out} */
    boolean isFiltered() {
        return !filterWords().isEmpty();
    }

    /** {@return the filters as key=value, blanks between; nothing but ASCII letters, digits, and {@code = . : , % _ - /}} */
    String filterWords() {
        List<String> words = new ArrayList<>();
        if (!ports.isEmpty()) {
            words.add("ports=" + join(ports));
        }
        if (!notPorts.isEmpty()) {
            words.add("not-ports=" + join(notPorts));
        }
        if (!addresses.isEmpty()) {
            words.add("addresses=" + join(addresses));
        }
        if (!notAddresses.isEmpty()) {
            words.add("not-addresses=" + join(notAddresses));
        }
        if (process != null) {
            words.add("process=" + ScriptText.percentEscaped(process));
        }
        if (pid != 0) {
            words.add("pid=" + pid);
        }
        if (netns != 0) {
            words.add("netns=" + netns);
        }
        if (v4 != v6) {
            words.add("family=" + (v4 ? "ipv4" : "ipv6"));
        }
        return String.join(" ", words);
    }

    private static String join(List<?> values) {
        StringBuilder out = new StringBuilder();
        for (Object value : values) {
            out.append(out.isEmpty() ? "" : ",").append(value);
        }
        return out.toString();
    }

    /** {@return a builder: every event, both families, 100 frames, 200 events a second} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes options. Every method throws {@link IllegalArgumentException} with a message for people when a value is not
     * allowed. Not thread-safe.
     */
    public static final class Builder {
        private final TreeSet<PortRange> ports = new TreeSet<>(ASCENDING);
        private final TreeSet<PortRange> notPorts = new TreeSet<>(ASCENDING);
        private final Set<Network> addresses = new LinkedHashSet<>();
        private final Set<Network> notAddresses = new LinkedHashSet<>();
        private @Nullable String process;
        private int pid;
        private long netns;
        private boolean v4 = true;
        private boolean v6 = true;
        private boolean received;
        private boolean halfOpen = true;
        private int limit = 200;
        private int depth = 100;
        private int duration;
        private int buffer;

        private Builder() {}

        /**
         * Prints only events with one of these ports; at most 64 calls are allowed.
         *
         * @param text a port (1 to 65535), or the first and the last of several: {@code 8000-8099}
         * @return this
         */
        public Builder port(String text) {
            add(ports, range(text), "ports");
            return this;
        }

        /**
         * Prints only events with this port; at most 64 calls are allowed.
         *
         * @param port 1 to 65535
         * @return this
         */
        public Builder port(long port) {
            int number = (int) within("port", port, 1, 65535);
            add(ports, new PortRange(number, number), "ports");
            return this;
        }

        /**
         * Prints no event with one of these ports; at most 64 calls are allowed.
         *
         * @param text a port (1 to 65535), or the first and the last of several: {@code 8000-8099}
         * @return this
         */
        public Builder notPort(String text) {
            add(notPorts, range(text), "excluded ports");
            return this;
        }

        /**
         * Prints only events with one of these addresses; at most 64 calls are allowed.
         *
         * @param text an IPv4 or IPv6 address in digits, or a network: {@code 203.0.113.0/24}; names are refused and never
         *     looked up
         * @return this
         */
        public Builder address(String text) {
            add(addresses, network(text), "addresses");
            return this;
        }

        /**
         * Prints no event with one of these addresses; at most 64 calls are allowed.
         *
         * @param text an IPv4 or IPv6 address in digits, or a network: {@code 203.0.113.0/24}; names are refused and never
         *     looked up
         * @return this
         */
        public Builder notAddress(String text) {
            add(notAddresses, network(text), "excluded addresses");
            return this;
        }

        private static <T> void add(Set<T> filters, T filter, String what) {
            filters.add(filter);
            if (filters.size() > MAX_FILTERS) {
                throw new IllegalArgumentException("more than " + MAX_FILTERS + " " + what);
            }
        }

        private static PortRange range(String text) {
            int dash = text.indexOf('-');
            int first = port(dash < 0 ? text : text.substring(0, dash), text);
            int last = dash < 0 ? first : port(text.substring(dash + 1), text);
            if (last < first) {
                throw new IllegalArgumentException(
                        "the ports " + text + " end before they begin: write the lower one first");
            }
            return new PortRange(first, last);
        }

        private static int port(String digits, String text) {
            int port = digits(digits);
            if (port < 0) {
                throw new IllegalArgumentException(
                        "not a port or a range of ports: '" + text + "' (such as 443 or 8000-8099)");
            }
            return (int) within("port", port, 1, 65535);
        }

        /** {@return the number; -1 if the text is anything but 1 to 9 digits} */
        private static int digits(String text) {
            if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return -1;
            }
            return Integer.parseInt(text);
        }

        private static Network network(String text) {
            int slash = text.indexOf('/');
            InetAddress address = literal(slash < 0 ? text : text.substring(0, slash), text);
            byte[] bytes = address.getAddress();
            int prefix = slash < 0 ? 8 * bytes.length : digits(text.substring(slash + 1));
            if (prefix < 0 || prefix > 8 * bytes.length) {
                throw new IllegalArgumentException("the network " + text + " has no prefix of 0 to " + 8 * bytes.length
                        + " bits (such as 203.0.113.0/24 or fd00::/64)");
            }
            for (int i = 0; i < bytes.length; i++) {
                int bits = Math.max(0, Math.min(8, prefix - 8 * i));
                bytes[i] &= (byte) (0xff00 >> bits);
            }
            try {
                return new Network(InetAddress.getByAddress(bytes), prefix);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Never looks up a name, as {@link InetAddress} does. */
        private static InetAddress literal(String address, String text) {
            if (!address.contains("%") && InetAddresses.isInetAddress(address)) {
                return InetAddresses.forString(address);
            }
            throw new IllegalArgumentException(
                    "not an IP address in digits: '" + text + "' (such as 203.0.113.10, fd00::2 or 10.0.0.0/8)");
        }

        /**
         * Sets the name of the process.
         *
         * @param name 1 to 15 bytes in UTF-8 without control characters
         * @return this
         */
        public Builder process(String name) {
            int length = name.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > COMM_LENGTH) {
                throw new IllegalArgumentException("a process's name has 1 to " + COMM_LENGTH
                        + " bytes (as in /proc/PID/comm), not " + length + ": '" + name + "'");
            }
            if (name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a process's name with a control character: '" + name + "'");
            }
            process = name;
            return this;
        }

        /**
         * Sets the number of the process.
         *
         * @param number 1 to 4194304 (the kernel's largest)
         * @return this
         */
        public Builder pid(long number) {
            pid = (int) within("pid", number, 1, 4194304);
            return this;
        }

        /**
         * Sets the network namespace.
         *
         * @param inode its inode number, 1 to 4294967295
         * @return this
         */
        public Builder netns(long inode) {
            netns = within("netns", inode, 1, 0xffffffffL);
            return this;
        }

        /**
         * Prints events of IPv4 only.
         *
         * @return this
         */
        public Builder onlyV4() {
            v6 = false;
            return atLeastOne();
        }

        /**
         * Prints events of IPv6 only.
         *
         * @return this
         */
        public Builder onlyV6() {
            v4 = false;
            return atLeastOne();
        }

        private Builder atLeastOne() {
            if (!v4 && !v6) {
                throw new IllegalArgumentException("IPv4 only and IPv6 only at once");
            }
            return this;
        }

        /**
         * Prints RSTs that come in too.
         *
         * @return this
         */
        public Builder received() {
            received = true;
            return this;
        }

        /**
         * Omits the probe of tcp_check_req, which is hit once for each accepted connection.
         *
         * @return this
         */
        public Builder withoutHalfOpen() {
            halfOpen = false;
            return this;
        }

        /**
         * Sets how many events are printed in a second.
         *
         * @param events 1 to 1000000; 0 for all
         * @return this
         */
        public Builder limit(long events) {
            limit = (int) within("rate limit", events, 0, 1000000);
            return this;
        }

        /**
         * Sets how many frames are printed of a stack.
         *
         * @param frames 1 to 127
         * @return this
         */
        public Builder depth(long frames) {
            depth = (int) within("stack depth", frames, 1, 127);
            return this;
        }

        /**
         * Sets the time after which the script ends.
         *
         * @param seconds 1 to 31536000 (a year)
         * @return this
         */
        public Builder duration(long seconds) {
            duration = (int) within("duration", seconds, 1, 31536000);
            return this;
        }

        /**
         * Sets the size of the buffer of each CPU.
         *
         * @param megabytes 1 to 1024
         * @return this
         */
        public Builder buffer(long megabytes) {
            buffer = (int) within("buffer", megabytes, 1, 1024);
            return this;
        }

        /** {@return the options} */
        public ScriptOptions build() {
            for (Network network : addresses) {
                if (network.address() instanceof Inet4Address ? !v4 : !v6) {
                    throw new IllegalArgumentException(
                            "the address " + network + " is not of the family that is asked for");
                }
            }
            return new ScriptOptions(
                    new ArrayList<>(ports),
                    new ArrayList<>(notPorts),
                    new ArrayList<>(addresses),
                    new ArrayList<>(notAddresses),
                    process,
                    pid,
                    netns,
                    v4,
                    v6,
                    received,
                    halfOpen,
                    limit,
                    depth,
                    duration,
                    buffer);
        }

        private static long within(String what, long value, long least, long most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(what + " is " + least + " to " + most + ", not " + value);
            }
            return value;
        }
    }
}
