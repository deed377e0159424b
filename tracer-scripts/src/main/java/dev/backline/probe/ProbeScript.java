package dev.backline.probe;

import dev.backline.probe.ProbePoint.Direction;
import dev.backline.probe.ProbePoint.Family;
import dev.backline.probe.ProbePoint.Use;
import dev.backline.probe.ProbeTarget.Presence;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes probe scripts. The same arguments give the same script, byte for byte. */
public final class ProbeScript {
    private ProbeScript() {}

    /**
     * Writes a script.
     *
     * @param tool the tool that runs it
     * @param options what it prints, and how much
     * @param kernel the kernel to write for; null for a script that finds out when it is compiled or started
     * @param fileName the name of the script, for the command line in its head; replaced where it is not a plain word
     * @return its text, which ends with a line feed
     */
    public static String of(
            ScriptTool tool, ScriptOptions options, @Nullable KernelProbes kernel, @Nullable String fileName) {
        String name = ScriptText.plainOr(fileName, "rst" + tool.suffix());
        return switch (tool) {
            case SYSTEMTAP -> SystemTapScript.of(options, kernel, name);
            case BPFTRACE -> BpftraceScript.of(options, kernel, name);
        };
    }

    /**
     * Names the RSTs that a script does not show, although the kernel can send them.
     *
     * @param tool the tool that runs it
     * @param options the options that it is written with
     * @param kernel the kernel of the script, or null for any
     * @return a sentence for each function without a probe, without a full stop; empty if every wanted function has one
     */
    public static List<String> gaps(ScriptTool tool, ScriptOptions options, @Nullable KernelProbes kernel) {
        List<String> gaps = new ArrayList<>();
        for (ProbePoint point : ProbeCatalogue.points()) {
            if (isWanted(point, options) && point.use() == Use.ALWAYS) {
                String gap = gap(tool, kernel, point);
                if (gap != null) {
                    gaps.add(gap);
                }
            }
        }
        return gaps;
    }

    /** {@return whether scripts with these options probe the function where a kernel has it} */
    static boolean isWanted(ProbePoint point, ScriptOptions options) {
        boolean family = point.family() == Family.ANY || (point.family() == Family.IPV4 ? options.v4() : options.v6());
        boolean use = point.use() == Use.ALWAYS
                ? point.direction() != Direction.RECEIVED || options.received()
                : point.name().equals("tcp_check_req") && options.halfOpen();
        return family && use && point.kind() == ProbePoint.Kind.FUNCTION;
    }

    /** {@return why the script misses RSTs of a function, or of the one that does its work in this kernel; null if it does not} */
    static @Nullable String gap(ScriptTool tool, @Nullable KernelProbes kernel, ProbePoint point) {
        if (kernel == null) {
            return null;
        }
        ProbePoint function = kernel.target(point.name()).presence() == Presence.ABSENT ? older(kernel, point) : point;
        if (function == null || probes(tool, kernel, function)) {
            return null;
        }
        String reason = switch (kernel.target(function.name()).presence()) {
            case INLINED -> "the compiler put it into other functions, where " + tool.word() + " cannot probe it";
            case UNKNOWN -> "no file of " + String.join(" or ", function.modules()) + " was found";
            default -> "nothing tells where " + tool.word() + " finds it and its packet";
        };
        String remedy = tool == ScriptTool.BPFTRACE ? "; --tool systemtap can" : "";
        return "no probe of " + function.name() + ", so its RSTs are not shown (" + reason + remedy + ")";
    }

    /** {@return the function that does the work of one that this kernel does not have, or null if none does} */
    static @Nullable ProbePoint older(KernelProbes kernel, ProbePoint point) {
        for (ProbePoint each : ProbeCatalogue.points()) {
            boolean family = each.family() == Family.ANY || each.family() == point.family();
            if (each.kind() == ProbePoint.Kind.FUNCTION
                    && family
                    && each.insteadOf().contains(point.name())
                    && kernel.target(each.name()).isPresent()) {
                return each;
            }
        }
        return null;
    }

    private static boolean probes(ScriptTool tool, KernelProbes kernel, ProbePoint point) {
        return switch (tool) {
            case SYSTEMTAP -> SystemTapScript.probes(kernel, point);
            case BPFTRACE -> BpftraceScript.probes(kernel, point);
        };
    }
}
