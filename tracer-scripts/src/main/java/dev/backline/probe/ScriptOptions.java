package dev.backline.probe;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a script prints, and how much. Every value of an instance is checked, so that none can change the meaning of a script.
 * Immutable; made with {@link #builder()}.
 *
 * @param ports print only events with one of these at either end (1 to 65535, ascending); empty for all
 * @param addresses print only events with one of these at either end; empty for all
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
        List<Integer> ports,
        List<InetAddress> addresses,
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

    public ScriptOptions {
        ports = List.copyOf(ports);
        addresses = List.copyOf(addresses);
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
        if (!addresses.isEmpty()) {
            List<String> texts = new ArrayList<>();
            for (InetAddress address : addresses) {
                texts.add(address.getHostAddress());
            }
            words.add("addresses=" + join(texts));
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
        private final TreeSet<Integer> ports = new TreeSet<>();
        private final List<InetAddress> addresses = new ArrayList<>();
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
         * Adds a port; at most 64 are allowed.
         *
         * @param port 1 to 65535
         * @return this
         */
        public Builder port(long port) {
            ports.add((int) within("port", port, 1, 65535));
            if (ports.size() > MAX_FILTERS) {
                throw new IllegalArgumentException("more than " + MAX_FILTERS + " ports");
            }
            return this;
        }

        /**
         * Adds an IPv4 or IPv6 address; at most 64 are allowed.
         *
         * @param text the address in digits; names are refused and never looked up
         * @return this
         */
        public Builder address(String text) {
            InetAddress address = literal(text);
            if (!addresses.contains(address)) {
                addresses.add(address);
            }
            if (addresses.size() > MAX_FILTERS) {
                throw new IllegalArgumentException("more than " + MAX_FILTERS + " addresses");
            }
            return this;
        }

        /** Never looks up a name, as {@link InetAddress} does. */
        private static InetAddress literal(String text) {
            if (!text.contains("%") && InetAddresses.isInetAddress(text)) {
                return InetAddresses.forString(text);
            }
            throw new IllegalArgumentException(notAnAddress(text));
        }

        private static String notAnAddress(String text) {
            return "not an IP address in digits: '" + text + "' (such as 203.0.113.10 or fd00::2)";
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
            for (InetAddress address : addresses) {
                if (address instanceof Inet4Address ? !v4 : !v6) {
                    throw new IllegalArgumentException(
                            "the address " + address.getHostAddress() + " is not of the family that is asked for");
                }
            }
            return new ScriptOptions(
                    new ArrayList<>(ports),
                    addresses,
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
