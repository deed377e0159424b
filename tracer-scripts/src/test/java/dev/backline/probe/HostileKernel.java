package dev.backline.probe;

import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Enumeration.Enumerator;
import dev.backline.probe.ProbeTarget.Presence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A kernel whose file names things so that they would be more than names in a script. */
final class HostileKernel {
    private static final String EVIL = "\") evil() %{ `evil` }} {{evil}}\nprobe begin { evil() }\n";

    private HostileKernel() {}

    static KernelProbes probes() {
        return with(Presence.PRESENT);
    }

    /** Every function of the packet filter is present in this way; TCP's own functions are just there. */
    static KernelProbes with(Presence rules) {
        Enumeration reasons = new Enumeration(
                "sk_rst_reason",
                4,
                List.of(
                        new Enumerator(EVIL, 0),
                        new Enumerator("evil name", 1),
                        new Enumerator("SK_RST_REASON_GOOD", 2)));
        List<ProbeTarget> targets = new ArrayList<>();
        for (ProbePoint point : ProbeCatalogue.points()) {
            ProbeSite site = new ProbeSite(ProbeSite.Kind.CLONE, point.name() + EVIL, 0, 0, 1, List.of(), 0, List.of());
            Presence presence = point.direction() == ProbePoint.Direction.NETFILTER ? rules : Presence.PRESENT;
            targets.add(new ProbeTarget(point, presence, null, List.of(), List.of(site), List.of(), EVIL));
        }
        KernelTypes types = new KernelTypes(reasons, null, null, null, List.of());
        return new KernelProbes(EVIL, null, EVIL, targets, types, Map.of());
    }
}
