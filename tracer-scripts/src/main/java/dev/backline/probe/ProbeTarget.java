package dev.backline.probe;

import dev.backline.dwarf.types.Member;
import dev.backline.probe.ProbeParameter.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the catalogue for one kernel build.
 *
 * @param point the row of the catalogue
 * @param presence whether the build has it
 * @param module the module that has it; null for vmlinux, and where it is missing or unknown
 * @param parameters as this build declares them; empty without debug information
 * @param sites the places to probe, the function itself first; empty for tracepoints
 * @param fields the fields of a tracepoint's record in the trace buffer; empty for functions and where they are not known
 * @param note what a person should know about this answer, or null
 */
public record ProbeTarget(
        ProbePoint point,
        Presence presence,
        @Nullable String module,
        List<ProbeParameter> parameters,
        List<ProbeSite> sites,
        List<Member> fields,
        @Nullable String note) {
    public ProbeTarget {
        parameters = List.copyOf(parameters);
        sites = List.copyOf(sites);
        fields = List.copyOf(fields);
    }

    /** Whether a build has a probe point. */
    public enum Presence {
        /** It has a symbol, so that any tool can probe it. */
        PRESENT,
        /** Only as copies in other functions: a probe needs their addresses. */
        INLINED,
        /** It has a symbol, but its parameters are not known without debug information. */
        SYMBOL_ONLY,
        /** Neither vmlinux nor a module has it. */
        ABSENT,
        /** vmlinux does not have it, and the modules that may have it were not found. */
        UNKNOWN
    }

    /** {@return whether this build has it for certain} */
    public boolean isPresent() {
        return presence == Presence.PRESENT || presence == Presence.INLINED || presence == Presence.SYMBOL_ONLY;
    }

    /**
     * {@return the first parameter of the role, or null}
     *
     * @param role how a script uses it
     */
    public @Nullable ProbeParameter parameter(Role role) {
        for (ProbeParameter parameter : parameters) {
            if (parameter.role() == role) {
                return parameter;
            }
        }
        return null;
    }

    /** {@return the socket parameter, or null} */
    public @Nullable ProbeParameter socket() {
        return parameter(Role.SOCKET);
    }

    /** {@return the packet parameter, or null} */
    public @Nullable ProbeParameter packet() {
        return parameter(Role.PACKET);
    }

    /** {@return the parameter with the kernel's reason for the RST, or null} */
    public @Nullable ProbeParameter reason() {
        return parameter(Role.RESET_REASON);
    }
}
