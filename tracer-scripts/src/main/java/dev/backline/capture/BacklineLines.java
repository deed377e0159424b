package dev.backline.capture;

import dev.backline.io.Ascii;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the lines of backline's own scripts (docs/probe-output.md). Keeps the header of the events. Not thread-safe. */
final class BacklineLines {
    private static final String HEADER = "# backline ";
    private static final String EVENT = "rst ";
    private static final String END = "end ";
    private static final String SKIPPED = HEADER + "skipped ";

    /** No collector's prefix is longer. */
    private static final int REACH = 256;

    /** What may stand before the scripts' own words. */
    private static final String STARTERS = " \t:|>]";

    private static final String BPFTRACE = "bpftrace";

    /** A kernel has a few hundred modules; a header with more than this is hostile. */
    private static final int MAX_MODULES = 10_000;

    /** The kernel's own limit is 56 bytes. */
    private static final int MAX_NAME = 255;

    private static final int MAX_REASONS = 1000;
    private static final int MAX_CONNTRACK = 100;
    /** Kinds of TCP options (IANA). */
    private static final Map<Integer, String> SIGNATURES = Map.of(0, "none", 19, "md5", 29, "ao");

    private static final Map<Integer, String> YES_OR_NO = Map.of(1, "yes", 0, "no");

    private @Nullable ProbeRun run;

    private String tool = "";
    private String file = "";
    private long line;
    private Map<String, String> kernel = Map.of();
    private Map<String, String> anchor = Map.of();
    private Map<String, String> clock = Map.of();
    private final Map<String, Long> modules = new HashMap<>();
    private final Map<Integer, String> reasons = new HashMap<>();
    private final Map<Integer, String> conntrack = new HashMap<>();
    private boolean open;
    private final EventLine eventLine = new EventLine(this::meaning);
    private String lastFlags = "";

    /** How many events the lines since the last trailer say were left out. */
    private long skipped;

    private Set<TcpFlag> flags = Set.of();

    @Nullable
    ProbeRun run() {
        if (open) {
            open = false;
            eventLine.forget();
            run = new ProbeRun(
                    file,
                    line,
                    tool.isEmpty() ? null : tool,
                    text(kernel, "release"),
                    text(kernel, "build-id"),
                    addresses(),
                    time(clock),
                    sinceBoot(clock),
                    modules,
                    reasons);
        }
        return run;
    }

    /** Addresses of the kernel's symbols as loaded. */
    private Map<String, Long> addresses() {
        Map<String, Long> addresses = new HashMap<>();
        Long stext = address(text(kernel, "stext"));
        if (stext != null) {
            addresses.put("_stext", stext);
        }
        String symbol = text(anchor, "symbol");
        Long address = address(text(anchor, "address"));
        if (symbol != null && address != null) {
            addresses.put(symbol, address);
        }
        return addresses;
    }

    private static @Nullable Instant time(Map<String, String> fields) {
        String wall = fields.get("wall");
        return wall == null ? null : Values.sinceEpoch(wall);
    }

    private static @Nullable Duration sinceBoot(Map<String, String> fields) {
        String mono = fields.get("mono");
        return mono == null ? null : Values.seconds(mono);
    }

    private static @Nullable String text(Map<String, String> fields, String key) {
        String value = fields.get(key);
        return value == null || value.equals("-") ? null : Values.unescape(value);
    }

    private static @Nullable Long address(@Nullable String text) {
        Long value = text == null ? null : Values.number(text);
        return value == null || value == 0 ? null : value;
    }

    /**
     * Cuts off what a collector put in front of a line of backline's scripts. Returns null if the line is none of theirs.
     * A quoted line, as in the text of a script, does not count.
     *
     * @param prefix the length of the collector's prefix, as far as it was found
     */
    static @Nullable String own(String line, int prefix) {
        if (isOwn(line, prefix)) {
            return prefix == 0 ? line : line.substring(prefix);
        }
        if (line.indexOf(HEADER) < 0 && line.indexOf(EVENT) < 0 && line.indexOf(END) < 0) {
            return null;
        }
        int reach = Math.min(line.length(), REACH);
        for (int at = 0; at < reach; at++) {
            if ((at == 0 || STARTERS.indexOf(line.charAt(at - 1)) >= 0) && isOwn(line, at)) {
                return line.substring(at);
            }
            if (line.charAt(at) == '#' && line.startsWith("# ", at)) {
                // A comment of a script may show what the script prints.
                return null;
            }
        }
        return null;
    }

    private static boolean isOwn(String line, int at) {
        return line.startsWith(HEADER, at)
                || (line.startsWith(EVENT, at) && isField(line, at + EVENT.length()))
                || (line.startsWith(END, at) && isField(line, at + END.length()));
    }

    /** Whether a key and a value stand at a position. */
    private static boolean isField(String line, int at) {
        int to = at;
        while (to < line.length() && (Ascii.isLetter((byte) line.charAt(to)) || line.charAt(to) == '_')) {
            to++;
        }
        return to > at && to + 1 < line.length() && line.charAt(to) == '=' && line.charAt(to + 1) != '%';
    }

    /** Whether the line belongs to a header; keeps what it says. */
    boolean header(String at, long number, String text) {
        if (!text.startsWith(HEADER)) {
            return false;
        }
        String rest = text.substring(HEADER.length());
        int blank = rest.indexOf(' ');
        String kind = blank < 0 ? rest : rest.substring(0, blank);
        Map<String, String> fields = Values.fields(rest);
        if (kind.equals("ready")) {
            // The script starts: what an earlier run left out has no part in this one's trailer.
            skipped = 0;
        }
        if (kind.startsWith("probe-output=")) {
            file = at;
            line = number;
            tool = fields.getOrDefault("tool", "");
            anchor = Map.of();
            clock = Map.of();
            reasons.clear();
            open = true;
            return true;
        }
        if (!open && run == null) {
            // The first lines of the header were cut off: use the rest.
            file = at;
            line = number;
        }
        open = true;
        switch (kind) {
            case "kernel" -> {
                // A repeated header omits the modules. Those of another boot do not apply.
                if (!fields.equals(kernel)) {
                    modules.clear();
                }
                kernel = fields;
            }
            case "anchor" -> anchor = fields;
            case "clock" -> clock = fields;
            case "module" -> {
                String name = text(fields, "name");
                Long base = address(fields.get("base"));
                if (name != null && name.length() <= MAX_NAME && base != null && modules.size() < MAX_MODULES) {
                    modules.put(name, base);
                }
            }
            case "reasons" -> names(fields, reasons, MAX_REASONS);
            case "conntrack" -> names(fields, conntrack, MAX_CONNTRACK);
            default -> {
                // A line of a later version, which this version does not need.
            }
        }
        return true;
    }

    private static void names(Map<String, String> fields, Map<Integer, String> names, int most) {
        for (Map.Entry<String, String> each : fields.entrySet()) {
            Long value = Values.number(each.getKey());
            if (value != null
                    && value == (int) (long) value
                    && names.size() < most
                    && each.getValue().length() <= MAX_NAME) {
                names.put((int) (long) value, Values.unescape(each.getValue()));
            }
        }
    }

    /** The event that starts at the line; null when none does. */
    @Nullable
    Draft event(String at, long number, String text) {
        if (!text.startsWith(EVENT)) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return event(at, number, bytes, 0, bytes.length);
    }

    /** Like the above, for the bytes {@code from} to {@code to}, which start with {@code rst} and a blank. */
    @Nullable
    Draft event(String at, long number, byte[] line, int from, int to) {
        // The names of the header are used only once it is complete.
        run();
        // bpftrace prints this key last and unescaped: its value may contain blanks.
        Map<String, String> fields =
                eventLine.read(line, from + EVENT.length(), to, tool.equals(BPFTRACE) ? "comm" : null);
        String probe = fields.get("probe");
        if (probe == null) {
            return null;
        }
        Draft draft = new Draft(at, number, CaptureFormat.BACKLINE);
        draft.run = run();
        draft.probe = probe;
        draft.fields = fields;
        draft.time = time(fields);
        draft.sinceBoot = sinceBoot(fields);
        draft.comm = fields.get("comm");
        String source = fields.get("src");
        String destination = fields.get("dst");
        draft.source = source == null ? null : Endpoint.parse(source);
        draft.destination = destination == null ? null : Endpoint.parse(destination);
        draft.endpointsOfSocket = "active".equals(fields.get("dir"));
        String flags = fields.get("flags");
        draft.flags = flags == null || flags.equals("-") ? null : flags(flags);
        String sent = fields.get("sent");
        draft.sent =
                "no".equals(sent) ? Boolean.FALSE : ("yes".equals(sent) && !mayLackKey(fields)) ? Boolean.TRUE : null;
        return draft;
    }

    /**
     * Whether the kernel may have dropped the RST after the checks that a script sees: the packet is signed (TCP MD5 or AO) and
     * has no socket, so the key has to be that of a listener (tcp_v4_send_reset, tcp_v6_send_reset).
     */
    private static boolean mayLackKey(Map<String, String> fields) {
        String auth = fields.get("auth");
        return ("md5".equals(auth) || "ao".equals(auth)) && "none".equals(fields.get("sk"));
    }

    /** Whether the last event line may contain a frame of a stack. */
    boolean mayHoldFrame() {
        return eventLine.mayHoldFrame();
    }

    private Set<TcpFlag> flags(String text) {
        if (text.equals(lastFlags)) {
            return flags;
        }
        flags = Set.copyOf(TcpFlag.parse(text));
        lastFlags = text;
        return flags;
    }

    /** The meaning of a field's value: a number is replaced by its name where that is known. */
    private @Nullable String meaning(String key, String value) {
        if (value.equals("?")) {
            return null;
        }
        String text = value.equals("(nil)") ? "0x0" : Values.unescape(value);
        ProbeRun known = run;
        return switch (key) {
            case "reason" -> Values.reason(name(text, known == null ? Map.of() : known.reasons()));
            case "ct" -> name(text, conntrack);
            case "sent", "request" -> name(text, YES_OR_NO);
            case "auth" -> name(text, SIGNATURES);
            case "state", "substate" -> Values.tcpState(text);
            default -> text;
        };
    }

    /** The name for a number, where it is known. */
    private static String name(String value, Map<Integer, String> names) {
        Long number = Values.number(value);
        String name = number == null || number != (int) (long) number ? null : names.get((int) (long) number);
        return name == null ? value : name;
    }

    /**
     * The number of events that the script left out, as far as the line tells of more than the lines before it; −1 for any
     * other line. The trailer counts all of the run, also those after the last printed event.
     */
    long skipped(String text) {
        if (text.startsWith(SKIPPED)) {
            long more = count(Values.fields(text).get("events"));
            skipped += more;
            return more;
        }
        if (text.startsWith(END)) {
            long all = count(Values.fields(text).get("skipped"));
            long more = Math.max(0, all - skipped);
            skipped = 0;
            return more;
        }
        return -1;
    }

    private static long count(@Nullable String text) {
        Long value = text == null ? null : Values.number(text);
        return value == null ? 0 : Math.max(0, Math.min(value, Long.MAX_VALUE / 4));
    }
}
