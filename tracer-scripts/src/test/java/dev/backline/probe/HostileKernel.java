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
            targets.add(new ProbeTarget(point, Presence.PRESENT, null, List.of(), List.of(site), List.of(), EVIL));
        }
        KernelTypes types = new KernelTypes(reasons, null, null, null, List.of());
        return new KernelProbes(EVIL, null, EVIL, targets, types, Map.of());
    }
}
