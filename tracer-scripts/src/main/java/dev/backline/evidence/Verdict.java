package dev.backline.evidence;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a line of the kernel log says that conntrack made of a packet. The words are those of
 * net/netfilter/nf_conntrack_proto_tcp.c from 3.10 to 7.1; from 6.1 on the kernel also logs packets that it lets pass.
 */
public enum Verdict {
    /** Outside the connection's windows, so INVALID. Only this verdict changes with nf_conntrack_tcp_be_liberal. */
    WINDOW,
    /** Not allowed in the state of its connection, so INVALID. */
    STATE,
    /** A RST with a wrong sequence number, so INVALID. */
    RST,
    /** Not the first packet of a connection, and no entry has it, so INVALID. */
    NEW,
    /** A wrong checksum, so INVALID. */
    CHECKSUM,
    /** A header that breaks TCP's rules, so INVALID. */
    MALFORMED,
    /** INVALID for a reason that the line does not name: a rule's prefix says so. */
    INVALID,
    /** Logged, but not INVALID: conntrack keeps the packet in its connection, and NAT translates it. */
    PASSED,
    /** Nothing that tells whether the packet was INVALID. */
    UNSAID;

    /** A rule's prefix that means INVALID: the word, or "inv" by itself. */
    private static final Pattern INVALID_PREFIX =
            Pattern.compile("invalid|invld|(?<![a-z])(?:ct|state)?[-_ :]?inv(?![a-z])");

    private static final Pattern RELEASE = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\D.*");
    private static final Pattern RED_HAT_9 = Pattern.compile("5\\.14\\.\\d.*\\.el(?:9|1\\d).*");

    /** {@return whether the packet was INVALID} */
    public boolean isInvalid() {
        return this != PASSED && this != UNSAID;
    }

    /** Whether conntrack itself writes the line, rather than a rule. */
    static boolean isConntracks(String says) {
        return says.contains("nf_ct_proto_6: ") || says.contains("nf_ct_tcp: ") || says.contains("nf_ct_proto_6:");
    }

    /**
     * The verdict of a line.
     *
     * @param says the text before the packet
     * @param release of the kernel that wrote the line; null when not known
     */
    static Verdict of(String says, @Nullable String release) {
        String text = says.toLowerCase(Locale.ROOT);
        if (!isConntracks(text)) {
            return INVALID_PREFIX.matcher(text).find() ? INVALID : UNSAID;
        }
        if (text.contains("ignored") || text.contains("under lower bound")) {
            return PASSED;
        }
        if (text.contains("more than expected")) {
            return release == null ? UNSAID : keepsLatePackets(release) ? PASSED : WINDOW;
        }
        if (text.contains(" bound") || text.contains("lower timeout")) {
            return WINDOW;
        }
        if (text.contains("invalid rst")) {
            return RST;
        }
        if (text.contains("invalid new")) {
            return NEW;
        }
        if (text.contains("checksum")) {
            return CHECKSUM;
        }
        if (text.contains("truncated")
                || text.contains("malformed")
                || text.contains("short packet")
                || text.contains("flag combination")) {
            return MALFORMED;
        }
        return text.contains("state") ? STATE : INVALID;
    }

    /** Whether the kernel keeps packets that come late in their connection: 6.1 and later, and Red Hat's 5.14. */
    private static boolean keepsLatePackets(String release) {
        Matcher numbers = RELEASE.matcher(release);
        if (!numbers.matches()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        return major > 6
                || (major == 6 && Integer.parseInt(numbers.group(2)) >= 1)
                || RED_HAT_9.matcher(release).matches();
    }
}
