package dev.backline.crash;

import dev.backline.io.Ascii;
import org.jspecify.annotations.Nullable;

/**
 * A line of the kernel without what printk puts in front: {@code <4>[   12.345678][  T123] text} (kernel/printk/printk.c:
 * print_syslog, print_time, print_caller). Immutable.
 *
 * @param number of the line in the input
 * @param time as printed; null if there is none
 * @param caller {@code T123} in the context of a task, {@code C1} in an interrupt on a CPU; null without
 *     CONFIG_PRINTK_CALLER
 * @param text the message without blanks around it, cut where it is very long
 */
record CrashLine(
        long number, @Nullable String time, @Nullable String caller, String text) {
    /** printk's longest record has about 1,000 bytes; lists of modules and flags are shorter, too. */
    private static final int MAX_TEXT = 4096;

    private static final int MAX_PREFIXES = 8;

    static CrashLine of(long number, String raw) {
        int end = raw.length();
        int at = 0;
        String time = null;
        String caller = null;
        for (int i = 0; i < MAX_PREFIXES; i++) {
            while (at < end && Ascii.isSpace(raw.charAt(at))) {
                at++;
            }
            int after = at < end ? levelEnd(raw, at) : -1;
            if (after < 0 && at < end && raw.charAt(at) == '[') {
                int close = raw.indexOf(']', at);
                if (close < 0 || close - at > 24) {
                    break;
                }
                String inside = raw.substring(at + 1, close).strip();
                if (time == null && isTime(inside)) {
                    time = inside;
                    after = close + 1;
                } else if (caller == null && isCaller(inside)) {
                    caller = inside;
                    after = close + 1;
                }
            }
            if (after < 0) {
                break;
            }
            at = after;
        }
        at = time == null ? at : hostEnd(raw, at);
        while (end > at && Ascii.isSpace(raw.charAt(end - 1))) {
            end--;
        }
        return new CrashLine(number, time, caller, raw.substring(at, Math.min(end, at + MAX_TEXT)));
    }

    /** The end of {@code <4>}; -1 if there is none. */
    private static int levelEnd(String raw, int at) {
        int to = at + 1;
        while (raw.charAt(at) == '<' && to < raw.length() && Ascii.isDigit(raw.charAt(to)) && to - at < 5) {
            to++;
        }
        return to > at + 1 && to < raw.length() && raw.charAt(to) == '>' ? to + 1 : -1;
    }

    /** The end of {@code host kernel: } after the time (journalctl -o short-monotonic); the start if there is none. */
    private static int hostEnd(String raw, int from) {
        int start = from;
        while (start < raw.length() && Ascii.isSpace(raw.charAt(start))) {
            start++;
        }
        int blank = raw.indexOf(' ', start);
        return blank > start && raw.startsWith(" kernel: ", blank) ? blank + " kernel: ".length() : from;
    }

    private static boolean isTime(String inside) {
        int dot = inside.indexOf('.');
        return dot > 0
                && dot < inside.length() - 1
                && Scan.isDecimal(inside, 0, dot)
                && Scan.isDecimal(inside, dot + 1, inside.length());
    }

    private static boolean isCaller(String inside) {
        return inside.length() > 1
                && (inside.charAt(0) == 'T' || inside.charAt(0) == 'C')
                && Scan.isDecimal(inside, 1, inside.length());
    }

    boolean isEmpty() {
        return text.isEmpty();
    }
}
