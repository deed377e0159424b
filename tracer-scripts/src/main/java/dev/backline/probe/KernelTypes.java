package dev.backline.probe;

import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The types that a script prints, from the debug information of one build.
 *
 * @param reasons {@code enum sk_rst_reason}, or null where this build has none
 * @param dropReasons {@code enum skb_drop_reason}, or null
 * @param states the enumeration with TCP_ESTABLISHED, or null when it was not found
 * @param conntrackInfo {@code enum ip_conntrack_info}, or null when none of the units that were read uses it
 * @param members the members of structures, in the order of {@link ProbeCatalogue#members()}
 */
public record KernelTypes(
        @Nullable Enumeration reasons,
        @Nullable Enumeration dropReasons,
        @Nullable Enumeration states,
        @Nullable Enumeration conntrackInfo,
        List<StructureMember> members) {
    public KernelTypes {
        members = List.copyOf(members);
    }

    /**
     * A member that a script may want to read.
     *
     * @param structure its tag
     * @param path the member's name, or several with dots between them
     * @param shows the meaning of its value
     * @param member the member with its offset; null where this build does not have it, or no definition of the structure was
     *     found
     */
    public record StructureMember(
            String structure,
            String path,
            String shows,
            @Nullable Member member) {}

    /**
     * {@return the member of one of {@link ProbeCatalogue#members()}, or null where this build has none}
     *
     * @param structure its tag
     * @param path the member's name, or several with dots between them
     */
    public @Nullable Member member(String structure, String path) {
        for (StructureMember each : members) {
            if (each.structure().equals(structure) && each.path().equals(path)) {
                return each.member();
            }
        }
        return null;
    }

    /**
     * {@return whether this build has one of {@link ProbeCatalogue#members()}}
     *
     * @param structure its tag
     * @param path the member's name, or several with dots between them
     */
    public boolean has(String structure, String path) {
        return member(structure, path) != null;
    }
}
