package dev.backline.evidence;

import dev.backline.capture.Endpoint;
import dev.backline.io.Ascii;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's counters and listening sockets: what {@code nstat} (also {@code -az}, {@code -s} and {@code --json}), {@code
 * netstat -s}, {@code conntrack -S} and {@code ss -ltn} print, and /proc/net/snmp and /proc/net/netstat. One reading, or several:
 * the difference between the first and the last counts. All counters are those of one network namespace. Thread-safe once all
 * files are read.
 */
public final class Counters {
    /** nstat writes its JSON in one line of some 15,000 bytes. */
    private static final int MAX_LINE = 1 << 16;

    private static final int MAX_WORDS = 1000;
    private static final int MAX_LISTENERS = 20_000;
    private static final int MAX_NAMED = 5;

    /** The counters that tell something about RSTs, by nstat's names, and two that every reading of all counters has. */
    private static final Set<String> USED = Set.of(
            "IpInReceives",
            "TcpInSegs",
            "TcpOutRsts",
            "TcpAttemptFails",
            "TcpEstabResets",
            "TcpExtEmbryonicRsts",
            "TcpExtListenDrops",
            "TcpExtListenOverflows",
            "TcpExtPAWSActive",
            "TcpExtSyncookiesFailed",
            "TcpExtSyncookiesRecv",
            "TcpExtSyncookiesSent",
            "TcpExtTCPAbortFailed",
            "TcpExtTCPAbortOnClose",
            "TcpExtTCPAbortOnData",
            "TcpExtTCPAbortOnLinger",
            "TcpExtTCPAbortOnMemory",
            "TcpExtTCPAbortOnTimeout",
            "TcpExtTCPMigrateReqFailure",
            "TcpExtTCPReqQFullDoCookies",
            "TcpExtTCPReqQFullDrop",
            "TcpExtTCPTimeWaitOverflow",
            "MPTcpExtMPRstTx");

    private static final String CONNTRACK = "conntrack ";

    /** What conntrack -S prints of a processor. */
    private static final Set<String> CONNTRACK_USED = Set.of("invalid", "drop", "early_drop", "insert_failed");

    /** The sentences of netstat -s, without the number. Versions of net-tools differ in the last two. */
    private static final Map<String, String> SENTENCES = Map.ofEntries(
            Map.entry("total packets received", "IpInReceives"),
            Map.entry("segments received", "TcpInSegs"),
            Map.entry("resets sent", "TcpOutRsts"),
            Map.entry("failed connection attempts", "TcpAttemptFails"),
            Map.entry("connection resets received", "TcpEstabResets"),
            Map.entry("SYN cookies sent", "TcpExtSyncookiesSent"),
            Map.entry("SYN cookies received", "TcpExtSyncookiesRecv"),
            Map.entry("invalid SYN cookies received", "TcpExtSyncookiesFailed"),
            Map.entry("resets received for embryonic SYN_RECV sockets", "TcpExtEmbryonicRsts"),
            Map.entry("active connections rejected because of time stamp", "TcpExtPAWSActive"),
            Map.entry("times the listen queue of a socket overflowed", "TcpExtListenOverflows"),
            Map.entry("connections reset due to unexpected data", "TcpExtTCPAbortOnData"),
            Map.entry("connections reset due to early user close", "TcpExtTCPAbortOnClose"),
            Map.entry("connections aborted due to memory pressure", "TcpExtTCPAbortOnMemory"),
            Map.entry("connections aborted due to timeout", "TcpExtTCPAbortOnTimeout"),
            Map.entry("connections aborted after user close in linger timeout", "TcpExtTCPAbortOnLinger"),
            Map.entry("times unable to send RST due to no memory", "TcpExtTCPAbortFailed"),
            Map.entry("SYNs to LISTEN sockets dropped", "TcpExtListenDrops"),
            Map.entry("SYNs to LISTEN sockets ignored", "TcpExtListenDrops"));

    /** The form that a reading has. */
    private enum Form {
        /** Leaves counters out that are zero; its numbers may be increments since its last run. */
        NSTAT,
        /** Leaves counters out that are zero. */
        NETSTAT,
        /** Has every counter that the kernel has. */
        PROC
    }

    private record Place(String file, long line) {
        @Override
        public String toString() {
            return file + " line " + line;
        }
    }

    /** The values of one counter, in the order of the readings. */
    private static final class Values {
        final int firstReading;
        final long first;
        final Place firstPlace;
        int lastReading;
        long last;
        Place lastPlace;
        long afterFirst;
        boolean fell;

        Values(int reading, long value, Place place) {
            firstReading = reading;
            lastReading = reading;
            first = value;
            last = value;
            firstPlace = place;
            lastPlace = place;
        }

        void add(int reading, long value, Place place) {
            fell |= value < last;
            lastReading = reading;
            last = value;
            lastPlace = place;
            long sum = afterFirst + value;
            afterFirst = sum < 0 ? Long.MAX_VALUE : sum;
        }
    }

    /** What is concluded of a counter. */
    private record Change(boolean moved, boolean between, String sentence) {}

    /** Where a service listens, compared with an address. */
    public enum Where {
        /** On the address itself, or on all addresses. */
        HERE,
        /** On the same port of other addresses only. */
        ELSEWHERE,
        /** On no address. */
        NOWHERE
    }

    /**
     * The listening socket for an address and port, according to ss.
     *
     * @param where whether one listens there
     * @param full whether its accept queue was full
     * @param process the name of the process that has it; null when ss was not asked for it (-p)
     * @param sentence what ss printed, with its place
     */
    public record Listener(
            Where where, boolean full, @Nullable String process, String sentence) {}

    /** A line of ss. */
    private record Listening(
            String address,
            long queued,
            long limit,
            @Nullable String process,
            Place place) {
        boolean full() {
            // sk_acceptq_is_full() in include/net/sock.h: full is one more than the limit.
            return queued > limit;
        }
    }

    private final Map<String, Values> values = new HashMap<>();
    private final Map<Integer, List<Listening>> listeners = new HashMap<>();
    private final Map<String, Change> changes = new HashMap<>();
    private Set<String> moved = Set.of();
    private Set<String> still = Set.of();

    /** Sums over the processors of the reading of conntrack -S that is read. */
    private final Map<String, Long> sums = new HashMap<>();

    private final Set<Form> forms = new HashSet<>();
    private final List<String> useless = new ArrayList<>();
    private int listening;
    private long listenersLeft;
    private boolean listed;
    private String listedIn = "";
    private int reading;
    private int nstatReadings;
    private long lastProcessor = -1;
    private boolean increments;

    /** The line with names of /proc/net/snmp or /proc/net/netstat whose values come next. */
    private String[] names = {};

    /** The section of netstat -s. */
    private String section = "";

    /** Whether the listing of ss has no column for the state. */
    private boolean stateless;

    private long used;

    /** No counters yet. */
    public Counters() {}

    /**
     * Reads a file. Several files are the readings in the order of time.
     *
     * @param name how evidence names the file
     * @param in is read to its end and not closed
     * @throws IOException when the file cannot be read
     */
    public synchronized void read(String name, InputStream in) throws IOException {
        reading++;
        names = new String[0];
        section = "";
        stateless = false;
        lastProcessor = -1;
        used = 0;
        Lines.read(in, MAX_LINE, (number, line) -> line(new Place(name, number), line.strip()));
        endProcessors(name);
        if (used == 0 && useless.size() < MAX_NAMED) {
            useless.add(name);
        }
        conclude();
    }

    private void line(Place place, String line) {
        if (line.startsWith("#kernel")) {
            reading++;
            nstatReadings++;
        } else if (line.startsWith("{") || line.startsWith("\"")) {
            json(place, line);
        } else if (line.startsWith("cpu=")) {
            processor(place, line);
        } else if (!line.isEmpty()) {
            words(place, line, line.split("\\s+", MAX_WORDS));
        }
    }

    private void words(Place place, String line, String[] words) {
        String first = words[0];
        if (first.equals("State") || first.equals("Netid") || first.equals("Recv-Q")) {
            stateless = first.equals("Recv-Q");
            listed(place);
        } else if (isListener(words)) {
            listener(place, words);
        } else if (first.endsWith(":") && words.length > 2 && isName(first, first.length() - 1)) {
            pair(place, words);
        } else if (words.length == 1 && first.endsWith(":")) {
            section = first.substring(0, first.length() - 1);
        } else if (words.length == 2 && first.endsWith(":")) {
            take(Form.NETSTAT, section + first.substring(0, first.length() - 1), words[1], place);
        } else if (words.length == 3 && isName(first, first.length()) && words[2].indexOf('.') >= 0) {
            take(Form.NSTAT, first, words[1], place);
        } else if (words.length > 2 && Ascii.isDigit(first.charAt(0))) {
            String name = SENTENCES.get(line.substring(first.length()).strip().replaceAll("\\s+", " "));
            if (name != null) {
                take(Form.NETSTAT, name, first, place);
            }
        }
    }

    private static boolean isName(String word, int length) {
        for (int i = 0; i < length; i++) {
            char c = word.charAt(i);
            if (!Ascii.isDigit(c) && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return length > 0 && !Ascii.isDigit(word.charAt(0));
    }

    /** Lines of /proc/net/snmp and /proc/net/netstat: the names of a protocol, then their values. */
    private void pair(Place place, String[] words) {
        boolean valued = Ascii.isDigit(words[1].charAt(0)) || words[1].startsWith("-");
        if (!valued) {
            names = words;
            return;
        }
        String[] before = names;
        if (before.length > 0 && words[0].equals(before[0])) {
            String protocol = words[0].substring(0, words[0].length() - 1);
            for (int i = 1; i < words.length && i < before.length; i++) {
                take(Form.PROC, protocol + before[i], words[i], place);
            }
        }
        names = new String[0];
    }

    /** nstat --json: one object, in one line or in many. */
    private void json(Place place, String line) {
        if (line.contains("\"kernel\"")) {
            reading++;
            nstatReadings++;
        }
        int at = line.indexOf('"');
        while (at >= 0) {
            int end = line.indexOf('"', at + 1);
            if (end < 0) {
                return;
            }
            int from = end + 1;
            while (from < line.length() && (line.charAt(from) == ':' || line.charAt(from) == ' ')) {
                from++;
            }
            int to = from;
            while (to < line.length() && Ascii.isDigit(line.charAt(to))) {
                to++;
            }
            if (to > from && end - at <= 64) {
                take(Form.NSTAT, line.substring(at + 1, end), line.substring(from, to), place);
            }
            at = line.indexOf('"', to > from ? to : end + 1);
        }
    }

    /** conntrack -S: a line for each processor. */
    private void processor(Place place, String line) {
        String[] words = line.split("\\s+", MAX_WORDS);
        Long number = number(words[0].substring("cpu=".length()));
        if (number == null) {
            return;
        }
        if (number <= lastProcessor) {
            endProcessors(place.file());
            reading++;
        }
        lastProcessor = number;
        for (String word : words) {
            int equals = word.indexOf('=');
            Long value = equals < 0 ? null : number(word.substring(equals + 1));
            if (value != null && CONNTRACK_USED.contains(word.substring(0, equals))) {
                used++;
                sums.merge(CONNTRACK + word.substring(0, equals), value, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            }
        }
    }

    private void endProcessors(String file) {
        sums.forEach((name, sum) -> put(name, sum, new Place(file, 1)));
        sums.clear();
        lastProcessor = -1;
    }

    private void take(Form form, String name, String text, Place place) {
        Long value = number(text);
        if (value == null || !USED.contains(name)) {
            return;
        }
        used++;
        forms.add(form);
        Values known = values.get(name);
        if (known != null && known.lastReading == reading) {
            reading++;
        }
        put(name, value, place);
    }

    private void put(String name, long value, Place place) {
        Values known = values.get(name);
        if (known == null) {
            values.put(name, new Values(reading, value, place));
        } else {
            known.add(reading, value, place);
        }
    }

    /** A decimal number that is not negative; null for anything else. */
    private static @Nullable Long number(String text) {
        if (text.isEmpty() || text.length() > 19) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return null;
            }
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private void listed(Place place) {
        used++;
        listed = true;
        listedIn = listedIn.isEmpty() ? place.file() : listedIn;
    }

    private boolean isListener(String[] words) {
        int from = from(words);
        return words.length > from + 2
                && (from > 0 || stateless)
                && number(words[from]) != null
                && number(words[from + 1]) != null
                && words[from + 2].lastIndexOf(':') > 0;
    }

    /** Where Recv-Q is, behind the protocol and the state. */
    private static int from(String[] words) {
        boolean tcp = words[0].equals("tcp") || words[0].equals("mptcp");
        return words[0].equals("LISTEN") ? 1 : tcp && words.length > 1 && words[1].equals("LISTEN") ? 2 : 0;
    }

    private void listener(Place place, String[] words) {
        int from = from(words);
        String local = words[from + 2];
        int colon = local.lastIndexOf(':');
        Long port = number(local.substring(colon + 1));
        Long queued = number(words[from]);
        Long limit = number(words[from + 1]);
        if (port == null || queued == null || limit == null || port > 0xffff) {
            return;
        }
        listed(place);
        if (listening == MAX_LISTENERS) {
            listenersLeft++;
            return;
        }
        listening++;
        String process = null;
        for (String word : words) {
            int open = word.startsWith("users:((\"") ? "users:((\"".length() : -1;
            int close = open < 0 ? -1 : word.indexOf('"', open);
            process = close > open && close - open <= 64 ? word.substring(open, close) : process;
        }
        listeners
                .computeIfAbsent((int) (long) port, key -> new ArrayList<>(1))
                .add(new Listening(address(local.substring(0, colon)), queued, limit, process, place));
    }

    /** The address without brackets and interface; "*" for IPv4 and IPv6 both. */
    private static String address(String text) {
        int percent = text.indexOf('%');
        String plain = percent < 0 ? text : text.substring(0, percent);
        plain = plain.startsWith("[") ? plain.substring(1) : plain;
        plain = plain.endsWith("]") ? plain.substring(0, plain.length() - 1) : plain;
        // Older versions of ss print [::] without brackets, for sockets of both families.
        if (text.equals("::")) {
            return "*";
        }
        Endpoint endpoint = Endpoint.of(plain, "0");
        return endpoint == null ? plain : endpoint.address();
    }

    /** Compares the readings. */
    private void conclude() {
        changes.clear();
        Set<String> up = new HashSet<>();
        Set<String> same = new HashSet<>();
        boolean omits = !forms.contains(Form.PROC);
        boolean complete = omits && isComplete(true) && isComplete(false);
        increments =
                nstatReadings > 1 && !forms.contains(Form.PROC) && !forms.contains(Form.NETSTAT) && anyFell(complete);
        for (String name : values.keySet()) {
            change(name, complete);
        }
        if (complete) {
            for (String name : USED) {
                changes.computeIfAbsent(
                        name,
                        zero -> new Change(
                                false, lastReading() > firstReading(), zero + " is 0: the readings leave it out"));
            }
        }
        changes.forEach((name, change) -> {
            if (change.moved()) {
                up.add(name);
            } else if (change.between()) {
                same.add(name);
            }
        });
        moved = Set.copyOf(up);
        still = Set.copyOf(same);
    }

    private void change(String name, boolean complete) {
        Values seen = values.get(name);
        if (seen == null) {
            return;
        }
        boolean conntrack = name.startsWith(CONNTRACK);
        if (seen.lastReading == seen.firstReading) {
            boolean several = complete && !conntrack && lastReading() > firstReading();
            if (several && increments && seen.lastReading < lastReading()) {
                changes.put(name, new Change(false, true, name + " did not rise after " + seen.firstPlace));
            } else if (several) {
                changes.put(
                        name,
                        new Change(
                                seen.last > 0,
                                true,
                                name + " rose by " + seen.last + ", from 0 to " + seen.last + " (" + seen.lastPlace
                                        + ")"));
            } else {
                changes.put(
                        name,
                        new Change(
                                seen.last > 0,
                                false,
                                name + " is " + seen.last + " (" + seen.lastPlace + ")"
                                        + (seen.last > 0 ? "; one reading does not show when it rose" : "")));
            }
        } else if (increments && !conntrack) {
            changes.put(
                    name,
                    new Change(
                            seen.afterFirst > 0,
                            true,
                            seen.afterFirst > 0
                                    ? name + " rose by " + seen.afterFirst + " (" + seen.lastPlace + ")"
                                    : name + " did not rise (" + seen.lastPlace + ")"));
        } else if (!seen.fell) {
            long by = seen.last - seen.first;
            changes.put(
                    name,
                    new Change(
                            by > 0,
                            true,
                            by > 0
                                    ? name + " rose by " + by + ", from " + seen.first + " (" + seen.firstPlace
                                            + ") to " + seen.last + " (" + seen.lastPlace + ")"
                                    : name + " did not rise (" + seen.firstPlace + ", " + seen.lastPlace + ")"));
        }
    }

    private int firstReading() {
        int first = Integer.MAX_VALUE;
        for (Values each : values.values()) {
            first = Math.min(first, each.firstReading);
        }
        return first;
    }

    private int lastReading() {
        int last = 0;
        for (Values each : values.values()) {
            last = Math.max(last, each.lastReading);
        }
        return last;
    }

    /** Whether the first or the last reading is one of all counters, so that what it leaves out is zero. */
    private boolean isComplete(boolean first) {
        for (String name : List.of("TcpInSegs", "IpInReceives")) {
            Values seen = values.get(name);
            if (seen != null && (first ? seen.firstReading == firstReading() : seen.lastReading == lastReading())) {
                return true;
            }
        }
        return false;
    }

    /** Whether nstat printed increments: absolute values never fall. */
    private boolean anyFell(boolean complete) {
        for (Map.Entry<String, Values> each : values.entrySet()) {
            Values seen = each.getValue();
            boolean vanished = complete && seen.last > 0 && seen.lastReading < lastReading();
            if (!each.getKey().startsWith(CONNTRACK) && (seen.fell || vanished)) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the counters that rose between the first and the last reading, by nstat's names; with a single reading those that
     * are above zero. conntrack's are "conntrack invalid", "conntrack drop", "conntrack early_drop", "conntrack insert_failed"}
     */
    public synchronized Set<String> moved() {
        return moved;
    }

    /** {@return the counters that did not rise between the first and the last of several readings} */
    public synchronized Set<String> still() {
        return still;
    }

    /**
     * {@return what the readings show of a counter, with their places; null when they show nothing}
     *
     * @param name by nstat, such as {@code TcpExtListenOverflows}
     */
    public synchronized @Nullable String sentence(String name) {
        Change change = changes.get(name);
        return change == null ? null : change.sentence();
    }

    /**
     * {@return who listens on an address and port; null when no listing of listening sockets was read}
     *
     * @param own the destination of a packet
     */
    public synchronized @Nullable Listener listener(Endpoint own) {
        if (!listed) {
            return null;
        }
        String service = "port " + own.port();
        List<Listening> there = listeners.getOrDefault(own.port(), List.of());
        if (there.isEmpty()) {
            // A listing that was cut off does not show that nobody listens.
            return listenersLeft > 0
                    ? null
                    : new Listener(
                            Where.NOWHERE,
                            false,
                            null,
                            "ss lists no socket that listens on " + service + " (" + listedIn + ")");
        }
        Listening best = null;
        for (Listening each : there) {
            if (accepts(each.address(), own.address()) && (best == null || (each.full() && !best.full()))) {
                best = each;
            }
        }
        if (best == null) {
            Listening other = there.get(0);
            return new Listener(
                    Where.ELSEWHERE,
                    false,
                    other.process(),
                    "the socket that listens on " + service + " is bound to " + other.address() + " (" + other.place()
                            + ")");
        }
        return new Listener(
                Where.HERE,
                best.full(),
                best.process(),
                "the accept queue of " + service + (best.process() == null ? "" : " (" + best.process() + ")")
                        + " held "
                        + best.queued() + " connections at a limit of " + best.limit()
                        + (best.full() ? ": it was full (" : " (") + "Recv-Q and Send-Q, " + best.place() + ")");
    }

    private static boolean accepts(String bound, String address) {
        boolean v6 = address.indexOf(':') >= 0;
        return bound.equals("*") || bound.equals(address) || bound.equals(v6 ? "::" : "0.0.0.0");
    }

    /** {@return what a person should know about the files, one sentence each} */
    public synchronized List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (String file : useless) {
            notes.add(file
                    + " has no counters that tell about RSTs: record them with nstat -az, ss -ltn or conntrack -S");
        }
        for (Map.Entry<String, Values> each : values.entrySet()) {
            boolean apart = each.getValue().lastReading > each.getValue().firstReading;
            if (apart && each.getValue().fell && (!increments || each.getKey().startsWith(CONNTRACK))) {
                notes.add(
                        "the counters are smaller in a later reading (" + each.getKey() + ", "
                                + each.getValue().lastPlace
                                + "): the host was restarted, the readings are of two network namespaces, or in the wrong order");
                break;
            }
        }
        if (listenersLeft > 0) {
            notes.add("ss lists too many listening sockets: the first " + MAX_LISTENERS + " were used, " + listenersLeft
                    + " were ignored");
        }
        return notes;
    }
}
