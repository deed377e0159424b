package dev.backline.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a text file is that may have been given in place of another. Immutable, thread-safe. */
public enum TextKind {
    /** What a probe of RSTs printed. */
    CAPTURE("the output of a probe", "give it without an option: backline report FILE"),
    /** A script for SystemTap. */
    SYSTEMTAP_SCRIPT("a SystemTap script, not what it printed", "run it as root: stap FILE -o rst.log"),
    /** A script for bpftrace. */
    BPFTRACE_SCRIPT("a bpftrace script, not what it printed", "run it as root: bpftrace FILE > rst.log"),
    /** What conntrack -E printed. */
    CONNTRACK("the output of conntrack", "give it with --conntrack: backline report --conntrack FILE CAPTURE"),
    /** A kernel log. */
    KERNEL_LOG("a kernel log", "give it with --kernel-log: backline report --kernel-log FILE CAPTURE"),
    /** /proc/kallsyms. */
    KALLSYMS("a list of kernel symbols", "give it with --kallsyms: backline report --kallsyms FILE CAPTURE"),
    /** /proc/modules. */
    MODULES("a list of modules", "give it with --modules: backline report --modules FILE CAPTURE"),
    /** What tcpdump printed. */
    TCPDUMP(
            "the text of tcpdump",
            "record packets instead: tcpdump -i any -w host.pcap tcp, and give them with --pcap"),
    /** /proc/net/netstat, /proc/net/snmp or nstat. */
    COUNTERS("a list of network counters", "give it with --counters: backline report --counters FILE CAPTURE"),
    /** What ss printed. */
    SOCKETS("a list of sockets", "give it with --counters: backline report --counters FILE CAPTURE"),
    /** C source. */
    SOURCE("a source file", "give the output of a probe: backline generate writes one");

    /** How many lines are looked at. */
    static final int LINES = 80;

    /** How much of a line is looked at. */
    static final int LENGTH = 300;

    /** What backline's own scripts print; in the text of a script, a quote mark stands before it. */
    private static final Pattern OWN =
            Pattern.compile("(?:.{0,200}[ \\t:|>\\]])?(?:# backline probe-output=\\d|rst [a-z]{1,20}=[^%]).*");

    private static final Pattern SYSTEMTAP = Pattern.compile(
            "#!.{0,40}/stap\\b.*|(?:probe |.{0,10}\\bprobe )(?:kernel|module|begin|end|timer|error|syscall|process|oneshot).*"
                    + "|function \\w{1,64}(?::\\w{1,10})? ?\\(.*|global \\w.*|%\\{.*");
    private static final Pattern BPFTRACE = Pattern.compile(
            "#!.{0,40}\\bbpftrace\\b.*|(?:kprobe|kretprobe|kfunc|fentry|fexit|tracepoint|rawtracepoint|interval|BEGIN|END)\\b[:\\w]{0,120}.{0,40}[{,].*"
                    + "|(?:k|kr|t|tracepoint|kprobe):\\w[:\\w]{0,120},?|#include <(?:net|linux)/.*|config = \\{.*");
    private static final Pattern CONNTRACK_EVENT = Pattern.compile(
            ".{0,60}\\[(?:NEW|UPDATE|DESTROY)] {1,8}(?:ipv[46] {1,8}\\d{1,3} {1,8})?\\w{1,10} {1,8}\\d{1,5} .*src=.*"
                    + "|(?:ipv[46] {1,8}\\d{1,3} {1,8})?tcp {1,8}6 \\d{1,10} .*src=.*dst=.*");
    private static final Pattern LOG = Pattern.compile(".{0,80}?(?:\\[ {0,8}\\d{1,8}\\.\\d{6}]|\\bkernel: ).*");
    private static final Pattern SYMBOL =
            Pattern.compile("[0-9a-f]{8,16} [a-zA-Z?] [\\w.$]{1,200}(?:[ \\t]\\[\\w{1,64}])?");
    private static final Pattern MODULE = Pattern.compile(
            "\\w{1,64} \\d{1,12} -?\\d{1,5} [\\w,-]{1,200} (?:Live|Loading|Unloading) 0x[0-9a-f]{1,16}.*");
    private static final Pattern PACKET =
            Pattern.compile("(?:\\d{4}-\\d\\d-\\d\\d )?\\d\\d:\\d\\d:\\d\\d\\.\\d{6} .{0,60}\\bIP6? .* > .*");
    private static final Pattern COUNTER = Pattern.compile(
            "(?:TcpExt|IpExt|MPTcpExt|Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite): .*|(?:Tcp|TcpExt|Ip|IpExt|Icmp)[A-Z]\\w{1,60} {1,40}\\d{1,20} .*");
    private static final Pattern SOCKET = Pattern.compile(
            "(?:tcp {1,8})?(?:LISTEN|ESTAB|TIME-WAIT|CLOSE-WAIT|FIN-WAIT-[12]|SYN-SENT|SYN-RECV|LAST-ACK) {1,16}\\d{1,10} {1,16}\\d{1,10} .*");
    private static final Pattern CODE = Pattern.compile(
            "#include [<\"].*|(?:static|struct|int|void|const|return|if|else|for|while)\\b.{0,200}[;{(]|\\t.*;|/\\*.*| \\*.*|}");

    private final String title;
    private final String remedy;

    TextKind(String title, String remedy) {
        this.title = title;
        this.remedy = remedy;
    }

    /** {@return what the file is, with an article} */
    public String title() {
        return title;
    }

    /**
     * {@return a sentence that says what a file is, and what to do with it}
     *
     * @param name the file's name, which the commands in the sentence have if it is one word
     */
    public String sentence(String name) {
        return name + ": this is " + title + "; " + (name.indexOf(' ') < 0 ? remedy.replace("FILE", name) : remedy);
    }

    /**
     * {@return the kind of a file; null when it cannot be told}
     *
     * @param lines its first lines
     */
    public static @Nullable TextKind of(List<String> lines) {
        List<String> filled = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank() && filled.size() < LINES) {
                filled.add(line.length() <= LENGTH ? line : line.substring(0, LENGTH));
            }
        }
        if (filled.isEmpty()) {
            return null;
        }
        String first = filled.get(0);
        if (first.startsWith("#!") && first.contains("stap")) {
            return SYSTEMTAP_SCRIPT;
        }
        if (first.startsWith("#!") && first.contains("bpftrace")) {
            return BPFTRACE_SCRIPT;
        }
        if (count(filled, OWN) > 0) {
            return CAPTURE;
        }
        int systemtap = count(filled, SYSTEMTAP);
        int bpftrace = count(filled, BPFTRACE);
        if (systemtap + bpftrace > 0 && isScript(filled)) {
            return systemtap >= bpftrace ? SYSTEMTAP_SCRIPT : BPFTRACE_SCRIPT;
        }
        List<String> entries =
                filled.stream().filter(line -> !line.startsWith("#")).toList();
        int most = entries.size() / 2;
        if (count(entries, CONNTRACK_EVENT) > most) {
            return CONNTRACK;
        }
        if (count(entries, LOG) > most) {
            return KERNEL_LOG;
        }
        if (count(entries, SYMBOL) > most) {
            return KALLSYMS;
        }
        if (count(entries, MODULE) > most) {
            return MODULES;
        }
        if (count(entries, PACKET) > most) {
            return TCPDUMP;
        }
        if (count(entries, COUNTER) > most) {
            return COUNTERS;
        }
        if (count(entries, SOCKET) > most) {
            return SOCKETS;
        }
        return entries.size() >= 10 && count(entries, CODE) > most ? SOURCE : null;
    }

    /** Whether most lines are comments, blocks or statements: a log may quote a line of a script. */
    private static boolean isScript(List<String> lines) {
        int code = 0;
        for (String line : lines) {
            String text = line.strip();
            code += text.startsWith("#")
                            || text.startsWith("//")
                            || text.startsWith("*")
                            || text.startsWith("/*")
                            || text.endsWith("{")
                            || text.endsWith("}")
                            || text.endsWith(";")
                            || text.endsWith(")")
                            || text.endsWith(",")
                            || SYSTEMTAP.matcher(text).matches()
                            || BPFTRACE.matcher(text).matches()
                    ? 1
                    : 0;
        }
        return code * 2 > lines.size();
    }

    private static int count(List<String> lines, Pattern pattern) {
        int count = 0;
        for (String line : lines) {
            count += pattern.matcher(line).matches() ? 1 : 0;
        }
        return count;
    }
}
