package dev.backline.evidence;

import dev.backline.capture.Endpoint;
import dev.backline.capture.ProbeEvent;
import dev.backline.capture.Values;
import dev.backline.io.HeapShare;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code conntrack -E} printed, with or without {@code -o timestamp,id,extended}; also {@code conntrack -L} and
 * /proc/net/nf_conntrack. Tells which connections conntrack had at the time of an event, and where NAT would have sent the
 * packet. Thread-safe once all files are read.
 */
public final class ConntrackEvents {
    /** How many connections are kept: a busy host has millions. */
    private static final int MAX_ENTRIES = 100_000;

    /** The memory of a connection, in bytes, estimated. */
    private static final int ENTRY_WEIGHT = 1500;

    private static final int MAX_LINE = 2048;

    /** How long before an event the end of an entry still matters. */
    private static final Duration RECENT = Duration.ofMinutes(10);

    private static final Pattern LINE = Pattern.compile(
            "\\s*(?:\\[(\\d{1,12}\\.\\d{1,9})]\\s*)?(?:\\[(NEW|UPDATE|DESTROY)]\\s*)?(?:ipv[46]\\s+\\d+\\s+)?tcp\\s+6\\s+(.*)");

    private static final Pattern OTHER_PROTOCOL =
            Pattern.compile("\\s*(?:\\[[\\d.]+]\\s*)?(?:\\[[A-Z]+]\\s*)?(?:ipv[46]\\s+\\d+\\s+)?[a-z0-9-]+\\s+\\d+ .*");

    /**
     * What an entry tells about a packet.
     *
     * @param alive whether the entry existed when the packet arrived; null when the times do not tell
     * @param original whether the packet goes in the direction of its connection's first packet
     * @param translated the destination after NAT; null when NAT does not change it
     * @param source the source after NAT; null when NAT does not change it
     * @param sentence what conntrack printed, with its place
     */
    public record Match(
            @Nullable Boolean alive,
            boolean original,
            @Nullable Endpoint translated,
            @Nullable Endpoint source,
            String sentence) {
        /** {@return whether NAT changes such packets} */
        public boolean translates() {
            return translated != null || source != null;
        }
    }

    /** A connection: from its first line to its end. */
    private static final class Entry {
        final List<Endpoint> original;
        final List<Endpoint> reply;
        final String file;
        final long line;
        final @Nullable Instant from;
        final boolean isNew;
        long lastLine;

        @Nullable
        Instant destroyed;

        boolean isDestroyed;

        Entry(
                List<Endpoint> original,
                List<Endpoint> reply,
                String file,
                long line,
                @Nullable Instant from,
                boolean isNew) {
            this.original = original;
            this.reply = reply;
            this.file = file;
            this.line = line;
            this.from = from;
            this.isNew = isNew;
        }
    }

    /** By source and destination of the packets of both directions; the latest entry last. */
    private final Map<List<Endpoint>, List<Entry>> entries = new HashMap<>();

    private final HeapShare share = HeapShare.of(6, Long.MAX_VALUE);
    private int kept;
    private long left;
    private long unread;
    private long lines;
    private boolean untimed;

    /** When the last of the events was printed. */
    private @Nullable Instant latest;

    private @Nullable String firstUnread;

    /** No connections yet. */
    public ConntrackEvents() {}

    /**
     * Reads a file.
     *
     * @param name how evidence names the file
     * @param in is read to its end and not closed
     * @throws IOException when the file cannot be read
     */
    public synchronized void read(String name, InputStream in) throws IOException {
        Lines.read(in, MAX_LINE, (number, line) -> line(name, number, line));
    }

    private void line(String file, long number, String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            if (!line.isBlank()
                    && !line.startsWith("conntrack v")
                    && !OTHER_PROTOCOL.matcher(line).matches()) {
                unread++;
                firstUnread = firstUnread == null ? file + " line " + number : firstUnread;
            }
            return;
        }
        lines++;
        Tuples tuples = Tuples.parse(parts.group(3));
        if (tuples == null) {
            unread++;
            firstUnread = firstUnread == null ? file + " line " + number : firstUnread;
            return;
        }
        Instant time = parts.group(1) == null ? null : Values.sinceEpoch(parts.group(1));
        untimed |= time == null && parts.group(2) != null;
        latest = time != null && (latest == null || time.isAfter(latest)) ? time : latest;
        String kind = parts.group(2) == null ? "" : parts.group(2);
        Entry entry = latest(tuples);
        if (entry == null || entry.isDestroyed || kind.equals("NEW")) {
            if (kept == MAX_ENTRIES || !share.take(ENTRY_WEIGHT)) {
                left++;
                return;
            }
            kept++;
            entry = new Entry(tuples.original, tuples.reply, file, number, time, kind.equals("NEW"));
            entries.computeIfAbsent(entry.original, key -> new ArrayList<>(1)).add(entry);
            if (!entry.reply.equals(entry.original)) {
                entries.computeIfAbsent(entry.reply, key -> new ArrayList<>(1)).add(entry);
            }
        }
        entry.lastLine = number;
        if (kind.equals("DESTROY")) {
            entry.isDestroyed = true;
            entry.destroyed = time;
        }
    }

    private @Nullable Entry latest(Tuples tuples) {
        List<Entry> same = entries.getOrDefault(tuples.original, List.of());
        for (int i = same.size() - 1; i >= 0; i--) {
            if (same.get(i).original.equals(tuples.original)
                    && same.get(i).reply.equals(tuples.reply)) {
                return same.get(i);
            }
        }
        return null;
    }

    /** Both directions of an entry, as source and destination of its packets. */
    private record Tuples(List<Endpoint> original, List<Endpoint> reply) {
        static @Nullable Tuples parse(String text) {
            List<String> addresses = new ArrayList<>(4);
            List<String> ports = new ArrayList<>(4);
            for (String word : text.strip().split("\\s+", 40)) {
                if (word.startsWith("src=") || word.startsWith("dst=")) {
                    addresses.add(word.substring(4));
                } else if (word.startsWith("sport=") || word.startsWith("dport=")) {
                    ports.add(word.substring(6));
                }
            }
            if (addresses.size() != 4 || ports.size() != 4) {
                return null;
            }
            Endpoint[] ends = new Endpoint[4];
            for (int i = 0; i < 4; i++) {
                Endpoint end = Endpoint.of(addresses.get(i), ports.get(i));
                if (end == null) {
                    return null;
                }
                // Most endpoints are printed twice.
                ends[i] = i == 2 && end.equals(ends[1]) ? ends[1] : i == 3 && end.equals(ends[0]) ? ends[0] : end;
            }
            return new Tuples(List.of(ends[0], ends[1]), List.of(ends[2], ends[3]));
        }
    }

    /**
     * {@return the entry of the connection of an event's packet; null when there is none, which proves nothing}
     *
     * @param event any event of the captures
     */
    public synchronized @Nullable Match match(ProbeEvent event) {
        Endpoint source = event.packetSource();
        Endpoint destination = event.packetDestination();
        if (source == null || destination == null) {
            return null;
        }
        List<Endpoint> packet = List.of(source, destination);
        Match best = null;
        for (Entry entry : entries.getOrDefault(packet, List.of())) {
            Match match = match(entry, packet, event.time(), latest);
            if (match != null && (best == null || worth(match) >= worth(best))) {
                best = match;
            }
        }
        return best;
    }

    /** Prefers an entry that existed over one that was gone, and NAT over none. */
    private static int worth(Match match) {
        return (match.translates() ? 4 : 0) + (Boolean.TRUE.equals(match.alive()) ? 2 : match.alive() == null ? 0 : 1);
    }

    private static @Nullable Match match(
            Entry entry, List<Endpoint> packet, @Nullable Instant time, @Nullable Instant latest) {
        // A packet of one direction goes to the source of the packets of the other direction.
        List<Endpoint> other = packet.equals(entry.original) ? entry.reply : entry.original;
        Endpoint goes = other.get(0).equals(packet.get(1)) ? null : other.get(0);
        Endpoint comes = other.get(1).equals(packet.get(0)) ? null : other.get(1);
        Instant from = entry.from;
        Instant destroyed = entry.destroyed;
        // SystemTap's ctime() has whole seconds.
        Instant until = time == null ? null : hasWholeSeconds(time) ? time.plusSeconds(1) : time;
        if (until != null && from != null && entry.isNew && from.isAfter(until)) {
            return null;
        }
        Boolean alive;
        if (!entry.isDestroyed) {
            // The connection may have ended after conntrack -E was stopped.
            boolean heard = from == null
                    || time == null
                    || latest == null
                    || latest.plus(RECENT).isAfter(time);
            alive = heard ? true : null;
        } else if (destroyed == null || time == null || until == null) {
            alive = null;
        } else if (!destroyed.isAfter(time)) {
            alive = false;
        } else {
            // The end is printed when it is read, which may be later than the end itself.
            alive = destroyed.isAfter(until.plusSeconds(1)) ? true : null;
        }
        if (Boolean.FALSE.equals(alive)
                && destroyed != null
                && time != null
                && Duration.between(destroyed, time).compareTo(RECENT) > 0) {
            return null;
        }
        return new Match(alive, packet.equals(entry.original), goes, comes, sentence(entry, goes, comes, alive, time));
    }

    private static boolean hasWholeSeconds(Instant time) {
        return time.equals(time.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String sentence(
            Entry entry,
            @Nullable Endpoint goes,
            @Nullable Endpoint comes,
            @Nullable Boolean alive,
            @Nullable Instant time) {
        String place = entry.file + " line " + entry.line;
        String what = "conntrack's entry " + entry.original.get(0) + " → " + entry.original.get(1);
        String translates = goes == null && comes == null
                ? ", which translates nothing,"
                : ", which translates such packets"
                        + (comes == null ? "" : " from " + comes)
                        + (goes == null ? "" : " to " + goes) + ",";
        Instant destroyed = entry.destroyed;
        if (Boolean.TRUE.equals(alive)) {
            return what + translates + " existed (" + place + ")"
                    + (goes == null && comes == null ? "" : ", but the packet reached TCP untranslated");
        }
        if (Boolean.FALSE.equals(alive) && destroyed != null && time != null) {
            return what + translates + " had been deleted " + ClockOffset.text(Duration.between(destroyed, time))
                    + " earlier (" + entry.file + " line " + entry.lastLine + ")";
        }
        return what + translates + (entry.isDestroyed ? " was deleted" : " existed when last reported")
                + ", but the times do not show whether it still existed when the packet arrived (" + entry.file
                + " line "
                + entry.lastLine + ")";
    }

    /** {@return what a person should know about the files, one sentence each} */
    public synchronized List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (untimed) {
            notes.add("the conntrack events have no times, so their order is unknown: record them with conntrack -E -o"
                    + " timestamp");
        }
        if (left > 0) {
            notes.add("too many conntrack entries: the first " + kept + " were used, " + left + " were ignored");
        }
        if (firstUnread != null) {
            notes.add(unread + (unread == 1 ? " line is not a conntrack event" : " lines are not conntrack events")
                    + " (the first: " + firstUnread + ")"
                    + (lines == 0 ? ": record them with conntrack -E -o timestamp" : ""));
        }
        return notes;
    }
}
