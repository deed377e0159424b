package dev.backline.evidence;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.ProbeRun;
import dev.backline.io.HeapShare;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel logged about packets: LOG rules of iptables and nftables with any prefix, and conntrack's own lines
 * (net.netfilter.nf_conntrack_log_invalid). Lines are found by the connection's four-tuple and by time. The header of the
 * capture relates the kernel's clock to the time of day; without one, the lines and events that belong together do. Lines of
 * different boots and hosts are kept apart. Thread-safe once all files are read.
 */
public final class KernelLog {
    /** How many packets are kept: a host under attack logs millions, and the later ones add nothing. */
    private static final int MAX_LINES = 200_000;

    /** The memory of a packet without its text, and of a boot, in bytes, estimated. */
    private static final int PACKET_WEIGHT = 900;

    private static final int STRETCH_WEIGHT = 500;

    private static final int MAX_LINE = 4096;

    /** How many notes of one kind are shown. */
    private static final int MAX_NAMED = 5;

    /** Lines of several processors are a little out of order; a larger step back is another boot. */
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(1);

    /** The largest difference of a zone's time from UTC. */
    private static final Duration FARTHEST_ZONE = Duration.ofHours(14);

    private static final Pattern VERSION = Pattern.compile(".{0,80}\\bLinux version (\\d[\\w.+~-]{2,127}) .*");
    private static final Pattern SUSPENDED = Pattern.compile("PM: suspend exit|PM: hibernation: hibernation exit");

    /** Lines with one continuous clock: one boot of one host, between two suspends. */
    private static final class Stretch {
        final @Nullable String host;
        final String file;
        final ClockOffset clock = new ClockOffset();

        @Nullable
        String release;

        Duration last = Duration.ZERO;
        /** The build of the kernel whose events matched; null before the first. */
        @Nullable
        String boundTo;

        /** The clocks that were compared last. */
        boolean fromBoot;

        Stretch(@Nullable String host, String file, @Nullable String release) {
            this.host = host;
            this.file = file;
            this.release = release;
        }
    }

    /** A logged packet, with the clocks its line has. */
    private record Packet(Stretch stretch, String file, long line, KernelLogLine text, KernelLogLine.Packet packet) {
        Verdict verdict() {
            return Verdict.of(packet.says(), stretch.release);
        }

        /** Ranks lines: conntrack's own reason above a rule's prefix, and that above any other line. */
        int tells() {
            return switch (verdict()) {
                case UNSAID -> 0;
                case PASSED -> 1;
                case INVALID -> 2;
                // Conntrack also remarks that it shortened the entry's time-out.
                case WINDOW -> packet.says().contains("lower timeout") ? 3 : 4;
                default -> 4;
            };
        }
    }

    /** What the host that logged a packet was going to do with it. */
    public enum Way {
        /** The host took it as addressed to itself. */
        IN,
        /** The host forwarded it. */
        FORWARD,
        /** The host had made it. */
        OUT
    }

    /**
     * The line that belongs to an event.
     *
     * @param verdict what conntrack made of the packet
     * @param original whether the packet goes in the direction of its connection's first packet; null when not logged
     * @param state of the connection in conntrack's table, such as {@code TIME_WAIT}; null when not logged
     * @param in the interface that the packet came from; null when not logged
     * @param way of the packet through the host that logged it; null when the lines do not show it: conntrack's own lines are
     *     written before the host decides
     * @param sentence what the line reports, with its place
     */
    public record Match(
            Verdict verdict,
            @Nullable Boolean original,
            @Nullable String state,
            @Nullable String in,
            @Nullable Way way,
            String sentence) {
        /** {@return whether conntrack marked the packet INVALID according to the line} */
        public boolean invalid() {
            return verdict.isInvalid();
        }
    }

    private final Map<List<Endpoint>, List<Packet>> packets = new HashMap<>();
    private final List<Stretch> stretches = new ArrayList<>();

    /** The stretch that a host's next line belongs to, within the file that is read. */
    private final Map<String, Stretch> current = new HashMap<>();

    private final Set<String> hosts = new LinkedHashSet<>();
    private final Set<String> releases = new LinkedHashSet<>();

    /** The host of the log that has the events of a build. */
    private final Map<String, String> hostOf = new LinkedHashMap<>();

    private final List<String> boots = new ArrayList<>();
    private @Nullable String release;
    private boolean read;
    private final HeapShare share = HeapShare.of(6, Long.MAX_VALUE);
    private int kept;
    private long left;
    private boolean limited;
    private int suspends;
    private long tableFull;
    private @Nullable String firstFull;

    /** A log without lines. */
    public KernelLog() {}

    /**
     * Reads a log: dmesg, journalctl -k (also -o short-iso), or syslog.
     *
     * @param name how evidence names the log
     * @param in is read to its end and not closed
     * @throws IOException when the log cannot be read
     */
    public synchronized void read(String name, InputStream in) throws IOException {
        read = true;
        current.clear();
        Lines.read(in, MAX_LINE, (number, line) -> line(name, number, line));
    }

    /**
     * {@return whether a line has a prefix that only logs have: the kernel's clock, or a time and the word kernel}
     *
     * @param line without its line end
     */
    public static boolean isLine(String line) {
        KernelLogLine parsed =
                KernelLogLine.parseStrictly(line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line);
        boolean dated = parsed.time() != null && (parsed.zoned() || line.startsWith("["));
        return parsed.sinceBoot() != null || dated || parsed.host() != null;
    }

    private void line(String file, long number, String line) {
        if (line.contains("callbacks suppressed") || line.contains("messages suppressed")) {
            limited = true;
        }
        if (line.contains("table full, dropping packet")) {
            tableFull++;
            firstFull = firstFull == null ? file + " line " + number : firstFull;
        }
        // Other lines are not needed; there may be millions.
        if (!mayHaveAPacket(line) && !line.contains("Linux version ") && !line.contains("PM: ")) {
            return;
        }
        Matcher version = line.contains("Linux version ") ? VERSION.matcher(line) : null;
        String booted = version != null && version.matches() ? version.group(1) : null;
        KernelLogLine text = KernelLogLine.parse(line);
        Stretch stretch = stretch(file, number, text, booted);
        KernelLogLine.Packet packet = text.packet();
        if (packet == null) {
            return;
        }
        if (kept == MAX_LINES || !share.take(PACKET_WEIGHT + 3L * line.length())) {
            left++;
            return;
        }
        kept++;
        packets.computeIfAbsent(List.of(packet.source(), packet.destination()), key -> new ArrayList<>(1))
                .add(new Packet(stretch, file, number, text, packet));
    }

    /** Whether a rule's or conntrack's line about a TCP packet may be in it, also as ulogd prints it. */
    private static boolean mayHaveAPacket(String line) {
        return line.contains("PROTO=TCP") || line.contains("ip.saddr") || line.contains("src_ip");
    }

    /** The stretch that a line belongs to. */
    private Stretch stretch(String file, long number, KernelLogLine text, @Nullable String booted) {
        String host = text.host();
        String key = String.valueOf(host);
        if (host != null && hosts.size() < MAX_NAMED) {
            hosts.add(host);
        }
        Stretch stretch = current.get(key);
        Duration sinceBoot = text.sinceBoot();
        boolean back = stretch != null
                && sinceBoot != null
                && sinceBoot.plus(OUT_OF_ORDER).compareTo(stretch.last) < 0;
        if (booted != null) {
            release = booted;
            if (releases.size() < MAX_NAMED) {
                releases.add(booted);
            }
        }
        // Lines before the first "Linux version" belong to the same boot: dmesg starts with that line.
        boolean another = back || (booted != null && stretch != null && stretch.release != null);
        if (stretch == null || another) {
            if (another && boots.size() < MAX_NAMED) {
                boots.add(file + " line " + number);
            }
            stretch = begin(host, file, booted);
            if (share.take(STRETCH_WEIGHT + key.length())) {
                current.put(key, stretch);
            }
        } else if (booted != null) {
            stretch.release = booted;
        } else if (SUSPENDED.matcher(text.words()).find()) {
            suspends++;
            Stretch resumed = begin(host, file, stretch.release);
            resumed.last = stretch.last;
            current.put(key, resumed);
            stretch = resumed;
        }
        if (sinceBoot != null) {
            stretch.last = sinceBoot;
        }
        return stretch;
    }

    private Stretch begin(@Nullable String host, String file, @Nullable String booted) {
        if (stretches.size() >= MAX_LINES || (!stretches.isEmpty() && !share.take(STRETCH_WEIGHT))) {
            // In a hostile log, every line starts a boot.
            return stretches.get(stretches.size() - 1);
        }
        Stretch stretch = new Stretch(host, file, booted);
        stretches.add(stretch);
        return stretch;
    }

    /**
     * {@return the line about the packet of an event; null when there is none, which proves nothing}
     *
     * @param event any event of the captures
     */
    public synchronized @Nullable Match match(ProbeEvent event) {
        Endpoint source = event.packetSource();
        Endpoint destination = event.packetDestination();
        if (source == null || destination == null) {
            return null;
        }
        List<Packet> logged = packets.get(List.of(source, destination));
        Packet best = null;
        Duration bestDistance = null;
        Packet farther = null;
        int candidates = 0;
        Duration least = null;
        Duration most = null;
        Ways ways = new Ways();
        for (Packet packet : logged == null ? List.<Packet>of() : logged) {
            if ((event.flags() != null && !event.flags().equals(packet.packet().flags()))
                    || !isOfThisKernel(packet.stretch(), event)) {
                continue;
            }
            Duration difference = difference(packet, event);
            Duration distance = difference == null ? null : distance(packet, event, difference);
            if (distance != null && distance.compareTo(ClockOffset.NEAR) > 0) {
                candidates++;
                farther = packet;
                continue;
            }
            if (difference != null) {
                least = least == null || difference.compareTo(least) < 0 ? difference : least;
                most = most == null || difference.compareTo(most) > 0 ? difference : most;
            }
            ways.add(packet.packet());
            int better = best == null ? 1 : Integer.compare(packet.tells(), best.tells());
            if (better > 0
                    || (better == 0
                            && distance != null
                            && (bestDistance == null || distance.compareTo(bestDistance) < 0))) {
                best = packet;
                bestDistance = distance;
            }
        }
        if (best == null && farther != null && candidates == 1 && isNowNear(farther, event)) {
            best = farther;
            bestDistance = Duration.ZERO;
            ways.add(farther.packet());
        }
        // A packet that was logged many times says nothing about the clock.
        boolean single = least != null && most != null && most.minus(least).compareTo(ClockOffset.NEAR) <= 0;
        return best == null ? null : match(best, bestDistance, event, single, ways);
    }

    /** Where the lines about one packet show it: several rules and conntrack may log it, on its way through the host. */
    private static final class Ways {
        private @Nullable String in;
        private @Nullable Way way;

        void add(KernelLogLine.Packet packet) {
            String from = packet.in();
            String to = packet.out();
            in = in == null ? from : in;
            if (from != null && to != null) {
                way = Way.FORWARD;
            } else if (way == null && to != null && !to.equals("lo")) {
                way = Way.OUT;
            } else if (way == null && from != null && !packet.isConntracks()) {
                way = Way.IN;
            }
        }
    }

    private Match match(Packet best, @Nullable Duration distance, ProbeEvent event, boolean learns, Ways ways) {
        Duration difference = difference(best, event);
        Stretch stretch = best.stretch();
        if (difference != null && learns) {
            stretch.clock.learn(difference);
        }
        bind(stretch, event);
        KernelLogLine.Packet packet = best.packet();
        String says = packet.says().isEmpty() ? "has a LOG rule's line" : "reports \"" + packet.says() + "\"";
        return new Match(
                best.verdict(),
                packet.isOriginal(),
                packet.state(),
                ways.in,
                ways.way,
                "the kernel log " + says + " for a packet of this connection with the same flags (" + best.file()
                        + " line " + best.line()
                        + (distance == null ? "" : ", " + ClockOffset.text(distance) + " apart") + ")");
    }

    /** Whether enough lines and events agree that a clock was set. */
    private static boolean isNowNear(Packet packet, ProbeEvent event) {
        Duration difference = difference(packet, event);
        return difference != null && packet.stretch().clock.propose(difference, event);
    }

    /** The kernel of an event, according to its header. */
    private static String build(ProbeEvent event) {
        ProbeRun run = event.run();
        return run == null ? "" : run.release() + " " + run.buildId();
    }

    private boolean isOfThisKernel(Stretch stretch, ProbeEvent event) {
        ProbeRun run = event.run();
        if (run != null && run.release() != null && stretch.release != null && !stretch.release.equals(run.release())) {
            return false;
        }
        String build = build(event);
        String host = hostOf.get(build);
        return (stretch.boundTo == null || stretch.boundTo.equals(build))
                && (host == null || stretch.host == null || host.equals(stretch.host));
    }

    private void bind(Stretch stretch, ProbeEvent event) {
        String build = build(event);
        stretch.boundTo = build;
        if (stretch.host != null) {
            hostOf.putIfAbsent(build, stretch.host);
        }
    }

    /** The event's time minus the line's, by a clock that both have; null when they share none. */
    private static @Nullable Duration difference(Packet packet, ProbeEvent event) {
        Duration sinceBoot = packet.text().sinceBoot();
        Instant time = packet.text().time();
        Instant moment = event.time();
        if (sinceBoot != null && event.sinceBoot() != null) {
            packet.stretch().fromBoot = true;
            return event.sinceBoot().minus(sinceBoot);
        }
        if (time != null && moment != null) {
            if (packet.text().isYearless()) {
                int year = moment.atOffset(ZoneOffset.UTC).getYear();
                time = time.atOffset(ZoneOffset.UTC).withYear(year).toInstant();
            }
            return Duration.between(time, moment);
        }
        return sinceBoot == null || moment == null ? null : Duration.between(Instant.EPOCH.plus(sinceBoot), moment);
    }

    /** The time between line and event, corrected by what is known of the clocks; null when they cannot be compared. */
    private static @Nullable Duration distance(Packet packet, ProbeEvent event, Duration difference) {
        ClockOffset clock = packet.stretch().clock;
        if (clock.value() != null) {
            return clock.distance(difference);
        }
        Duration sinceBoot = packet.text().sinceBoot();
        if (sinceBoot != null && event.sinceBoot() != null) {
            // The log's clock is not disciplined, but no clock drifts by half a second in 1,000.
            Duration allowed = sinceBoot.dividedBy(2000);
            Duration distance = difference.abs().minus(allowed);
            return distance.isNegative() ? Duration.ZERO : distance;
        }
        if (packet.text().time() != null) {
            return packet.text().zoned() ? difference.abs() : besideZone(difference);
        }
        return null;
    }

    /** A difference without that of two time zones, which is a multiple of a quarter of an hour. */
    private static Duration besideZone(Duration difference) {
        if (difference.abs().compareTo(FARTHEST_ZONE.plus(ClockOffset.NEAR)) > 0) {
            return difference.abs();
        }
        long quarter = 900_000;
        long rest = Math.floorMod(difference.toMillis(), quarter);
        return Duration.ofMillis(Math.min(rest, quarter - rest));
    }

    /**
     * {@return the release of the kernel that wrote the log, of the last boot where it has several; null when the log does not
     * have it}
     */
    public @Nullable String release() {
        return release;
    }

    /** {@return whether the log reports that conntrack's table was full} */
    public boolean tableWasFull() {
        return tableFull > 0;
    }

    /** {@return a sentence on a packet that is missing from the log; null when no log was read} */
    public synchronized @Nullable String silence() {
        if (!read) {
            return null;
        }
        return kept == 0
                ? "the kernel log has no line about any packet: without a LOG rule or nf_conntrack_log_invalid the kernel"
                        + " logs none"
                : "the kernel log has no line about this packet, which proves nothing: LOG rules are rate-limited"
                        + (limited ? ", and this log reports suppressed lines" : "");
    }

    /** {@return what a person should know about the log, one sentence each} */
    public synchronized List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (hosts.size() > 1) {
            notes.add("the kernel log has lines of several hosts (" + String.join(", ", hosts) + "): "
                    + (hostOf.isEmpty()
                            ? "none of them matched an event"
                            : "only those of " + String.join(", ", new LinkedHashSet<>(hostOf.values()))
                                    + ", which matched first, were compared with the events"));
        }
        if (releases.size() > 1) {
            notes.add("the kernel log covers several kernels (" + String.join(", ", releases)
                    + "): each event was compared only with lines of the same kernel");
        }
        if (!boots.isEmpty()) {
            notes.add("the kernel log contains another boot, starting at " + String.join(", at ", boots)
                    + ": each boot has a separate clock");
        }
        if (suspends > 0) {
            notes.add("the machine was suspended " + (suspends == 1 ? "once" : suspends + " times")
                    + ": the kernel log's clock stopped meanwhile, so its offset was determined again afterwards");
        }
        int named = 0;
        for (Stretch stretch : stretches) {
            Duration offset = stretch.clock.value();
            if (offset != null && named < MAX_NAMED) {
                named++;
                clockNotes(stretch, offset, notes);
            }
        }
        if (limited) {
            notes.add(
                    "the kernel log reports suppressed lines (rate limit): a packet's absence from the log proves nothing");
        }
        if (tableFull > 0) {
            notes.add("conntrack's table was full, according to " + tableFull + (tableFull == 1 ? " line" : " lines")
                    + " of the kernel log (the first: " + firstFull
                    + "): the kernel then drops packets of new connections and may remove entries of old ones");
        }
        if (left > 0) {
            notes.add(
                    "the kernel log has too many packets: the first " + kept + " were used, " + left + " were ignored");
        }
        return notes;
    }

    private static void clockNotes(Stretch stretch, Duration offset, List<String> notes) {
        String by = " (from lines and events of the same connection)";
        Instant start = Instant.EPOCH.plus(offset);
        if (stretch.fromBoot || start.isBefore(Instant.parse("1990-01-01T00:00:00Z"))) {
            if (offset.abs().compareTo(Duration.ofSeconds(1)) >= 0) {
                notes.add("the clock of " + stretch.file + " is " + ClockOffset.text(offset)
                        + (offset.isNegative() ? " ahead of" : " behind") + " the capture's" + by);
            }
        } else {
            notes.add("the kernel log's clock started at " + start + by);
        }
        Duration jump = stretch.clock.jump();
        if (jump != null) {
            notes.add("the clocks of the capture and of " + stretch.file + " shifted by " + ClockOffset.text(jump)
                    + " against each other (one was set, or stopped): their offset was determined again from there");
        }
    }
}
