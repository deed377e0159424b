package dev.backline.evidence;

import dev.backline.capture.Endpoint;
import dev.backline.capture.TcpFlag;
import dev.backline.capture.Values;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parsed line of a kernel log: the prefix of dmesg (also -T and --time-format=iso), journalctl (also -o short-iso) or
 * syslog, and the kernel's message.
 *
 * @param host the host in the prefix of syslog; null without one
 * @param sinceBoot the kernel's clock; null when not printed
 * @param time of day; null when not printed
 * @param zoned false when the time of day has no zone; it is then read as UTC
 * @param words the kernel's message
 */
record KernelLogLine(
        @Nullable String host,
        @Nullable Duration sinceBoot,
        @Nullable Instant time,
        boolean zoned,
        String words) {

    private static final String CLOCK = "(\\d\\d:\\d\\d:\\d\\d)(?:[.,]\\d{1,9})?";

    /** ISO 8601, also with a blank for the T and without a zone; journalctl -o short-full has the day of the week before it. */
    private static final Pattern ISO = Pattern.compile(
            "(?:<\\d{1,3}>)?(?:[A-Z][a-z]{2} )?(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?)"
                    + " ?(Z|UTC|[+-]\\d\\d:?\\d\\d)? (.*)");

    /** Syslog's time without a year, as in RFC 3164. */
    private static final Pattern SYSLOG =
            Pattern.compile("(?:<\\d{1,3}>)?([A-Z][a-z]{2}) ([ \\d]\\d) " + CLOCK + " (\\S{1,255} .*)");

    private static final Pattern HOST = Pattern.compile("(\\S{1,255}) kernel: (.*)");
    private static final Pattern STAMP =
            Pattern.compile("(?:<\\d{1,3}>)?\\[ *(\\d{1,12}\\.\\d{1,9})](?:\\[[^]]{1,12}])? ?(.*)");

    /** dmesg -T. */
    private static final Pattern CTIME =
            Pattern.compile("\\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})] ?(.*)");

    /** Where one of the prefixes above may start behind another tool's. */
    private static final Pattern START = Pattern.compile(
            "\\[ *\\d{1,12}\\.\\d|\\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d |[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d"
                    + "|\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:");

    /** How far from its start a line may have such a prefix. */
    private static final int REACH = 200;

    /** A leap year, for times without a year: every day exists in it. */
    private static final String SOME_YEAR = "2000";

    /** Conntrack's direction and state, from 5.15 on: "packet (index 0) in dir 1 invalid, state ESTABLISHED". */
    private static final Pattern DIRECTION = Pattern.compile("\\bdir ([01])\\b");

    private static final Pattern STATE = Pattern.compile("\\bstate ([A-Z_0-9]{4,12})\\b");

    /**
     * A packet that a line describes.
     *
     * @param says the text before the packet: the prefix of a rule, or conntrack's reason
     * @param in the interface that the packet came from; null when empty
     * @param out the interface that it would leave by; null when empty. Conntrack's own lines never have both
     */
    record Packet(
            Endpoint source,
            Endpoint destination,
            Set<TcpFlag> flags,
            String says,
            @Nullable String in,
            @Nullable String out) {

        boolean isConntracks() {
            return Verdict.isConntracks(says.toLowerCase(Locale.ROOT));
        }

        /** Whether the packet goes in the direction of its connection's first packet; null when the line does not say. */
        @Nullable
        Boolean isOriginal() {
            Matcher direction = DIRECTION.matcher(says);
            return (isConntracks() && direction.find()) ? direction.group(1).equals("0") : null;
        }

        /** The state of the packet's connection, as conntrack names it; null when the line does not say. */
        @Nullable
        String state() {
            Matcher state = STATE.matcher(says);
            return (isConntracks() && state.find()) ? state.group(1) : null;
        }
    }

    /** A line with the prefixes of logs only at its start. */
    static KernelLogLine parseStrictly(String line) {
        String rest = line;
        Instant time = null;
        boolean zoned = true;
        Matcher iso = ISO.matcher(rest);
        if (iso.matches()) {
            zoned = iso.group(3) != null;
            time = time(iso.group(1) + "T" + iso.group(2).replace(',', '.'), iso.group(3));
            rest = iso.group(4);
        } else {
            Matcher syslog = SYSLOG.matcher(rest);
            if (syslog.matches()) {
                time = Values.date(syslog.group(1), syslog.group(2), syslog.group(3), SOME_YEAR);
                zoned = false;
                rest = syslog.group(4);
            }
        }
        Duration sinceBoot = null;
        Matcher first = STAMP.matcher(rest);
        if (first.matches()) {
            sinceBoot = Values.seconds(first.group(1));
            rest = first.group(2);
        }
        String host = null;
        Matcher named = HOST.matcher(rest);
        if (named.matches()) {
            host = named.group(1);
            rest = named.group(2);
        }
        Matcher stamp = STAMP.matcher(rest);
        Matcher ctime = CTIME.matcher(rest);
        if (stamp.matches()) {
            sinceBoot = Values.seconds(stamp.group(1));
            rest = stamp.group(2);
        } else if (time == null && ctime.matches()) {
            time = Values.date(ctime.group(1), ctime.group(2), ctime.group(3), ctime.group(4));
            zoned = false;
            rest = ctime.group(5);
        }
        return new KernelLogLine(host, sinceBoot, time, zoned, rest);
    }

    /** A line, also behind the prefix of any tool, or in the JSON of one. */
    static KernelLogLine parse(String line) {
        String text = line.stripLeading();
        if (text.startsWith("{")) {
            KernelLogLine inner = json(text);
            if (inner != null) {
                return inner;
            }
        }
        if (text.contains("oob.") && text.contains("ip.saddr")) {
            Map<String, String> values = KeyValues.commas(text);
            String date = values.getOrDefault("timestamp", "");
            if (date.length() > 10 && date.charAt(4) == '/') {
                values.put("timestamp", date.substring(0, 10).replace('/', '-') + " " + date.substring(11));
            }
            return ulogdLine(text, values);
        }
        KernelLogLine strict = parseStrictly(text);
        if (strict.isDated()) {
            return strict;
        }
        Matcher start = START.matcher(text);
        start.region(0, Math.min(text.length(), REACH));
        while (start.find()) {
            KernelLogLine behind = parseStrictly(text.substring(start.start()));
            if (behind.isDated()) {
                return behind;
            }
        }
        return strict;
    }

    private boolean isDated() {
        return sinceBoot != null || time != null;
    }

    /** journalctl -o json, or a container runtime's wrapper; null for other JSON. */
    private static @Nullable KernelLogLine json(String line) {
        Map<String, String> values = KeyValues.json(line);
        String message = null;
        for (String key : List.of("MESSAGE", "message", "msg", "log")) {
            message = message == null ? values.get(key) : message;
        }
        if (message == null) {
            return ulogdLine(line, values);
        }
        KernelLogLine inner = parse(message.length() == line.length() ? "" : message);
        Instant time = inner.time();
        boolean zoned = inner.zoned();
        String micros = values.get("_SOURCE_REALTIME_TIMESTAMP");
        micros = micros == null ? values.get("__REALTIME_TIMESTAMP") : micros;
        if (time == null && micros != null) {
            time = Values.sinceEpoch(seconds(micros));
            zoned = true;
        }
        String boot = values.get("_SOURCE_MONOTONIC_TIMESTAMP");
        Duration sinceBoot =
                inner.sinceBoot() == null && boot != null ? Values.seconds(seconds(boot)) : inner.sinceBoot();
        return new KernelLogLine(
                inner.host() == null ? values.get("_HOSTNAME") : inner.host(), sinceBoot, time, zoned, inner.words());
    }

    /** A line of ulogd's JSON: the kernel's time of the packet, else ulogd's. */
    private static KernelLogLine ulogdLine(String line, Map<String, String> values) {
        Instant time = ulogdTime(values);
        String date = values.get("timestamp");
        if (time != null || date == null) {
            return new KernelLogLine(null, null, time, true, line);
        }
        KernelLogLine dated = parseStrictly(date + " -");
        return new KernelLogLine(null, null, dated.time(), dated.zoned(), line);
    }

    private static String seconds(String micros) {
        int point = micros.length() - 6;
        return point < 1 ? "" : micros.substring(0, point) + "." + micros.substring(point);
    }

    /** The time at which the kernel handed a packet to ulogd. */
    private static @Nullable Instant ulogdTime(Map<String, String> values) {
        String seconds = values.get("oob.time.sec");
        String micros = values.getOrDefault("oob.time.usec", "0");
        return seconds == null
                ? null
                : Values.sinceEpoch(seconds + "." + "0".repeat(Math.max(0, 6 - micros.length())) + micros);
    }

    private static @Nullable Instant time(String local, @Nullable String zone) {
        String offset = zone == null || zone.equals("UTC") ? "Z" : zone;
        if (offset.length() == 5) {
            offset = offset.substring(0, 3) + ":" + offset.substring(3);
        }
        try {
            return OffsetDateTime.parse(local + offset).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The TCP packet that the line describes; null when there is none. */
    @Nullable
    Packet packet() {
        if (words.startsWith("{")) {
            return ulogd(KeyValues.json(words));
        }
        if (words.contains("ip.saddr") || words.contains("src_ip=")) {
            return ulogd(KeyValues.commas(words));
        }
        return logged();
    }

    /**
     * The packet in the grammar of LOG rules (nf_log_syslog.c; ulogd's LOGEMU): {@code IN= OUT= … SRC= DST= … PROTO=TCP SPT= DPT=
     * … flags}, behind a prefix with or without a blank.
     */
    private @Nullable Packet logged() {
        int out = words.indexOf(" OUT=");
        int in = out < 0 ? -1 : words.lastIndexOf("IN=", out);
        if (in < 0 || words.indexOf(' ', in) != out) {
            return null;
        }
        int source = words.indexOf(" SRC=", out);
        int destination = source < 0 ? -1 : words.indexOf(" DST=", source);
        int protocol = destination < 0 ? -1 : words.indexOf(" PROTO=", destination);
        if (protocol < 0 || !word(protocol).equals("TCP")) {
            return null;
        }
        int from = words.indexOf(" SPT=", protocol);
        int to = from < 0 ? -1 : words.indexOf(" DPT=", from);
        if (to < 0) {
            return null;
        }
        Endpoint sender = Endpoint.of(word(source), word(from));
        Endpoint receiver = Endpoint.of(word(destination), word(to));
        return sender == null || receiver == null
                ? null
                : new Packet(
                        sender,
                        receiver,
                        flags(words.substring(to + 1)),
                        words.substring(0, in).strip(),
                        nullIfEmpty(words.substring(in + "IN=".length(), out)),
                        nullIfEmpty(word(out)));
    }

    /** The value behind the first = after a position, up to a blank. */
    private String word(int at) {
        int equals = words.indexOf('=', at);
        int end = words.indexOf(' ', equals);
        return words.substring(equals + 1, end < 0 ? words.length() : end);
    }

    private static @Nullable String nullIfEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** The packet of an NFLOG rule as ulogd's JSON and GPRINT print it; null when it is no TCP packet. */
    private static @Nullable Packet ulogd(Map<String, String> values) {
        String source = first(values, "src_ip", "ip.saddr.str", "ip.saddr");
        String destination = first(values, "dest_ip", "ip.daddr.str", "ip.daddr");
        String from = first(values, "src_port", "tcp.sport");
        String to = first(values, "dest_port", "tcp.dport");
        if (source == null || destination == null || from == null || to == null || !isTcp(values)) {
            return null;
        }
        Endpoint sender = Endpoint.of(source, from);
        Endpoint receiver = Endpoint.of(destination, to);
        if (sender == null || receiver == null) {
            return null;
        }
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (TcpFlag flag : TcpFlag.values()) {
            String value = values.get("tcp." + flag.name().toLowerCase(Locale.ROOT));
            if ("1".equals(value) || "true".equals(value)) {
                flags.add(flag);
            }
        }
        String prefix = values.get("oob.prefix");
        return new Packet(
                sender,
                receiver,
                flags,
                prefix == null ? "" : prefix.strip(),
                nullIfEmpty(values.get("oob.in")),
                nullIfEmpty(values.get("oob.out")));
    }

    private static boolean isTcp(Map<String, String> values) {
        String protocol = values.get("ip.protocol");
        return protocol == null
                ? values.containsKey("tcp.window") || values.containsKey("tcp.seq")
                : protocol.equals("6") || protocol.equals("TCP");
    }

    private static @Nullable String first(Map<String, String> values, String... keys) {
        for (String key : keys) {
            String value = values.get(key);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static Set<TcpFlag> flags(String rest) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (String word : rest.split(" ", 40)) {
            for (TcpFlag flag : TcpFlag.values()) {
                if (word.equals(flag.name())) {
                    flags.add(flag);
                }
            }
        }
        return flags;
    }

    /** Whether the year was not printed. */
    boolean isYearless() {
        return time != null && !zoned && time.isBefore(Instant.parse("2001-01-01T00:00:00Z"));
    }
}
