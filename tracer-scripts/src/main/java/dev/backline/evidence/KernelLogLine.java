package dev.backline.evidence;

import dev.backline.capture.Endpoint;
import dev.backline.capture.TcpFlag;
import dev.backline.capture.Values;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.Locale;
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

    private static final Pattern ISO = Pattern.compile(
            "(?:<\\d{1,3}>)?(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)) (.*)");

    /** Syslog's time without a year, as in RFC 3164. */
    private static final Pattern SYSLOG = Pattern.compile(
            "([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d)(?:\\.\\d{1,9})? (\\S{1,255} kernel: .*)");

    private static final Pattern HOST = Pattern.compile("(\\S{1,255}) kernel: (.*)");
    private static final Pattern STAMP =
            Pattern.compile("(?:<\\d{1,3}>)?\\[ *(\\d{1,12}\\.\\d{1,9})](?:\\[[^]]{1,12}])? ?(.*)");

    /** dmesg -T. */
    private static final Pattern CTIME =
            Pattern.compile("\\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})] ?(.*)");

    /** A leap year, for times without a year: every day exists in it. */
    private static final String SOME_YEAR = "2000";

    private static final Pattern PACKET = Pattern.compile(
            "(.*?)\\bIN=\\S* OUT=\\S* .*?\\bSRC=([0-9a-f:.]{2,45}) DST=([0-9a-f:.]{2,45}) .*?\\bPROTO=TCP "
                    + "SPT=(\\d{1,5}) DPT=(\\d{1,5}) (?:SEQ=\\d+ ACK=\\d+ )?(.*)");

    /**
     * A packet that a line describes.
     *
     * @param says the text before the packet: the prefix of a rule, or conntrack's reason
     */
    record Packet(Endpoint source, Endpoint destination, Set<TcpFlag> flags, String says) {
        /**
         * Whether the text means INVALID: conntrack's own reason, or a rule with such a prefix. Since 6.1 a packet below the
         * window is logged but not INVALID.
         */
        boolean isInvalid() {
            String text = says.toLowerCase(Locale.ROOT);
            if (isConntracks()) {
                return !text.contains("under lower bound") && !text.contains("ignored");
            }
            return text.contains("invalid");
        }

        boolean isConntracks() {
            String text = says.toLowerCase(Locale.ROOT);
            return text.contains("nf_ct_proto_6") || text.contains("nf_ct_tcp");
        }
    }

    static KernelLogLine parse(String line) {
        String rest = line;
        Instant time = null;
        boolean zoned = true;
        Matcher iso = ISO.matcher(rest);
        if (iso.matches()) {
            time = time(iso.group(1));
            rest = iso.group(2);
        } else {
            Matcher syslog = SYSLOG.matcher(rest);
            if (syslog.matches()) {
                time = Values.date(syslog.group(1), syslog.group(2), syslog.group(3), SOME_YEAR);
                zoned = false;
                rest = syslog.group(4);
            }
        }
        String host = null;
        Matcher named = HOST.matcher(rest);
        if (named.matches()) {
            host = named.group(1);
            rest = named.group(2);
        }
        Duration sinceBoot = null;
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

    private static @Nullable Instant time(String iso) {
        String text = iso.replace(',', '.');
        int sign = text.length() - 5;
        if (text.charAt(sign) == '+' || text.charAt(sign) == '-') {
            text = text.substring(0, sign + 3) + ":" + text.substring(sign + 3);
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The TCP packet that the line describes; null when there is none. */
    @Nullable
    Packet packet() {
        if (!words.contains("PROTO=TCP") || !words.contains("SRC=")) {
            return null;
        }
        Matcher packet = PACKET.matcher(words);
        if (!packet.matches()) {
            return null;
        }
        Endpoint from = Endpoint.of(packet.group(2), packet.group(4));
        Endpoint to = Endpoint.of(packet.group(3), packet.group(5));
        return from == null || to == null
                ? null
                : new Packet(from, to, flags(packet.group(6)), packet.group(1).strip());
    }

    private static Set<TcpFlag> flags(String rest) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (String word : rest.split(" ", 32)) {
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
