package dev.backline.capture;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the first lines of events in other tools' formats. Quantifiers are possessive or bounded: no line makes them slow. */
final class HeadLines {
    /** Longer lines do not start an event; the longest real ones are events of ftrace, about 300 characters. */
    private static final int MAX_LINE = 2048;

    private static final Pattern CTIME = Pattern.compile("(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
            + "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ 0-3][0-9]) (\\d\\d:\\d\\d:\\d\\d) (\\d{4})");

    private static final Pattern ARTICLE = Pattern.compile(" {1,8}(\\S.{0,63})<-(\\w{1,255}) *");

    private static final Pattern RESET_MONITOR =
            Pattern.compile("-(\\d{9,19}): (.{1,64})\\((\\d{1,10})\\) called (\\w{1,255})\\s*");

    /** ftrace and trace-cmd: comm-pid, optional (tgid), [cpu], optional flags, time, event. */
    private static final Pattern FTRACE =
            Pattern.compile(" {0,40}(\\S.{0,31})-(\\d{1,10}) +(?:\\( *[\\d-]+\\) +)?\\[(\\d{1,5})] "
                    + "+(?:\\S{4,8} +)?(\\d{1,12}\\.\\d{1,9}): +(\\w{1,255}): ?(.*)");

    /** The function tracer: the same up to the time, then {@code function <-caller}. */
    private static final Pattern FUNCTION =
            Pattern.compile(" {0,40}(\\S.{0,31})-(\\d{1,10}) +(?:\\( *[\\d-]+\\) +)?\\[(\\d{1,5})] "
                    + "+(?:\\S{4,8} +)?(\\d{1,12}\\.\\d{1,9}): +((\\w{1,255}) +<-.*)");

    private static final Pattern PERF = Pattern.compile(
            "(\\S.{0,31}?) +(\\d{1,10})(?:/\\d{1,10})? +\\[(\\d{1,5})] +(\\d{1,12}\\.\\d{1,9}): +(?:\\d+ +)?([\\w-]{1,64}:\\w{1,255}): ?(.*)");

    /** The place of a kprobe event: {@code (tcp_v4_send_reset+0x0/0x830)}. */
    private static final Pattern PLACE = Pattern.compile("\\((\\w{1,255})(?:\\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?)?\\).*");

    private static final Pattern ARTICLE_DETAIL = Pattern.compile(
            "(skb |>{4,20})\\[([0-9a-f:.]+):(\\d{1,5})->([0-9a-f:.]+):(\\d{1,5})](?: ack:(\\d), psh:(\\d), rst:(\\d), syn:(\\d),? fin:(\\d))? ?.*");

    private static final Pattern ENDPOINTS =
            Pattern.compile("([0-9a-f.:\\[\\]]{2,48}:\\d{1,5}) ?-> ?([0-9a-f.:\\[\\]]{2,48}:\\d{1,5})");

    private static final String STACK_TRACE = "<stack trace>";

    private HeadLines() {}

    /**
     * The event that starts at the line; null when none does.
     *
     * @param frame whether the line looks like a frame of a stack
     */
    static @Nullable Draft head(String file, long number, String line, boolean frame) {
        if (line.length() > MAX_LINE) {
            return null;
        }
        Matcher date = CTIME.matcher(line);
        boolean dated = line.length() > 24 && date.find() && date.start() < 64;
        if (dated && date.start() == 0) {
            String rest = line.substring(date.end());
            Matcher article = ARTICLE.matcher(rest);
            if (article.matches()) {
                Draft draft = new Draft(file, number, CaptureFormat.ARTICLE);
                draft.time = time(date);
                draft.comm = article.group(1);
                draft.probe = article.group(2);
                return draft;
            }
            Matcher monitor = RESET_MONITOR.matcher(rest);
            if (monitor.matches()) {
                return monitor(file, number, monitor);
            }
        }
        if (!dated && line.contains("] ") && line.contains(": ")) {
            Matcher perf = PERF.matcher(line);
            if (perf.matches()) {
                return event(new Draft(file, number, CaptureFormat.PERF), perf, perf.group(5), perf.group(6));
            }
            Matcher ftrace = FTRACE.matcher(line);
            if (ftrace.matches()) {
                String name = ftrace.group(5);
                boolean tracepoint = name.equals("tcp_send_reset") || name.equals("tcp_receive_reset");
                return event(
                        new Draft(file, number, CaptureFormat.FTRACE),
                        ftrace,
                        tracepoint ? "tcp:" + name : name,
                        ftrace.group(6));
            }
            Matcher function = FUNCTION.matcher(line);
            if (function.matches()) {
                return event(
                        new Draft(file, number, CaptureFormat.FTRACE),
                        function,
                        "function",
                        "(" + function.group(6) + ")");
            }
        }
        return frame ? null : other(file, number, line, dated ? date : null);
    }

    private static @Nullable Instant time(Matcher date) {
        return Values.date(date.group(1), date.group(2), date.group(3), date.group(4));
    }

    private static Draft monitor(String file, long number, Matcher monitor) {
        Draft draft = new Draft(file, number, CaptureFormat.RESET_MONITOR);
        String nanos = monitor.group(1);
        int point = nanos.length() - 9;
        draft.time = Values.sinceEpoch((point == 0 ? "0" : nanos.substring(0, point)) + "." + nanos.substring(point));
        draft.comm = monitor.group(2);
        draft.fields.put("pid", monitor.group(3));
        draft.probe = monitor.group(4);
        return draft;
    }

    /** An event of kernel tracing; the groups of the match are comm, pid, cpu, time. Null when it is not about RSTs. */
    private static @Nullable Draft event(Draft draft, Matcher line, String name, String rest) {
        Matcher place = PLACE.matcher(rest);
        String function = place.matches() ? place.group(1) : null;
        if (name.startsWith("tcp:")) {
            draft.probe = name.equals("tcp:tcp_send_reset") || name.equals("tcp:tcp_receive_reset") ? name : null;
            if (draft.probe == null) {
                return null;
            }
            if (name.equals("tcp:tcp_send_reset")) {
                // The tracepoint is after every check that could keep the RST from being sent.
                draft.sent = true;
            }
        } else if (function != null && RstFunctions.contains(function)) {
            draft.probe = function;
        } else if (!name.contains("rst") && !name.contains("reset")) {
            return null;
        }
        draft.comm = line.group(1);
        draft.sinceBoot = Values.seconds(line.group(4));
        draft.fields.putAll(Values.fields(rest));
        draft.fields.put("pid", line.group(2));
        draft.fields.put("cpu", "" + Integer.parseInt(line.group(3)));
        draft.fields.put("event", name);
        endpoints(draft);
        pointers(draft);
        return draft;
    }

    /** What null pointers say: a RST without a packet is the socket's own, one without a socket an answer to a packet. */
    private static void pointers(Draft draft) {
        Map<String, String> fields = draft.fields;
        String packet = fields.get("skbaddr");
        if (packet != null && "tcp:tcp_send_reset".equals(draft.probe)) {
            fields.put("dir", Values.isNull(packet) ? "active" : "passive");
            String socket = fields.get("skaddr");
            if (socket != null && Values.isNull(socket)) {
                fields.put("sk", "0x0");
            }
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

    /** A line of any script with the name of a function that sends RSTs, or the article's tracepoint for bpftrace. */
    private static @Nullable Draft other(String file, long number, String line, @Nullable Matcher date) {
        String function = RstFunctions.in(line);
        boolean tracepoint = date != null && line.indexOf(" tracepoint ", date.end()) >= 0;
        if ((function == null && !tracepoint) || line.startsWith("tcp_v4_send_reset else")) {
            return null;
        }
        Draft draft = new Draft(file, number, CaptureFormat.OTHER);
        String rest = date == null ? line : line.substring(date.end()).strip();
        draft.probe = function;
        draft.fields.putAll(Values.fields(rest));
        if (date != null) {
            draft.time = time(date);
            int blank = rest.indexOf(' ');
            String first = blank < 0 ? rest : rest.substring(0, blank);
            draft.comm = first.isEmpty() || first.indexOf('=') >= 0 || first.equals(function) ? null : first;
        }
        if (draft.comm == null) {
            draft.comm = draft.fields.get("comm");
        }
        Matcher endpoints = ENDPOINTS.matcher(rest);
        if (endpoints.find()) {
            draft.source = Endpoint.parse(endpoints.group(1));
            draft.destination = Endpoint.parse(endpoints.group(2));
            draft.endpointsOfSocket = tracepoint;
        }
        return draft;
    }

    /** Whether the line is the second one of the article's script; adds its values to the event. */
    static boolean detail(Draft draft, String line) {
        if (draft.format != CaptureFormat.ARTICLE || draft.hasStack()) {
            return false;
        }
        if (line.startsWith("tcp_v4_send_reset else")) {
            draft.fields.put("sk", "0x0");
            draft.fields.put("skb", "0x0");
            return true;
        }
        if (line.length() > MAX_LINE || (!line.startsWith("skb [") && !line.startsWith(">>>>"))) {
            return false;
        }
        Matcher detail = ARTICLE_DETAIL.matcher(line);
        if (!detail.matches()) {
            return false;
        }
        draft.source = Endpoint.of(detail.group(2), detail.group(3));
        draft.destination = Endpoint.of(detail.group(4), detail.group(5));
        draft.endpointsOfSocket = !detail.group(1).equals("skb ");
        if (!draft.endpointsOfSocket) {
            // The script takes this branch when the function is called without a socket.
            draft.fields.put("sk", "0x0");
        }
        if (detail.group(6) != null) {
            Set<TcpFlag> flags = EnumSet.noneOf(TcpFlag.class);
            TcpFlag[] printed = {TcpFlag.ACK, TcpFlag.PSH, TcpFlag.RST, TcpFlag.SYN, TcpFlag.FIN};
            for (int i = 0; i < printed.length; i++) {
                if (detail.group(6 + i).equals("1")) {
                    flags.add(printed[i]);
                }
            }
            draft.flags = flags;
        }
        return true;
    }

    /** Whether the line announces the stack of the previous event: in ftrace that is a separate event. */
    static boolean announcesStack(String line) {
        return line.endsWith(STACK_TRACE) || line.endsWith("<stack trace >");
    }
}
