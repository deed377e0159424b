package dev.backline.capture;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first lines of events in other tools' formats, whatever stands in front of them. Quantifiers are possessive or
 * bounded: no line makes them slow.
 */
final class HeadLines {
    /** Longer lines do not start an event; the longest real ones are events of ftrace, about 300 characters. */
    private static final int MAX_LINE = 2048;

    /** The longest name of a task, TASK_COMM_LEN without its NUL. */
    private static final int MAX_TASK = 15;

    /** {@code comm(pid) called function}, after nanoseconds since 1970. */
    private static final Pattern RESET_MONITOR =
            Pattern.compile("(?:-(\\d{9,19}))?: {0,2}([^:]{1,64}?)\\((\\d{1,10})\\) called (\\w{1,255})\\s*$");

    /** ftrace and trace-cmd, after the task's name: pid, optional (tgid), [cpu], optional flags, time. */
    private static final Pattern FTRACE =
            Pattern.compile("-(\\d{1,10}) {1,40}+(?:\\( {0,8}[\\d-]{1,10}\\) {1,8}+)?\\[(\\d{1,5})] "
                    + "{1,8}+(?:[^ ]{4,8} {1,8}+)?(\\d{1,12}\\.\\d{1,9}): {1,40}+(.*)");

    /** perf script, after the task's name: pid, optional [cpu], optional flags, time, optional period, event. */
    private static final Pattern PERF = Pattern.compile(
            " (\\d{1,10})(?:/\\d{1,10})? {1,8}+(?:\\[(\\d{1,5})] {1,8}+)?(?:[^ ]{4,8} {1,8}+)?(\\d{1,12}\\.\\d{1,9}): "
                    + "{1,40}+(?:\\d{1,20} {1,40}+)?([\\w-]{1,64}:\\w{1,255}): {0,20}(.*)");

    /** perf trace: {@code nginx/4242 tcp:tcp_send_reset(skbaddr: 0x0, state: 7)}. */
    private static final Pattern PERF_TRACE = Pattern.compile("(tcp:tcp_(?:send|receive)_reset)[(:](.*?)\\)?\\s*$");

    /** An event of ftrace: its name and its fields. */
    private static final Pattern EVENT = Pattern.compile("(\\w{1,255}): ?(.*)");

    /** The function tracer: {@code function <-caller}. */
    private static final Pattern FUNCTION = Pattern.compile("((\\w{1,255}) {1,4}<-.*)");

    /** The place of a kprobe event: {@code (tcp_v4_send_reset+0x0/0x830)}. */
    private static final Pattern PLACE = Pattern.compile("\\((\\w{1,255})(?:\\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?)?\\).*");

    private static final String ADDRESS = "\\[?([0-9a-fA-F:.]{2,45}?)]?:(\\d{1,5})";

    /** {@code a:1->b:2}, also IPv6 in brackets or without. */
    private static final Pattern ENDPOINTS = Pattern.compile("(?<![\\w.])" + ADDRESS + " ?-> ?" + ADDRESS + "(?!\\d)");

    private static final Pattern DETAIL =
            Pattern.compile("(skb ?|>{4,40} ?)\\[ ?" + ADDRESS + " ?-> ?" + ADDRESS + " ?]");

    private static final Pattern FLAG = Pattern.compile("\\b(urg|ack|psh|rst|syn|fin) ?[:=] ?([01])\\b");

    /** The flags of nettrace: {@code flags:SA}. */
    private static final Pattern LETTERS = Pattern.compile("\\bflags: ?([A-Z.]{1,9})\\b");

    private static final Pattern REASON = Pattern.compile("\\breason: ?(?:SK_RST_REASON_)?([A-Z][A-Z0-9_]{2,60})");

    /** nettrace: {@code [1830.262430] [tcp_v4_send_reset   ] TCP: }. */
    private static final Pattern NETTRACE =
            Pattern.compile("\\[ {0,8}(\\d{1,12}\\.\\d{6})] {0,2}\\[(\\w{1,64}) {0,32}] ");

    private static final String ELSE = "tcp_v4_send_reset else";

    private HeadLines() {}

    /**
     * The event that starts at the line; null when none does.
     *
     * @param prefix the length of what a collector put in front of the line, as far as it was found; the date may be in it
     * @param frame whether the line looks like a frame of a stack
     */
    static @Nullable Draft head(String file, long number, String text, int prefix, boolean frame) {
        if (text.length() > MAX_LINE) {
            return null;
        }
        String line = text.stripTrailing();
        Draft draft = line.indexOf("<-") > 0 ? article(file, number, line, prefix) : null;
        if (draft == null && line.contains(" called ")) {
            draft = monitor(file, number, line);
        }
        if (draft == null && line.contains(": ")) {
            draft = kernelTracing(file, number, line, prefix);
        }
        if (draft == null && line.contains("_reset")) {
            draft = perfTrace(file, number, line, prefix);
        }
        if (draft == null && line.contains("TCPRESET_")) {
            draft = kubeskoop(file, number, line);
        }
        if (draft == null && !frame) {
            draft = other(file, number, line);
        }
        if (draft != null) {
            draft.text = line;
        }
        return draft;
    }

    /** {@code date comm<-function}. */
    private static @Nullable Draft article(String file, long number, String line, int prefix) {
        String text = line.stripTrailing();
        int arrow = text.lastIndexOf("<-");
        String function = text.substring(arrow + 2);
        if (arrow == 0 || text.charAt(arrow - 1) == ' ' || function.isEmpty() || !isWord(function)) {
            return null;
        }
        String before = text.substring(0, arrow);
        Dates.Found date = Dates.last(before);
        if (date == null && !RstFunctions.contains(function)) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.ARTICLE);
        draft.time = date == null ? null : date.time();
        draft.comm = task(before, Math.max(date == null ? 0 : date.end(), Math.min(prefix, arrow)));
        draft.probe = function;
        return draft.comm == null ? null : draft;
    }

    private static boolean isWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '_') {
                return false;
            }
        }
        return true;
    }

    /** The name of a task at the end of a text: behind a prefix, and not longer than the kernel keeps it. */
    private static @Nullable String task(String text, int from) {
        String name = text.substring(from).strip();
        while (!name.isEmpty() && ":|]-,".indexOf(name.charAt(0)) >= 0) {
            name = name.substring(1).strip();
        }
        // ftrace pads the name with blanks; a page may number the lines.
        int padding = name.lastIndexOf("  ");
        name = padding >= 0 ? name.substring(padding + 2) : name;
        int digits = 0;
        while (digits < name.length() && Character.isDigit(name.charAt(digits))) {
            digits++;
        }
        if (digits > 0 && digits + 1 < name.length() && " \t:|.)".indexOf(name.charAt(digits)) >= 0) {
            name = name.substring(digits + 1).strip();
        }
        int colon = name.lastIndexOf(": ");
        name = colon >= 0 ? name.substring(colon + 2) : name;
        int bar = Math.max(name.lastIndexOf("| "), name.lastIndexOf('\t'));
        name = bar >= 0 ? name.substring(bar + 1).strip() : name;
        if (name.length() > MAX_TASK) {
            int blank = name.indexOf(' ', name.length() - MAX_TASK - 1);
            name = blank >= 0 ? name.substring(blank).strip() : name;
        }
        return name.isEmpty() || name.length() > 64 ? null : name;
    }

    private static @Nullable Draft monitor(String file, long number, String line) {
        Matcher monitor = RESET_MONITOR.matcher(line);
        if (!monitor.find()) {
            return null;
        }
        Dates.Found date = Dates.last(line.substring(0, monitor.start()));
        if (date == null && !RstFunctions.contains(monitor.group(4))) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.RESET_MONITOR);
        String nanos = monitor.group(1);
        int point = nanos == null ? 0 : nanos.length() - 9;
        draft.time = nanos == null
                ? date == null ? null : date.time()
                : Values.sinceEpoch((point == 0 ? "0" : nanos.substring(0, point)) + "." + nanos.substring(point));
        draft.comm = task(line.substring(0, monitor.end(2)), monitor.start(2));
        draft.fields.put("pid", monitor.group(3));
        draft.probe = monitor.group(4);
        return draft;
    }

    /** An event of perf, ftrace or trace-cmd; one of another probe may still have a function that sends RSTs in its stack. */
    private static @Nullable Draft kernelTracing(String file, long number, String line, int prefix) {
        Matcher perf = PERF.matcher(line);
        if (perf.find()) {
            String comm = task(line.substring(0, perf.start()), Math.min(prefix, perf.start()));
            return event(new Draft(file, number, CaptureFormat.PERF), perf, comm, perf.group(4), perf.group(5));
        }
        Matcher ftrace = FTRACE.matcher(line);
        if (!ftrace.find()) {
            return null;
        }
        String comm = task(line.substring(0, ftrace.start()), Math.min(prefix, ftrace.start()));
        Draft draft = new Draft(file, number, CaptureFormat.FTRACE);
        Matcher named = EVENT.matcher(ftrace.group(4));
        if (named.matches()) {
            String name = named.group(1);
            boolean tracepoint = name.equals("tcp_send_reset") || name.equals("tcp_receive_reset");
            return event(draft, ftrace, comm, tracepoint ? "tcp:" + name : name, named.group(2));
        }
        Matcher function = FUNCTION.matcher(ftrace.group(4));
        return function.matches() ? event(draft, ftrace, comm, "function", "(" + function.group(2) + ")") : null;
    }

    /** The CPU of a line of ftrace; null when the line is not one. */
    static @Nullable Integer cpu(String line) {
        Matcher ftrace = FTRACE.matcher(line);
        return line.length() <= MAX_LINE && ftrace.find() ? Integer.valueOf(ftrace.group(2)) : null;
    }

    /** An event of kernel tracing; the groups of the match are pid, cpu, time. */
    private static Draft event(Draft draft, Matcher line, @Nullable String comm, String name, String rest) {
        Matcher place = PLACE.matcher(rest);
        String function = place.matches() ? place.group(1) : null;
        if (name.equals("tcp:tcp_send_reset") || name.equals("tcp:tcp_receive_reset")) {
            draft.probe = name;
        } else if (function != null && RstFunctions.contains(function)) {
            draft.probe = function;
        } else {
            // The names of kprobe events are chosen by their user: rst_v4.
            draft.needsSender = name.startsWith("tcp:") || (!name.contains("rst") && !name.contains("reset"));
        }
        draft.comm = comm;
        draft.sinceBoot = Values.seconds(line.group(3));
        draft.fields.putAll(Values.fields(rest));
        draft.fields.put("pid", line.group(1));
        if (line.group(2) != null) {
            draft.fields.put("cpu", Integer.toString(Integer.parseInt(line.group(2))));
        }
        draft.fields.put("event", name);
        if (!draft.needsSender) {
            endpoints(draft);
            tracepoint(draft);
        }
        return draft;
    }

    private static @Nullable Draft perfTrace(String file, long number, String line, int prefix) {
        Matcher trace = PERF_TRACE.matcher(line);
        if (!trace.find()) {
            return null;
        }
        Map<String, String> fields =
                Values.fields(trace.group(2).replace(": ", "=").replace(",", ""));
        if (!fields.containsKey("skbaddr") && !fields.containsKey("skaddr") && !fields.containsKey("sport")) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.PERF);
        draft.probe = trace.group(1);
        String comm = task(line.substring(0, trace.start()), Math.min(prefix, trace.start()));
        int slash = comm == null ? -1 : comm.lastIndexOf('/');
        if (comm != null && slash > 0 && CountedStacks.count(comm.substring(slash + 1)) >= 0) {
            draft.fields.put("pid", comm.substring(slash + 1));
            // The idle task of each CPU has a name with a slash.
            comm = comm.startsWith("swapper/") ? comm : comm.substring(0, slash);
        }
        draft.comm = comm == null || comm.startsWith("0.") ? null : comm;
        // perf trace prints pointers for addresses.
        fields.values().removeIf(value -> value.equals("\"\""));
        fields.keySet().removeIf(key -> key.endsWith("addr") && !key.startsWith("sk") && isPointer(fields.get(key)));
        draft.fields.putAll(fields);
        draft.fields.put("event", trace.group(1));
        endpoints(draft);
        tracepoint(draft);
        return draft;
    }

    private static boolean isPointer(@Nullable String value) {
        return value != null && value.startsWith("0x");
    }

    /** The events of KubeSkoop's inspector: {@code type=TCPRESET_NOSOCK ... saddr=... sport=... daddr=... dport=...}. */
    private static @Nullable Draft kubeskoop(String file, long number, String line) {
        Map<String, String> fields = Values.fields(line.replace(',', ' ').replace("\"", ""));
        int at = line.indexOf("TCPRESET_");
        int to = at;
        while (to < line.length() && (Character.isUpperCase(line.charAt(to)) || line.charAt(to) == '_')) {
            to++;
        }
        if (!fields.containsKey("saddr") || !fields.containsKey("dport")) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.OTHER);
        boolean v6 = fields.get("saddr").indexOf(':') >= 0;
        String type = line.substring(at, to);
        switch (type) {
            case "TCPRESET_NOSOCK" -> {
                draft.probe = v6 ? "tcp_v6_send_reset" : "tcp_v4_send_reset";
                fields.put("sk", "0x0");
            }
            case "TCPRESET_PROCESS" -> draft.probe = v6 ? "tcp_v6_send_reset" : "tcp_v4_send_reset";
            case "TCPRESET_ACTIVE" -> draft.probe = "tcp_send_active_reset";
            case "TCPRESET_RECEIVE" -> draft.probe = "tcp:tcp_receive_reset";
            default -> {
                return null;
            }
        }
        Dates.Found date = Dates.last(line.substring(0, at));
        draft.time = date == null ? null : date.time();
        fields.put("event", type);
        draft.fields.putAll(fields);
        draft.source = Endpoint.of(fields.get("saddr"), fields.getOrDefault("sport", "0"));
        draft.destination = Endpoint.of(fields.getOrDefault("daddr", ""), fields.get("dport"));
        draft.endpointsOfSocket = type.equals("TCPRESET_ACTIVE") || type.equals("TCPRESET_RECEIVE");
        return draft;
    }

    /** What a tracepoint says by where it is and by null pointers. */
    private static void tracepoint(Draft draft) {
        if (!"tcp:tcp_send_reset".equals(draft.probe)) {
            return;
        }
        // The tracepoint is after every check that could keep the RST from being sent.
        draft.sent = true;
        Map<String, String> fields = draft.fields;
        String packet = fields.get("skbaddr");
        if (packet == null) {
            return;
        }
        // A RST without a packet is the socket's own; one without a socket answers a packet.
        fields.put("dir", Values.isNull(packet) ? "active" : "passive");
        String socket = fields.get("skaddr");
        if (socket != null && Values.isNull(socket)) {
            fields.put("sk", "0x0");
        }
    }

    /** The fields of tracepoints: src and dest, or saddr, sport, daddr, dport and their v6 counterparts. */
    private static void endpoints(Draft draft) {
        Map<String, String> fields = draft.fields;
        String source = fields.get("src");
        String destination = fields.get("dest");
        if (source != null && destination != null) {
            draft.source = Endpoint.parse(source);
            draft.destination = Endpoint.parse(destination);
        } else if (fields.containsKey("sport") && fields.containsKey("dport")) {
            boolean v6 = isV6(fields);
            draft.source = Endpoint.of(fields.getOrDefault(v6 ? "saddrv6" : "saddr", ""), fields.get("sport"));
            draft.destination = Endpoint.of(fields.getOrDefault(v6 ? "daddrv6" : "daddr", ""), fields.get("dport"));
        }
        draft.endpointsOfSocket = draft.source != null;
        if (draft.destination != null && draft.destination.port() == 0) {
            // A listening socket has no peer: the kernel prints 0.0.0.0:0.
            draft.destination = null;
        }
    }

    /**
     * Whether the v6 addresses are the real ones. Kernels before 5.15 print no family, and the event of an IPv6 connection
     * has the IPv4 addresses 0.0.0.0; one of an IPv4 connection repeats its addresses as mapped ones. A socket of IPv6 can
     * have an IPv4 connection: then the family is AF_INET6, and the IPv4 addresses are real.
     */
    private static boolean isV6(Map<String, String> fields) {
        boolean none = isUnset(fields.get("saddr")) && isUnset(fields.get("daddr"));
        String own = fields.get("saddrv6");
        return none && own != null && !own.startsWith("::ffff:");
    }

    private static boolean isUnset(@Nullable String address) {
        return address == null || address.equals("0.0.0.0");
    }

    /**
     * A line of any script with the name of a function that sends RSTs, or the article's tracepoint for bpftrace. Addresses
     * or a date with fields make it an event; a line that has neither is one if a stack follows, since prose and scripts name
     * functions, too.
     */
    private static @Nullable Draft other(String file, long number, String line) {
        String function = RstFunctions.in(line);
        int named = line.indexOf(" tracepoint ");
        if ((function == null && named < 0) || line.contains(ELSE)) {
            return null;
        }
        int at = function == null ? named : line.indexOf(function);
        Dates.Found date = Dates.last(line.substring(0, at));
        if (function == null && date == null) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.OTHER);
        String rest = date == null ? line : line.substring(date.end()).strip();
        draft.probe = function;
        draft.fields.putAll(Values.fields(rest));
        if (date != null) {
            draft.time = date.time();
            int blank = rest.indexOf(' ');
            String first = blank < 0 ? rest : rest.substring(0, blank);
            draft.comm = !isTask(first) || first.equals(function) ? null : first;
        }
        if (draft.comm == null) {
            draft.comm = draft.fields.get("comm");
        }
        ends(draft, line);
        if (draft.source != null) {
            draft.endpointsOfSocket =
                    function == null || line.contains(" tracepoint ") || function.equals("tcp_send_active_reset");
        }
        packet(draft, line);
        boolean own = date != null && date.time() != null;
        draft.tentative =
                draft.source == null && !(own && (!draft.fields.isEmpty() || line.endsWith(String.valueOf(function))));
        if (draft.tentative) {
            draft.time = null;
        }
        return draft;
    }

    private static boolean isTask(String word) {
        return !word.isEmpty() && word.length() <= MAX_TASK && word.indexOf('=') < 0 && word.charAt(0) != '[';
    }

    private static void ends(Draft draft, String line) {
        Matcher endpoints = ENDPOINTS.matcher(line);
        if (endpoints.find()) {
            draft.source = Endpoint.of(endpoints.group(1), endpoints.group(2));
            draft.destination = Endpoint.of(endpoints.group(3), endpoints.group(4));
        }
    }

    /** What nettrace prints of the packet. */
    private static void packet(Draft draft, String line) {
        Matcher nettrace = NETTRACE.matcher(line);
        if (nettrace.find()) {
            draft.sinceBoot = Values.seconds(nettrace.group(1));
        }
        Matcher letters = LETTERS.matcher(line);
        if (letters.find() && !draft.endpointsOfSocket) {
            draft.flags = flags(letters.group(1));
        }
        Matcher reason = REASON.matcher(line);
        if (reason.find()) {
            draft.fields.put("reason", reason.group(1));
        }
    }

    private static Set<TcpFlag> flags(String letters) {
        Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
        for (TcpFlag flag : TcpFlag.values()) {
            char letter = flag == TcpFlag.CWR ? 'W' : flag.name().charAt(0);
            if (letters.indexOf(letter) >= 0 || (flag == TcpFlag.ACK && letters.indexOf('.') >= 0)) {
                flags.add(flag);
            }
        }
        return flags;
    }

    /** Adds what the line before a stack says of another probe's event: its time, its task, the RST's addresses. */
    static void around(Draft draft, String line) {
        if (line.length() > MAX_LINE) {
            return;
        }
        ends(draft, line);
        draft.endpointsOfSocket = draft.source != null;
        Dates.Found date = Dates.last(line);
        draft.time = date == null ? null : date.time();
        String word = line.strip();
        if (isTask(word) && word.indexOf(' ') < 0) {
            draft.comm = word;
        }
    }

    /**
     * The second line of the article's script.
     *
     * @param comm the task, as the line repeats it; null if it does not
     * @param function the probed function, as the line repeats it; null if it does not
     * @param active whether the addresses are those of the socket, not of the packet; null if there are none
     * @param flags null if the line has none
     */
    record Detail(
            @Nullable String comm,
            @Nullable String function,
            @Nullable Boolean active,
            @Nullable Endpoint source,
            @Nullable Endpoint destination,
            @Nullable Set<TcpFlag> flags) {
        void addTo(Draft draft) {
            draft.detailed = true;
            draft.source = source;
            draft.destination = destination;
            draft.flags = flags;
            draft.endpointsOfSocket = Boolean.TRUE.equals(active);
            if (!draft.endpointsOfSocket) {
                // The script takes this branch when the function is called without a socket.
                draft.fields.put("sk", "0x0");
            }
            if (active == null) {
                draft.fields.put("skb", "0x0");
            }
        }
    }

    /** The second line of the article's script; null if this is none. */
    static @Nullable Detail detail(String line) {
        if (line.length() > MAX_LINE) {
            return null;
        }
        if (line.contains(ELSE)) {
            return line.strip().endsWith(ELSE) ? new Detail(null, null, null, null, null, null) : null;
        }
        if (!line.contains("skb") && !line.contains(">>>>")) {
            return null;
        }
        Matcher detail = DETAIL.matcher(line);
        if (!detail.find()) {
            return null;
        }
        Set<TcpFlag> flags = null;
        int end = detail.end();
        Matcher flag = FLAG.matcher(line.substring(detail.end()).toLowerCase(Locale.ROOT));
        while (flag.find()) {
            flags = flags == null ? EnumSet.noneOf(TcpFlag.class) : flags;
            if (flag.group(2).equals("1")) {
                flags.add(TcpFlag.valueOf(flag.group(1).toUpperCase(Locale.ROOT)));
            }
            end = detail.end() + flag.end();
        }
        String rest = line.substring(end).strip();
        int arrow = rest.indexOf("<-");
        int to = arrow + 2;
        while (arrow > 0 && to < rest.length() && isWord(rest.substring(to, to + 1))) {
            to++;
        }
        return new Detail(
                arrow > 0 ? task(rest.substring(0, arrow), 0) : null,
                arrow > 0 && to > arrow + 2 ? rest.substring(arrow + 2, to) : null,
                !detail.group(1).startsWith("skb"),
                Endpoint.of(detail.group(2), detail.group(3)),
                Endpoint.of(detail.group(4), detail.group(5)),
                flags);
    }

    /** Whether the line announces the stack of an event: in ftrace that is a separate event. */
    static boolean announcesStack(String line) {
        String end = line.stripTrailing();
        return end.endsWith("<stack trace>") || end.endsWith("<stack trace >");
    }
}
