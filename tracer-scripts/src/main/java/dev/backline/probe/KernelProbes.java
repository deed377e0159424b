package dev.backline.probe;

import dev.backline.debugfiles.DebugFile;
import dev.backline.debugfiles.DebugFileLookup;
import dev.backline.debugfiles.MissingFile;
import dev.backline.elf.BuildId;
import dev.backline.elf.Symbols;
import dev.backline.probe.ProbePoint.Kind;
import dev.backline.probe.ProbePoint.Use;
import dev.backline.probe.ProbeTarget.Presence;
import dev.backline.symbolize.KernelSymbolizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of probes for one kernel build. Immutable, thread-safe.
 *
 * @param release the kernel's release, or null when its file does not have it
 * @param buildId the build id of vmlinux, or null when it has none
 * @param vmlinux the name of its file
 * @param targets one for each row of {@link ProbeCatalogue#points()}, in its order
 * @param types the types that a script prints, from the debug information
 * @param variables addresses of the symbols that scripts start from, as far as vmlinux has them: _stext, init_net,
 *     modules, vmlinux_build_id
 */
public record KernelProbes(
        @Nullable String release,
        @Nullable BuildId buildId,
        String vmlinux,
        List<ProbeTarget> targets,
        KernelTypes types,
        Map<String, Long> variables) {
    public KernelProbes {
        targets = List.copyOf(targets);
        variables = Map.copyOf(variables);
    }

    /**
     * Looks a build up.
     *
     * @param kernel a kernel with vmlinux and its debug information; functions of missing modules are not found
     * @return the whole catalogue, with the functions of this build
     * @throws IOException when there is no vmlinux, or it cannot be read, has no debug information, or has none of the
     *     functions that send a RST; the message says which
     */
    public static KernelProbes of(KernelSymbolizer kernel) throws IOException {
        return new Search(kernel).run();
    }

    /**
     * {@return the target of that name}
     *
     * @param name the name of a row of the catalogue
     */
    public ProbeTarget target(String name) {
        for (ProbeTarget target : targets) {
            if (target.point().name().equals(name)) {
                return target;
            }
        }
        throw new IllegalArgumentException("the catalogue has no " + name);
    }

    /** The files of one build while they are searched. */
    private static final class Search {
        private final KernelSymbolizer kernel;
        private final List<ProbePoint> points = ProbeCatalogue.points();
        private final Map<String, @Nullable ProbedFile> modules = new HashMap<>();

        Search(KernelSymbolizer kernel) {
            this.kernel = kernel;
        }

        KernelProbes run() throws IOException {
            DebugFileLookup lookup = kernel.build().vmlinux();
            if (lookup instanceof MissingFile missing) {
                throw new IOException(missing.message());
            }
            DebugFile file = (DebugFile) lookup;
            String name = file.data().name();
            if (file.data().isRelocatable()) {
                throw new IOException(
                        name + ": is a module or another object file, not a vmlinux; give the kernel's own"
                                + " file with -e, and a directory with its modules with -d");
            }
            ProbedFile vmlinux = open(file);
            List<ProbeTarget> targets = new ArrayList<>();
            boolean any = false;
            for (ProbePoint point : points) {
                ProbeTarget target = point.kind() == Kind.TRACEPOINT ? vmlinux.tracepoint(point) : find(point, vmlinux);
                any |= target.isPresent() && point.use() == Use.ALWAYS && target.module() == null;
                targets.add(target);
            }
            if (!any) {
                throw new IOException(name + ": has none of the functions that send a RST (tcp_v4_send_reset,"
                        + " tcp_send_active_reset, …); it is no vmlinux, or of a kernel without TCP");
            }
            List<ProbedFile> files = new ArrayList<>(List.of(vmlinux));
            for (String module : List.of("nf_conntrack", "nf_reject_ipv4")) {
                ProbedFile its = module(module);
                if (its != null) {
                    files.add(its);
                }
            }
            return new KernelProbes(
                    release(file),
                    file.data().buildId(),
                    name,
                    targets,
                    new TypeSearch(files).types(),
                    variables(file));
        }

        private static Map<String, Long> variables(DebugFile file) throws IOException {
            Symbols symbols = file.data().symbols();
            Map<String, Long> addresses = new HashMap<>();
            for (String name : List.of("_stext", "init_net", "modules", "vmlinux_build_id")) {
                int[] found = symbols.named(name);
                if (found.length == 1) {
                    addresses.put(name, symbols.address(found[0]));
                }
            }
            return addresses;
        }

        private @Nullable String release(DebugFile file) throws IOException {
            String known = kernel.build().identity().release();
            return known != null ? known : file.data().release().release();
        }

        private ProbedFile open(DebugFile file) throws IOException {
            return new ProbedFile(file, points);
        }

        private ProbeTarget find(ProbePoint point, ProbedFile vmlinux) throws IOException {
            ProbeTarget target = vmlinux.function(point);
            if (target != null) {
                return target;
            }
            boolean missing = false;
            for (String module : point.modules()) {
                ProbedFile file = module(module);
                target = file == null ? null : file.function(point);
                if (target != null) {
                    return target;
                }
                missing |= file == null;
            }
            String note = missing
                    ? "no file of " + String.join(" or ", point.modules()) + " was found; -d DIR says where modules are"
                    : null;
            return new ProbeTarget(
                    point, missing ? Presence.UNKNOWN : Presence.ABSENT, null, List.of(), List.of(), List.of(), note);
        }

        private @Nullable ProbedFile module(String name) throws IOException {
            if (!modules.containsKey(name)) {
                modules.put(name, kernel.build().module(name) instanceof DebugFile file ? open(file) : null);
            }
            return modules.get(name);
        }
    }
}
