package dev.backline.capture;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names by which the lines of other people's scripts are known to be about RSTs. */
final class RstFunctions {
    /** They answer a packet, and a packet that is a RST itself they answer with nothing. */
    private static final Set<String> ANSWERING = Set.of("tcp_v4_send_reset", "tcp_v6_send_reset");

    private static final Set<String> ALL = Set.of(
            "tcp_v4_send_reset",
            "tcp_v6_send_reset",
            "tcp_send_active_reset",
            "tcp_reset",
            "tcp_send_reset",
            "tcp_receive_reset",
            "nf_send_reset",
            "nf_send_reset6",
            "nf_reject_skb_v4_tcp_reset",
            "nf_reject_skb_v6_tcp_reset",
            "mptcp_send_active_reset_reason",
            "reject_tg",
            "reject_tg6");

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{4,63}");

    private RstFunctions() {}

    static boolean contains(String function) {
        return ALL.contains(function);
    }

    static boolean answersPackets(@Nullable String function) {
        return function != null && ANSWERING.contains(function);
    }

    /** The first of them in a text, or null. */
    static @Nullable String in(String text) {
        if (!text.contains("reset") && !text.contains("reject_tg")) {
            return null;
        }
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (ALL.contains(word.group())) {
                return word.group();
            }
        }
        return null;
    }
}
