package dev.backline.capture;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel logged about packets: LOG rules of iptables and nftables with any prefix, and conntrack's own lines
 * (net.netfilter.nf_conntrack_log_invalid). Lines are found by the connection's four-tuple and by time; the kernel's clock
 * is brought together with the time of day by the capture's header, else by the lines and events that belong together.
 * Not thread-safe while lines are added.
 */
public final class KernelLog {
    /** More are not kept: a host under attack logs millions, and the later ones say what the first ones say. */
    private static final int MAX_LINES = 200_000;

    /** How far apart a packet's log line and its event can be: SystemTap's buffers, and ctime's whole seconds. */
    private static final Duration NEAR = Duration.ofSeconds(3);

    /** How many differences of the clocks are kept; their median is taken. */
    private static final int MAX_OFFSETS = 64;

    private static final int MAX_LINE = 4096;

    private static final Pattern PACKET = Pattern.compile(
            "(.*?)\\bIN=\\S* OUT=\\S* .*?\\bSRC=([0-9a-f:.]{2,45}) DST=([0-9a-f:.]{2,45}) .*?\\bPROTO=TCP "
                    + "SPT=(\\d{1,5}) DPT=(\\d{1,5}) (?:SEQ=\\d+ ACK=\\d+ )?(.*)");

    private static final Pattern STAMP = Pattern.compile("\\[ *(\\d{1,12}\\.\\d{1,9})] (.*)");
    private static final Pattern ISO = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)) (.*)");

    /** A logged packet. */
    private record Packet(
            String file,
            long line,
            String text,
            boolean invalid,
            @Nullable Duration sinceBoot,
            @Nullable Instant time,
            Set<TcpFlag> flags) {
        /** How much it tells: conntrack's own reason more than a rule's prefix, and that more than any other line. */
        int tells() {
            return !invalid ? 0 : text.startsWith("nf_ct") ? 2 : 1;
        }
    }

    /**
     * The line that belongs to an event.
     *
     * @param invalid whether it says that conntrack called the packet INVALID
     * @param sentence what it says, with its place
     */
    public record Match(boolean invalid, String sentence) {}

    private static final Pattern VERSION = Pattern.compile(".{0,80}\\bLinux version (\\d[\\w.+~-]{2,127}) .*");

    private final Map<List<Endpoint>, List<Packet>> packets = new HashMap<>();
    private @Nullable String release;
    private int kept;
    private long left;
    private boolean limited;

    /** Time of day less time since boot, where a line and an event belong together. */
    private final List<Duration> offsets = new ArrayList<>();

    /**
     * Reads a log: dmesg, journalctl -k (also -o short-iso), or what syslog wrote.
     *
     * @param name how evidence names it
     * @param in is read to its end and not closed
     */
    public void read(String name, InputStream in) throws IOException {
        Lines.read(in, MAX_LINE, (number, line) -> line(name, number, line));
    }

    private void line(String file, long number, String line) {
        if (line.contains("callbacks suppressed") || line.contains("messages suppressed")) {
            limited = true;
        }
        Matcher version = line.contains("Linux version ") ? VERSION.matcher(line) : null;
        if (version != null && version.matches()) {
            release = version.group(1);
        }
        if (!line.contains("PROTO=TCP") || !line.contains("SRC=")) {
            return;
        }
        String rest = line;
        Instant time = null;
        Duration sinceBoot = null;
        Matcher iso = ISO.matcher(line);
        if (iso.matches()) {
            time = time(iso.group(1));
            rest = iso.group(2);
        }
        int bracket = rest.indexOf('[');
        Matcher stamp = STAMP.matcher(bracket < 0 ? rest : rest.substring(bracket));
        if (bracket >= 0 && bracket < 80 && stamp.matches()) {
            sinceBoot = Values.seconds(stamp.group(1));
            rest = stamp.group(2);
        }
        Matcher packet = PACKET.matcher(rest);
        if (!packet.matches()) {
            return;
        }
        Endpoint from = Endpoint.of(packet.group(2), packet.group(4));
        Endpoint to = Endpoint.of(packet.group(3), packet.group(5));
        if (from == null || to == null) {
            return;
        }
        if (kept == MAX_LINES) {
            left++;
            return;
        }
        kept++;
        packets.computeIfAbsent(List.of(from, to), key -> new ArrayList<>(1))
                .add(new Packet(
                        file,
                        number,
                        packet.group(1).strip(),
                        isInvalid(packet.group(1)),
                        sinceBoot,
                        time,
                        flags(packet.group(6))));
    }

    /**
     * Whether the words before the packet say INVALID: conntrack's own reason, or a rule whose prefix says so. Since 6.1 a
     * packet below the window is logged and let pass all the same.
     */
    private static boolean isInvalid(String prefix) {
        String text = prefix.toLowerCase(Locale.ROOT);
        if (text.contains("nf_ct_proto_6") || text.contains("nf_ct_tcp")) {
            return !text.contains("under lower bound") && !text.contains("ignored");
        }
        return text.contains("invalid");
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

    /** The line about the packet of an event; null when there is none, which proves nothing. */
    public @Nullable Match match(ProbeEvent event) {
        Endpoint source = event.source();
        Endpoint destination = event.destination();
        if (source == null || destination == null || event.endpointsOfSocket()) {
            return null;
        }
        List<Packet> logged = packets.get(List.of(source, destination));
        Packet best = null;
        Duration bestDistance = null;
        for (Packet packet : logged == null ? List.<Packet>of() : logged) {
            Duration distance = distance(packet, event);
            if ((event.flags() != null && !event.flags().equals(packet.flags()))
                    || (distance != null && distance.compareTo(NEAR) > 0)) {
                continue;
            }
            int better = best == null ? 1 : Integer.compare(packet.tells(), best.tells());
            if (better > 0
                    || (better == 0
                            && distance != null
                            && (bestDistance == null || distance.compareTo(bestDistance) < 0))) {
                best = packet;
                bestDistance = distance;
            }
        }
        if (best == null) {
            return null;
        }
        learn(best, event);
        String says = best.text().isEmpty() ? "a LOG rule names" : "\"" + best.text() + "\" is said of";
        return new Match(
                best.invalid(),
                "in the kernel log, " + says + " a packet of this connection with the same flags (" + best.file()
                        + " line " + best.line()
                        + (bestDistance == null ? "" : ", " + bestDistance.toMillis() + " ms apart") + ")");
    }

    /** How far apart they are; null when their clocks cannot be compared. */
    private @Nullable Duration distance(Packet packet, ProbeEvent event) {
        if (packet.sinceBoot() != null && event.sinceBoot() != null) {
            return packet.sinceBoot().minus(event.sinceBoot()).abs();
        }
        if (packet.time() != null && event.time() != null) {
            return Duration.between(packet.time(), event.time()).abs();
        }
        if (packet.sinceBoot() != null && event.time() != null) {
            Duration offset = offset();
            return offset == null
                    ? null
                    : Duration.between(Instant.EPOCH.plus(offset).plus(packet.sinceBoot()), event.time())
                            .abs();
        }
        return null;
    }

    private void learn(Packet packet, ProbeEvent event) {
        if (packet.sinceBoot() != null && event.time() != null && offsets.size() < MAX_OFFSETS) {
            offsets.add(Duration.between(Instant.EPOCH.plus(packet.sinceBoot()), event.time()));
        }
    }

    private @Nullable Duration offset() {
        if (offsets.isEmpty()) {
            return null;
        }
        List<Duration> sorted = offsets.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** The release of the kernel that wrote the log, the last one's where it was booted several times; null when not said. */
    public @Nullable String release() {
        return release;
    }

    /** What a person should know of the log, a sentence each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        Duration offset = offset();
        if (offset != null) {
            notes.add("the kernel log's clock is taken to have started at " + Instant.EPOCH.plus(offset)
                    + ", from lines and events of the same connection");
        }
        if (limited) {
            notes.add(
                    "the kernel log says that it left lines out (rate limit): that a packet is not in it means nothing");
        }
        if (left > 0) {
            notes.add("of the kernel log's packets the first " + MAX_LINES + " were kept, " + left + " more were not");
        }
        return notes;
    }
}
