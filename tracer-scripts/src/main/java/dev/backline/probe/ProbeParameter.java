package dev.backline.probe;

import dev.backline.dwarf.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a function or tracepoint, as this build declares it.
 *
 * @param position from 0; for a tracepoint without the private data of the probe
 * @param name as declared, or null where the declaration has none
 * @param type its type
 * @param role how a script uses it
 */
public record ProbeParameter(int position, @Nullable String name, Type type, Role role) {
    /** How a script uses a parameter. */
    public enum Role {
        /** A {@code struct sock *}. */
        SOCKET,
        /** A {@code struct sk_buff *}. */
        PACKET,
        /** An {@code enum sk_rst_reason}. */
        RESET_REASON,
        /** An {@code enum skb_drop_reason}. */
        DROP_REASON,
        /** A {@code struct request_sock *}. */
        REQUEST,
        /** A {@code struct net *}. */
        NAMESPACE,
        /** Anything else. */
        OTHER
    }

    static ProbeParameter of(int position, @Nullable String name, Type type) {
        Role role = Role.OTHER;
        Type resolved = type.resolved();
        if (type.pointsTo("sock")) {
            role = Role.SOCKET;
        } else if (type.pointsTo("sk_buff")) {
            role = Role.PACKET;
        } else if (type.pointsTo("request_sock")) {
            role = Role.REQUEST;
        } else if (type.pointsTo("net")) {
            role = Role.NAMESPACE;
        } else if (resolved.kind() == Type.Kind.ENUMERATION && "sk_rst_reason".equals(resolved.name())) {
            role = Role.RESET_REASON;
        } else if (resolved.kind() == Type.Kind.ENUMERATION && "skb_drop_reason".equals(resolved.name())) {
            role = Role.DROP_REASON;
        }
        return new ProbeParameter(position, name, type, role);
    }

    /** {@return the declaration in C, such as {@code const struct sock *sk}} */
    public String declaration() {
        String text = type.text();
        if (name == null) {
            return text;
        }
        int pointer = text.indexOf("(*)");
        if (pointer >= 0) {
            return text.substring(0, pointer + 2) + name + text.substring(pointer + 2);
        }
        return text.endsWith("*") ? text + name : text + " " + name;
    }
}
