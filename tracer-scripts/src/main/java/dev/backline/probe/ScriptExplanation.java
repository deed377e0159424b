package dev.backline.probe;

import dev.backline.probe.ProbePoint.Family;
import dev.backline.probe.ProbeTarget.Presence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains what each probe of a script shows, and what it cannot show. */
public final class ScriptExplanation {
    private static final int WIDTH = 100;

    private final StringBuilder out = new StringBuilder();
    private final ScriptTool tool;
    private final ScriptOptions options;
    private final @Nullable KernelProbes kernel;

    private ScriptExplanation(ScriptTool tool, ScriptOptions options, @Nullable KernelProbes kernel) {
        this.tool = tool;
        this.options = options;
        this.kernel = kernel;
    }

    /**
     * Explains a script.
     *
     * @param tool the tool that runs it
     * @param options the options that it is written with
     * @param kernel the kernel of the script, or null for any
     * @return the explanation; each line ends with a line feed
     */
    public static String of(ScriptTool tool, ScriptOptions options, @Nullable KernelProbes kernel) {
        return new ScriptExplanation(tool, options, kernel).text();
    }

    private String text() {
        String release = kernel == null ? "any kernel" : "the kernel " + ScriptText.plainOr(kernel.release(), "given");
        out.append("A ")
                .append(tool.word())
                .append(" script for ")
                .append(release)
                .append(".\n");
        if (options.isFiltered()) {
            out.append("It prints only events that pass: ")
                    .append(options.filterWords())
                    .append(".\n");
        }
        probes();
        limits();
        return out.toString();
    }

    private void probes() {
        for (ProbePoint point : ProbeCatalogue.points()) {
            if (ProbeScript.isWanted(point, options)) {
                probe(point);
            }
        }
    }

    private void probe(ProbePoint point) {
        ProbeTarget target = kernel == null ? null : kernel.target(point.name());
        out.append('\n').append(point.name()).append(place(point, target)).append('\n');
        String gap = ProbeScript.gap(tool, kernel, point);
        if (kernel != null && target != null && target.presence() == Presence.ABSENT) {
            ProbePoint older = ProbeScript.older(kernel, point);
            paragraph(
                    older == null
                            ? "This kernel has no such function: nothing is lost."
                            : "In this kernel " + older.name() + " does this"
                                    + (gap == null ? ", and is probed instead." : "."));
            if (gap != null) {
                paragraph("Not shown: " + gap + ".");
            }
            return;
        }
        paragraph(point.meaning());
        if (gap != null) {
            paragraph("Not shown: " + gap + ".");
            return;
        }
        if (point.family() == Family.IPV6 && options.v4()) {
            return;
        }
        if (point.name().equals("tcp_check_req")) {
            paragraph(
                    "Prints nothing itself: it remembers a handshake's last ACK with a wrong number, so that the RST that"
                            + " follows can be told from one that answers a stray ACK (request). Hit once for each connection that"
                            + " is accepted; --no-half-open leaves it out.");
            return;
        }
        paragraph("Shows " + point.prints() + ".");
        for (String limit : limits(point, target)) {
            paragraph(limit);
        }
    }

    private static String place(ProbePoint point, @Nullable ProbeTarget target) {
        if (target == null) {
            return point.modules().isEmpty() ? "" : ", in the kernel or in " + String.join(", ", point.modules());
        }
        return switch (target.presence()) {
            case ABSENT -> ", not in this kernel";
            case UNKNOWN -> ", in one of " + String.join(", ", point.modules()) + " (no file of theirs was found)";
            case INLINED -> ", only inlined in other functions";
            case PRESENT, SYMBOL_ONLY -> target.module() == null ? "" : " [" + target.module() + "]";
        };
    }

    private List<String> limits(ProbePoint point, @Nullable ProbeTarget target) {
        List<String> limits = new ArrayList<>();
        switch (point.direction()) {
            case PASSIVE -> {
                limits.add(
                        "Cannot show: whether a key mismatch (MD5, TCP-AO) keeps the RST from being sent; conntrack's view of"
                                + " a packet that reached a full socket, for TCP has dropped it by then; the name of the process"
                                + " that owns the socket: pid and comm are those of whoever a softirq interrupted, and only uid,"
                                + " inode and cgroup are the owner's.");
                limits.add(reason(target));
            }
            case ACTIVE -> {
                limits.add("Cannot show: a packet, for none provoked it; whether memory for the RST was there.");
                limits.add(reason(target));
            }
            case NETFILTER -> {
                limits.add(
                        "Cannot show: which rule it was (the stack names the kind of rule; iptables -v -L and nft list"
                                + " ruleset count hits).");
                limits.add(
                        "Where the module is loaded after the script has started, the probe is not there: modprobe first.");
            }
            case RECEIVED ->
                limits.add(
                        tool == ScriptTool.SYSTEMTAP && (target == null || target.packet() != null)
                                ? "Cannot show: who sent it, the other end or somebody between; the TTL in a packet capture can."
                                : "Cannot show: the packet itself, which is not at hand here; who sent it.");
        }
        if (target != null && target.presence() == Presence.UNKNOWN) {
            limits.add(
                    tool == ScriptTool.BPFTRACE
                            ? "The script looks the function up by name when it starts."
                            : "stap finds the function only if it finds the module's debug file; without it the script has no"
                                    + " such probe, and stap does not say so.");
        }
        return limits;
    }

    private static String reason(@Nullable ProbeTarget target) {
        if (target == null) {
            return "The kernel's own reason is shown where the kernel passes one (6.10 and later, RHEL 9).";
        }
        return target.reason() == null
                ? "This kernel gives no reason of its own: stack, state and numbers have to tell."
                : "The kernel's own reason is shown.";
    }

    private void limits() {
        out.append("\nOf every event\n");
        paragraph("The kernel stack, " + options.depth() + " frames at most; what was running; the network namespace.");
        if (tool == ScriptTool.BPFTRACE) {
            paragraph(
                    "A field that cannot be read is 0, not \"?\". Modules' load addresses are in the header only where the"
                            + " script is written for a known kernel; a frame's symbol and offset always are there. Scripts are for"
                            + " little-endian machines.");
        } else {
            paragraph("A field that cannot be read is \"?\", and the rest of the event is there.");
        }
        paragraph(
                options.limit() == 0
                        ? "No limit: under a flood of resets the tool itself may lose events, and says so."
                        : "At most " + options.limit()
                                + " events a second; what is left out is counted, each second and at" + " the end.");
        paragraph(
                "Nothing is formatted before the filters have let an event through: a probe that is hit and lets nothing"
                        + " through reads a few words of the packet or the socket. What costs is the stack of each printed event.");
        paragraph(
                "RSTs that are only forwarded, and those that other machines or network cards with TCP offload make, pass"
                        + " none of these functions.");
    }

    private void paragraph(String text) {
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column > 0 && column + word.length() + 1 > WIDTH) {
                out.append('\n');
                column = 0;
            }
            out.append(column == 0 ? "  " : " ").append(word);
            column += word.length() + (column == 0 ? 2 : 1);
        }
        out.append('\n');
    }
}
