package dev.backline.cli.report;

import dev.backline.cli.report.LabRecording.Event;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of capture, and what it would have shown of a recording of the lab: all that the kind has is taken from what was
 * recorded, the rest is left away.
 */
enum CaptureKind {
    SYSTEMTAP("generated, SystemTap", "生成的脚本，SystemTap", true, CaptureKind::recorded),
    BPFTRACE("generated, bpftrace", "生成的脚本，bpftrace", true, CaptureKind::recorded),
    /** Linux 6.10 and later: fires for every RST that TCP sends. */
    TRACEPOINT_WITH_REASON(
            "tcp:tcp_send_reset with a reason",
            "tcp:tcp_send_reset，带 reason",
            false,
            event -> sentByTcp(event) ? perf(event, " reason=" + reason(event)) : List.of()),
    /** Before Linux 6.10: fires where TCP has found a socket that is no time-wait and no request socket. */
    TRACEPOINT(
            "tcp:tcp_send_reset without",
            "tcp:tcp_send_reset，不带",
            false,
            event -> sentByTcp(event) && event.field("sk").equals("full") ? perf(event, "") : List.of()),
    ARTICLE_AND_LOG("the article's script, and the kernel's log", "文章里的脚本，加内核日志", true, CaptureKind::article),
    ARTICLE("the article's script", "文章里的脚本", false, CaptureKind::article),
    /** Of Red Hat's reset-monitor: function and stack, nothing of packet and socket. */
    STACK("the stack alone", "只有调用栈", false, CaptureKind::resetMonitor);

    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * The reason that Linux 6.18 gives where these were recorded, by its sources: tcp_ipv4.c, tcp_input.c, tcp_minisocks.c,
     * tcp.c, tcp_timer.c and mptcp/subflow.c.
     */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("closed-port", "NO_SOCKET"),
            Map.entry("conntrack-invalid", "NO_SOCKET"),
            Map.entry("no-socket", "NO_SOCKET"),
            Map.entry("time-wait", "TCP_TIMEWAIT_SOCKET"),
            Map.entry("listen-bad-ack", "TCP_FLAGS"),
            Map.entry("syn-recv-bad-ack", "TCP_FLAGS"),
            Map.entry("syn-sent-bad-ack", "TCP_INVALID_ACK_SEQUENCE"),
            Map.entry("data-after-close", "TCP_ABORT_ON_DATA"),
            Map.entry("accept-queue-overflow", "INVALID_SYN"),
            Map.entry("embryonic-reset", "INVALID_SYN"),
            Map.entry("close-unread-data", "TCP_ABORT_ON_CLOSE"),
            Map.entry("linger-zero", "TCP_STATE"),
            Map.entry("disconnect", "TCP_STATE"),
            Map.entry("listener-closed", "TCP_STATE"),
            Map.entry("keepalive-timeout", "TCP_KEEPALIVE_TIMEOUT"),
            Map.entry("fin-wait2-timeout", "TCP_STATE"),
            Map.entry("orphan-limit", "TCP_ABORT_ON_MEMORY"),
            Map.entry("socket-destroyed", "TCP_STATE"),
            Map.entry("mptcp", "MPTCP_RST_EPROHIBIT"));

    private static final Set<String> TCP = Set.of("tcp_v4_send_reset", "tcp_v6_send_reset", "tcp_send_active_reset");

    private final String title;
    private final String chineseTitle;
    private final boolean withKernelLog;
    private final Function<Event, List<String>> lines;

    CaptureKind(String title, String chineseTitle, boolean withKernelLog, Function<Event, List<String>> lines) {
        this.title = title;
        this.chineseTitle = chineseTitle;
        this.withKernelLog = withKernelLog;
        this.lines = lines;
    }

    String title() {
        return title;
    }

    String chineseTitle() {
        return chineseTitle;
    }

    /** Whether it is what a script of backline's own prints. */
    boolean isGenerated() {
        return this == SYSTEMTAP || this == BPFTRACE;
    }

    /** The recording that it is taken from. */
    String recording() {
        return this == BPFTRACE ? "lab-bpftrace" : "lab-kaslr";
    }

    /** Whether the report is given the kernel's log, too. */
    boolean withKernelLog() {
        return withKernelLog;
    }

    /** What a capture of this kind has of the event, its first line first; none where it does not have it. */
    List<String> lines(Event event) {
        return lines.apply(event);
    }

    private static List<String> recorded(Event event) {
        List<String> lines = new ArrayList<>();
        lines.add(event.text());
        lines.addAll(event.frames());
        return lines;
    }

    private static boolean sentByTcp(Event event) {
        return TCP.contains(event.field("probe")) && !event.field("sent").equals("no");
    }

    private static String reason(Event event) {
        boolean passive = event.field("dir").equals("passive");
        String cause = String.valueOf(event.cause());
        return cause.equals("linger2")
                ? passive ? "TCP_ABORT_ON_DATA" : "TCP_ABORT_ON_LINGER"
                : REASONS.getOrDefault(cause, "?");
    }

    /** What perf script prints of a {@code perf record -g -e tcp:tcp_send_reset}. */
    private static List<String> perf(Event event, String more) {
        boolean active = event.field("dir").equals("active");
        String state = event.field("state");
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%-16s %5s [%03d] %s: tcp:tcp_send_reset: skbaddr=0xffff8b90ffed2d00 skaddr=0xffff8b90ffed3a00 src=%s"
                        + " dest=%s state=TCP_%s%s",
                event.field("comm"),
                event.field("pid"),
                Integer.valueOf(event.field("cpu")),
                new BigDecimal(event.field("mono")).setScale(6, RoundingMode.DOWN),
                event.field(active ? "src" : "dst"),
                event.field(active ? "dst" : "src"),
                state.equals("-") ? "UNKNOWN" : state,
                more));
        for (String frame : stack(event)) {
            // 0xADDRESS : SYMBOL+0xOFFSET/0xSIZE [MODULE]
            String[] words = frame.strip().split(" +");
            String module = words[3].equals("[kernel]") ? "[kernel.kallsyms]" : words[3];
            lines.add("\t" + words[0].substring(2) + " " + words[2].replaceFirst("/.*", "") + " (" + module + ")");
        }
        return lines;
    }

    /** Its probes are two: tcp_send_active_reset and tcp_v4_send_reset. The latter's IPv6 twin is taken for one of them. */
    private static List<String> article(Event event) {
        if (!TCP.contains(event.field("probe"))) {
            return List.of();
        }
        String who = event.field("comm") + "<-" + event.field("probe");
        boolean socket = !event.field("sk").equals("none");
        boolean active = event.field("dir").equals("active");
        String ends = active || !socket
                ? event.field("src") + "->" + event.field("dst")
                : event.field("dst") + "->" + event.field("src");
        ends = "[" + ends.replaceAll("[\\[\\]]", "") + "]";
        String flags = event.field("flags");
        String detail = socket
                ? ">>>>>>>>>" + ends + " " + who
                : "skb " + ends + " ack:" + bit(flags, "ACK") + ", psh:" + bit(flags, "PSH") + ", rst:"
                        + bit(flags, "RST") + ", syn:" + bit(flags, "SYN") + " fin:" + bit(flags, "FIN") + " " + who;
        return stack(ctime(event) + "  " + who, detail, event);
    }

    private static List<String> resetMonitor(Event event) {
        BigDecimal wall = new BigDecimal(event.field("wall")).setScale(9);
        String head = ctime(event) + "-" + wall.unscaledValue() + ": " + event.field("comm") + "(" + event.field("pid")
                + ") called " + event.field("probe");
        return stack(head, null, event);
    }

    private static int bit(String flags, String flag) {
        return ("," + flags + ",").contains("," + flag + ",") ? 1 : 0;
    }

    private static List<String> stack(String head, @Nullable String detail, Event event) {
        List<String> lines = new ArrayList<>();
        lines.add(head);
        if (detail != null) {
            lines.add(detail);
        }
        lines.addAll(stack(event));
        lines.add("");
        return lines;
    }

    /** The frames as SystemTap's own unwinder prints them: the first one once, and none in doubt. */
    private static List<String> stack(Event event) {
        List<String> frames = new ArrayList<>();
        for (String frame : event.frames()) {
            String sure = frame.replace(" (inexact)", "");
            if (sure.contains("+0x") && !frames.contains(sure)) {
                frames.add(sure);
            }
        }
        return frames;
    }

    private static String ctime(Event event) {
        Instant time = Instant.ofEpochSecond(
                new BigDecimal(event.field("wall")).toBigInteger().longValueExact());
        // ctime pads the day of the month with a blank.
        return CTIME.format(time).replaceFirst("^(... ...) (\\d) ", "$1  $2 ");
    }
}
