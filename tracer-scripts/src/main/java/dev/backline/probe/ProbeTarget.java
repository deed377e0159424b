package dev.backline.probe;

import dev.backline.dwarf.types.Member;
import dev.backline.probe.ProbeParameter.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the catalogue, as one kernel build has it.
 *
 * @param point the line of the catalogue
 * @param presence whether it is there
 * @param module that has it, or null for vmlinux; of one that is not there or unknown null
 * @param parameters as this build declares them; empty unless it is there with debug information
 * @param sites where a probe can be set, the function itself first; empty for tracepoints
 * @param fields of a tracepoint's record as it is written to the trace buffer; empty for functions and where they
 *     cannot be told
 * @param note what a person should know of this answer, or null
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

    /** Whether a build has it. */
    public enum Presence {
        /** With a symbol of its own, so that any tool can probe it. */
        PRESENT,
        /** Only as copies in other functions: a probe needs their addresses. */
        INLINED,
        /** Its symbol is there, and no debug information says what it takes. */
        SYMBOL_ONLY,
        /** Neither vmlinux nor any module that may have it does. */
        ABSENT,
        /** Not in vmlinux, and no file of a module that may have it was found. */
        UNKNOWN
    }

    /** {@return whether this build is known to have it} */
    public boolean isPresent() {
        return presence == Presence.PRESENT || presence == Presence.INLINED || presence == Presence.SYMBOL_ONLY;
    }

    /**
     * {@return the first parameter of the role, or null}
     *
     * @param role what it is to a script
     */
    public @Nullable ProbeParameter parameter(Role role) {
        for (ProbeParameter parameter : parameters) {
            if (parameter.role() == role) {
                return parameter;
            }
        }
        return null;
    }

    /** {@return the parameter that is a socket, or null} */
    public @Nullable ProbeParameter socket() {
        return parameter(Role.SOCKET);
    }

    /** {@return the parameter that is a packet, or null} */
    public @Nullable ProbeParameter packet() {
        return parameter(Role.PACKET);
    }

    /** {@return the parameter that is the kernel's reason for the RST, or null} */
    public @Nullable ProbeParameter reason() {
        return parameter(Role.RESET_REASON);
    }
}
