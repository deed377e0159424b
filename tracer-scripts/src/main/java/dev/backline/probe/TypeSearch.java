package dev.backline.probe;

import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Member;
import dev.backline.probe.KernelTypes.StructureMember;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for types in the units of well-known functions, which use them. */
final class TypeSearch {
    /** Functions with symbols, whose files use the types that are asked for: TCP for IPv4 first. */
    static final List<String> ANCHORS = List.of(
            "tcp_v4_rcv",
            "tcp_reset",
            "tcp_send_active_reset",
            "kfree_skb",
            "kfree_skb_reason",
            "sk_skb_reason_drop",
            "nf_conntrack_in",
            "nf_send_reset",
            "nf_send_reset6");

    private final List<Declarations> units = new ArrayList<>();

    TypeSearch(List<ProbedFile> files) throws IOException {
        for (ProbedFile file : files) {
            for (String anchor : ANCHORS) {
                Declarations unit = file.unitOf(List.of(anchor));
                if (unit != null) {
                    units.add(unit);
                }
            }
        }
    }

    KernelTypes types() throws IOException {
        List<StructureMember> members = new ArrayList<>();
        for (StructureMember asked : ProbeCatalogue.members()) {
            members.add(new StructureMember(
                    asked.structure(), asked.path(), asked.shows(), member(asked.structure(), asked.path())));
        }
        return new KernelTypes(
                enumeration("sk_rst_reason"),
                enumeration("skb_drop_reason"),
                states(),
                enumeration("ip_conntrack_info"),
                members);
    }

    private @Nullable Member member(String structure, String path) throws IOException {
        for (Declarations unit : units) {
            Member member = unit.member(structure, path);
            if (member != null) {
                return member;
            }
        }
        return null;
    }

    private @Nullable Enumeration enumeration(String tag) throws IOException {
        for (Declarations unit : units) {
            Enumeration enumeration = unit.enumeration(tag);
            if (enumeration != null) {
                return enumeration;
            }
        }
        return null;
    }

    private @Nullable Enumeration states() throws IOException {
        for (Declarations unit : units) {
            Enumeration enumeration = unit.enumerationOf("TCP_ESTABLISHED");
            if (enumeration != null) {
                return enumeration;
            }
        }
        return null;
    }
}
