package dev.backline.probe;

import dev.backline.dwarf.types.Enumeration;
import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Family;
import dev.backline.probe.ProbePoint.Use;
import dev.backline.probe.ProbeTarget.Presence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills in the SystemTap script: the places of probes, names of reasons, and addresses. SystemTap itself handles differences
 * between the structures of kernels when it compiles ({@code @choose_defined}).
 */
final class SystemTapScript {
    private static final Template TEMPLATE = Template.load("rst.stp.template");

    private final ScriptOptions options;
    private final @Nullable KernelProbes kernel;
    private final Map<String, String> values = new HashMap<>();

    private SystemTapScript(ScriptOptions options, @Nullable KernelProbes kernel) {
        this.options = options;
        this.kernel = kernel;
    }

    /**
     * @param kernel the kernel to write for, or null for any
     * @param fileName the name of the script, for the command line in its comment
     */
    static String of(ScriptOptions options, @Nullable KernelProbes kernel, String fileName) {
        return new SystemTapScript(options, kernel).script(fileName);
    }

    /** {@return the options of stap that the script needs} */
    static String flags(ScriptOptions options) {
        StringBuilder flags = new StringBuilder("-DMAXBACKTRACE=" + options.depth() + " -DMAX_CFI=-1"
                + " -DMAXSKIPPED=2147483647 -DSTP_NO_OVERLOAD -DMAXACTION=10000");
        if (options.buffer() != 0) {
            flags.append(" -s ").append(options.buffer());
        }
        for (String module : List.of("nf_conntrack", "nf_tables", "bridge", "br_netfilter", "veth")) {
            flags.append(" -d ").append(module);
        }
        return flags.toString();
    }

    private String script(String fileName) {
        head(fileName);
        filters();
        probes();
        header();
        return TEMPLATE.render(values);
    }

    private void head(String fileName) {
        String release = kernel == null ? null : ScriptText.plainOr(kernel.release(), "unknown");
        put("written_for", release == null ? "any kernel from 3.10 on" : "the kernel " + release);
        put("written_for_word", release == null ? "any" : release);
        put("release", release == null ? "RELEASE" : release);
        put("and_received", options.received() ? " or that ends one of its connections" : "");
        put("flags", flags(options));
        put("script", ScriptText.plainOr(fileName, "rst.stp"));
        put("gaps", String.join("\n# Not shown: ", ProbeScript.gaps(ScriptTool.SYSTEMTAP, options, kernel)));
        put("filtered", options.isFiltered());
        put("filter", options.filterWords());
        put("filter_words", options.filterWords());
        put("duration", options.duration() == 0 ? "" : Integer.toString(options.duration()));
        put("limit", options.limit() == 0 ? "" : Integer.toString(options.limit()));
        put("skipped", options.limit() == 0 ? "0" : "@count(skipped)");
        put(
                "overload",
                options.limit() == 0
                        ? "nothing bounds the load: every RST is printed. Watch it."
                        : "the limit of " + options.limit() + " events per second bounds the load.");
        put("received", options.received());
        put("v4", options.v4());
        put("v6", options.v6());
        put("one_family", options.v4() && options.v6() ? "" : options.v6() ? "1" : "0");
    }

    private void filters() {
        put("ports", ScriptFilters.ports(options, "one", "other"));
        put(
                "addresses",
                !options.addresses().isEmpty() || !options.notAddresses().isEmpty());
        String v4 = ScriptFilters.addresses(options, List.of("one"), List.of("other"));
        put("addresses4", v4.isEmpty() ? "1" : v4);
        String v6 = ScriptFilters.addresses(options, List.of("a", "b", "c", "d"), List.of("e", "f", "g", "h"));
        boolean fixed = v6.length() <= 1;
        put("addresses6", fixed ? "" : v6);
        put("without_addresses6", v6.isEmpty() ? "1" : v6);

        List<String> admission = new ArrayList<>();
        String process = options.process();
        if (process != null) {
            admission.add("execname() == " + ScriptText.literal(process));
        }
        if (options.pid() != 0) {
            admission.add("pid() == " + options.pid());
        }
        if (options.netns() != 0) {
            admission.add("net_inum(net) == " + options.netns());
        }
        put("admission", admission.isEmpty() ? "1" : String.join(" && ", admission));
    }

    private void probes() {
        put("tcp_v4_send_reset", places("tcp_v4_send_reset"));
        put("tcp_v6_send_reset", places("tcp_v6_send_reset"));
        put("tcp_send_active_reset", places("tcp_send_active_reset"));
        put("tcp_reset", options.received() ? places("tcp_reset") : "");
        put("tcp_check_req", options.halfOpen() ? places("tcp_check_req") : "");
        put("half_open", options.halfOpen() && !value("tcp_check_req").isEmpty());
        put("received", options.received() && !value("tcp_reset").isEmpty());
        put("v4", options.v4() && !value("tcp_v4_send_reset").isEmpty());
        put("v6", options.v6() && !value("tcp_v6_send_reset").isEmpty());

        StringBuilder netfilter = new StringBuilder();
        for (ProbePoint point : ProbeCatalogue.points()) {
            boolean v6 = point.family() == Family.IPV6;
            if (point.direction() == Direction.NETFILTER
                    && point.use() == Use.ALWAYS
                    && (v6 ? options.v6() : options.v4())) {
                List<String> places = rejecting(kernel, point);
                if (!places.isEmpty()) {
                    netfilter
                            .append(netfilter.isEmpty() ? "" : "\n\n")
                            .append("probe ")
                            .append(String.join(",\n      ", places))
                            .append(rejection());
                }
            }
        }
        put("netfilter", netfilter.toString());
    }

    /** {@return the body of a probe of the packet filter} */
    private String rejection() {
        List<String> lines = new ArrayList<>(List.of(
                " {",
                "skb = @choose_defined($oldskb, 0)",
                "net = @choose_defined($net, 0)",
                "if (net == 0) net = dev_net(skb_dev(skb))",
                "ip = network_header(skb)",
                "if (!wanted_packet(ip, rejected_tcp(ip), net)) next"));
        if (options.limit() != 0) {
            lines.addAll(List.of(
                    "second = gettimeofday_s()", "if (!within_limit(second)) {", "  skipped <<< 1", "  next", "}"));
        }
        lines.addAll(List.of("events <<< 1", "print_rejected(ppfunc(), skb, net)"));
        return String.join("\n  ", lines) + "\n}";
    }

    /**
     * {@return whether the script of this kernel probes a function}
     *
     * @param kernel the kernel to write for
     */
    static boolean probes(KernelProbes kernel, ProbePoint point) {
        List<String> places = point.direction() == Direction.NETFILTER
                ? rejecting(kernel, point)
                : places(point, kernel.target(point.name()));
        return !places.isEmpty();
    }

    /** {@return the places of a function of the packet filter, or of its predecessor in older kernels} */
    private static List<String> rejecting(@Nullable KernelProbes kernel, ProbePoint point) {
        if (kernel != null && kernel.target(point.name()).isPresent()) {
            return places(point, kernel.target(point.name()));
        }
        List<String> places = new ArrayList<>();
        if (kernel == null) {
            String function = function(point);
            places.add("module(\"" + point.modules().get(0) + "\")" + function + "!");
            places.add("kernel" + function + "!");
            for (String module : point.modules().subList(1, point.modules().size())) {
                places.add("module(\"" + module + "\")" + function + "?");
            }
        } else if (kernel.target(point.name()).presence() == Presence.UNKNOWN) {
            places.addAll(places(point, kernel.target(point.name())));
        }
        boolean v6 = point.family() == Family.IPV6;
        for (ProbePoint older : ProbeCatalogue.points()) {
            if (older.insteadOf().contains(point.name())) {
                for (String module : older.modules()) {
                    if (older.family() != Family.ANY || module.startsWith("ip6") == v6) {
                        places.add("module(\"" + module + "\")" + function(older) + "?");
                    }
                }
            }
        }
        return places;
    }

    /** {@return the probe points of a function of TCP's; empty where the kernel has none} */
    private String places(String name) {
        ProbePoint point = ProbeCatalogue.point(name);
        if (kernel != null) {
            return String.join(", ", places(point, kernel.target(name)));
        }
        StringBuilder places = new StringBuilder("kernel" + function(point));
        for (String module : point.modules()) {
            places.append("!, module(\"")
                    .append(module)
                    .append("\")")
                    .append(function(point))
                    .append('?');
        }
        return places.toString();
    }

    private static List<String> places(ProbePoint point, ProbeTarget target) {
        List<String> places = new ArrayList<>();
        String module = target.module();
        if (target.isPresent()) {
            places.add(
                    module == null ? "kernel" + function(point) : "module(\"" + module + "\")" + function(point) + "?");
        } else if (target.presence() == Presence.UNKNOWN) {
            for (String each : point.modules()) {
                places.add("module(\"" + each + "\")" + function(point) + "?");
            }
        }
        return places;
    }

    private static String function(ProbePoint point) {
        return ".function(\"" + point.name() + "\")";
    }

    private void header() {
        put("reason", "number(reason)");
        put("reasons", "");
        put("reason_names", "");
        Enumeration reasons = kernel == null ? null : kernel.types().reasons();
        if (reasons != null) {
            StringBuilder words = new StringBuilder();
            StringBuilder names = new StringBuilder();
            for (Enumeration.Enumerator each : reasons.enumerators()) {
                if (ScriptText.isIdentifier(each.name())) {
                    String name = reasonName(each);
                    words.append(' ').append(each.value()).append('=').append(name);
                    names.append("  if (reason == ")
                            .append(each.value())
                            .append(") return \"")
                            .append(name)
                            .append("\"\n");
                }
            }
            put("reasons", words.toString());
            put("reason_names", names.toString().stripTrailing());
            put("reason", "reason_name(reason)");
        }
        Long text = kernel == null ? null : kernel.variables().get("_stext");
        Long initNet = kernel == null ? null : kernel.variables().get("init_net");
        put("init_net", text == null || initNet == null ? "" : String.format(Locale.ROOT, "0x%x", initNet - text));
        put(
                "build_id",
                kernel == null || kernel.buildId() == null
                        ? "-"
                        : kernel.buildId().toString());
    }

    /** {@return the name without what all names of the enumeration begin with} */
    static String reasonName(Enumeration.Enumerator reason) {
        return reason.name().replaceFirst("^SK_RST_REASON_", "");
    }

    private String value(String key) {
        String value = values.get(key);
        return value == null ? "" : value;
    }

    private void put(String key, String value) {
        values.put(key, value);
    }

    private void put(String key, boolean value) {
        values.put(key, value ? "yes" : "");
    }
}
