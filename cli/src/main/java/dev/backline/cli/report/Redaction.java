package dev.backline.cli.report;

import com.google.common.net.InetAddresses;
import dev.backline.capture.ProbeEvent;
import dev.backline.cli.console.Output;
import dev.backline.diagnose.CaptureAnalysis;
import dev.backline.io.Hex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces addresses and names in a report, the same one always by the same ({@code --redact}). Names are replaced in events,
 * before anything is said about them; addresses in the finished output, whatever its format, so that none is missed. IPv4
 * addresses become addresses of the ranges for documentation (RFC 5737), then of 10.0.0.0/8; IPv6 addresses those of 2001:db8::
 * (RFC 3849), hardware addresses those of 00:00:5e:00:53 (RFC 7042). Loopback, unspecified, broadcast and multicast addresses
 * stay, because they say what a packet was. Memory is bounded. Not thread-safe.
 */
final class Redaction implements CaptureAnalysis.Names {
    /** Further addresses or names share one replacement. */
    private static final int MAX_KNOWN = 100_000;

    /** More than an address with everything that may stand before it; a longer run of such characters is taken in parts. */
    private static final int MAX_RUN = 1 << 12;

    private static final String[] DOCUMENTATION = {"192.0.2.", "198.51.100.", "203.0.113."};

    /** Hosts in each of the ranges for documentation. */
    private static final int HOSTS = 254;

    /** Fields that name something of the user's, and what a replacement calls it. */
    private static final Map<String, String> NAMES = Map.of(
            "comm", "process",
            "owner", "process",
            "exe", "process",
            "cmdline", "process",
            "container", "container",
            "pod", "pod",
            "cgroup", "container",
            "host", "host",
            "hostname", "host",
            "netns_name", "namespace");

    private final Map<String, String> known = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** How the note begins that lists the hosts of a kernel log. */
    private static final String HOSTS_NOTE = "the kernel log has lines of several hosts (";

    @Override
    public String note(String note) {
        int end = note.indexOf(')');
        if (!note.startsWith(HOSTS_NOTE) || end < 0) {
            return note;
        }
        String other = note;
        for (String host : note.substring(HOSTS_NOTE.length(), end).split(", ", -1)) {
            other = other.replaceAll(
                    "(?<![\\w.-])" + Pattern.quote(host) + "(?![\\w-])", Matcher.quoteReplacement(name("host", host)));
        }
        return other;
    }

    @Override
    public ProbeEvent event(ProbeEvent event) {
        Map<String, String> fields = new TreeMap<>(event.fields());
        fields.replaceAll((key, value) -> {
            String kind = NAMES.get(key);
            return kind == null || value.equals("-") ? value : name(kind, value);
        });
        String comm = event.comm();
        return event.withNames(comm == null ? null : name("process", comm), fields);
    }

    private String name(String kind, String name) {
        String key = kind + " " + name;
        String replacement = known.get(key);
        if (replacement == null) {
            replacement = kind + "-" + (known.size() < MAX_KNOWN ? next(kind) : "other");
            remember(key, replacement);
        }
        return replacement;
    }

    private int next(String kind) {
        return counts.merge(kind, 1, Integer::sum);
    }

    private void remember(String original, String replacement) {
        if (known.size() < MAX_KNOWN) {
            known.put(original, replacement);
        }
    }

    /** {@return the replacement of an IPv4 address} */
    private String ipv4(String address) {
        int first = Integer.parseInt(address.substring(0, address.indexOf('.')));
        if (first == 127 || first >= 224 || address.equals("0.0.0.0")) {
            return address;
        }
        String replacement = known.get(address);
        while (replacement == null) {
            int number = known.size() < MAX_KNOWN ? next("IPv4") - 1 : MAX_KNOWN;
            String candidate;
            if (number < HOSTS * DOCUMENTATION.length) {
                candidate = DOCUMENTATION[number / HOSTS] + (number % HOSTS + 1);
            } else {
                candidate = "10." + (number >> 16) + "." + (number >> 8 & 0xff) + "." + (number & 0xff);
            }
            // A replacement that is an address of the capture would say that the two are one.
            if (number == MAX_KNOWN || !known.containsKey(candidate)) {
                replacement = candidate;
                remember(address, replacement);
            }
        }
        return replacement;
    }

    /** {@return the replacement of an IPv6 address in any form} */
    private String ipv6(String address) {
        String shortest = InetAddresses.toAddrString(InetAddresses.forString(address));
        if (shortest.indexOf(':') < 0) {
            return "::ffff:" + ipv4(shortest);
        }
        if (shortest.equals("::") || shortest.equals("::1") || shortest.startsWith("ff")) {
            return address;
        }
        String replacement = known.get(shortest);
        while (replacement == null) {
            int number = known.size() < MAX_KNOWN ? next("IPv6") : 0xfffff;
            String candidate = "2001:db8::" + (number > 0xffff ? Integer.toHexString(number >> 16) + ":" : "")
                    + Integer.toHexString(number & 0xffff);
            if (number == 0xfffff || !known.containsKey(candidate)) {
                replacement = candidate;
                remember(shortest, replacement);
            }
        }
        return replacement;
    }

    /** {@return the replacement of a hardware address, or of several that a log writes as one} */
    private String hardware(String address) {
        String replacement = known.get(address);
        if (replacement == null) {
            int number = known.size() < MAX_KNOWN ? next("hardware") : 0xff;
            replacement = String.format("00:00:5e:00:53:%02x", number & 0xff);
            remember(address, replacement);
        }
        return replacement;
    }

    /**
     * {@return an output that replaces addresses}
     *
     * @param to gets what is printed
     */
    Output output(Output to) {
        return new Output(new Filter(to));
    }

    /** Finds addresses in a stream of text, JSON or HTML. */
    private final class Filter extends OutputStream {
        private final Output to;
        private final byte[] run = new byte[MAX_RUN];
        private int length;
        /** The byte before the run. */
        private int before = ' ';
        /** How many bytes belong to an escape of JSON, or to one for an unsafe character; −1 after its backslash. */
        private int escape;

        private final byte[] one = new byte[1];

        Filter(Output to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            int c = b & 0xff;
            if (escape != 0) {
                escape(c);
                return;
            }
            boolean part = (c < 0x80 && Hex.digit((char) c) >= 0) || c == '.' || c == ':';
            if (part) {
                if (length == MAX_RUN) {
                    end(' ');
                }
                run[length++] = (byte) c;
                return;
            }
            end(c);
            copy(c);
            escape = c == '\\' ? -1 : 0;
            before = c;
        }

        private void escape(int c) throws IOException {
            if (escape > 0) {
                escape--;
            } else if (c == 'u') {
                escape = 4;
            } else if (c == 'x') {
                escape = 2;
            } else if (c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't' || c == '\\' || c == '"') {
                escape = 0;
            } else {
                // No escape but a backslash.
                escape = 0;
                before = ' ';
                write(c);
                return;
            }
            before = ' ';
            copy(c);
        }

        private void copy(int c) throws IOException {
            one[0] = (byte) c;
            to.print(one);
        }

        /** Ends the run before a byte. */
        private void end(int next) throws IOException {
            if (length > 0) {
                String text = new String(run, 0, length, StandardCharsets.US_ASCII);
                to.print(replaced(text, before, next));
                before = run[length - 1];
                length = 0;
            }
        }

        @Override
        public void flush() throws IOException {
            end(' ');
            to.flush();
        }
    }

    /** Replaces the addresses in a run of hex digits, points and colons, between two other characters. */
    private String replaced(String text, int before, int next) {
        int colon = text.indexOf(':');
        if (colon >= 0 && text.indexOf(':', colon + 1) >= 0 && !isWord(before) && !isWord(next)) {
            int end = text.length();
            while (end > 2
                    && (text.charAt(end - 1) == '.' || (text.charAt(end - 1) == ':' && text.charAt(end - 2) != ':'))) {
                end--;
            }
            String core = text.substring(0, end);
            if (InetAddresses.isInetAddress(core)) {
                return ipv6(core) + text.substring(end);
            }
            if (isHardware(core)) {
                return hardware(core) + text.substring(end);
            }
        }
        StringBuilder all = null;
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            int end = i > 0 && (isDigit(text.charAt(i - 1)) || text.charAt(i - 1) == '.') ? -1 : quad(text, i);
            if (end > 0) {
                all = all == null ? new StringBuilder() : all;
                all.append(text, copied, i).append(ipv4(text.substring(i, end)));
                copied = end;
                i = end - 1;
            }
        }
        return all == null ? text : all.append(text, copied, text.length()).toString();
    }

    /** The end of four numbers of a byte each with points between; −1 when there are none. */
    private static int quad(String text, int from) {
        int at = from;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (at == text.length() || text.charAt(at) != '.') {
                    return -1;
                }
                at++;
            }
            int digits = at;
            int value = 0;
            while (at < text.length() && isDigit(text.charAt(at)) && at - digits < 4) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == digits || at - digits > 3 || value > 255) {
                return -1;
            }
        }
        boolean goesOn = at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1));
        return goesOn ? -1 : at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWord(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Six or more bytes in hex with colons between. */
    private static boolean isHardware(String text) {
        if (text.length() < 17 || text.length() % 3 != 2) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if ((i % 3 == 2) != (text.charAt(i) == ':')) {
                return false;
            }
        }
        return true;
    }
}
