package dev.backline.capture;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import dev.backline.io.Internal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts texts of a capture to values; null for what cannot be read. */
@Internal
public final class Values {
    /** More fields than any format has; a hostile line may have a million. */
    private static final int MAX_FIELDS = 100;

    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /** {@code enum tcp_state} (include/net/tcp_states.h), the same in every kernel. */
    private static final List<String> TCP_STATES = List.of(
            "-",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "NEW_SYN_RECV");

    /** The reasons whose numbers are the same in every kernel that has any (include/net/rstreason.h). */
    private static final List<String> REASONS = List.of(
            "NOT_SPECIFIED",
            "NO_SOCKET",
            "TCP_INVALID_ACK_SEQUENCE",
            "TCP_RFC7323_PAWS",
            "TCP_TOO_OLD_ACK",
            "TCP_ACK_UNSENT_DATA",
            "TCP_FLAGS",
            "TCP_OLD_ACK",
            "TCP_ABORT_ON_DATA",
            "TCP_TIMEWAIT_SOCKET",
            "INVALID_SYN");

    private Values() {}

    /** A socket's state as its name without TCP_, also for a number and for a name of the tracepoints. */
    static String tcpState(String text) {
        Long number = number(text);
        if (number != null) {
            return number >= 0 && number < TCP_STATES.size() ? TCP_STATES.get((int) (long) number) : text;
        }
        return text.startsWith("TCP_") ? text.substring("TCP_".length()) : text;
    }

    /** The state that another tool printed; null where it says that there was no socket with a state. */
    static @Nullable String knownState(String text) {
        String state = tcpState(text);
        return state.equals("-") || state.equals("UNKNOWN") ? null : state;
    }

    /**
     * A reason as its name in {@code enum sk_rst_reason} (include/net/rstreason.h), without its prefix. A number above 10 stays:
     * kernels differ.
     */
    static String reason(String text) {
        if (text.startsWith("SK_RST_REASON_")) {
            return text.substring("SK_RST_REASON_".length());
        }
        Long number = number(text);
        return number == null || number < 0 || number >= REASONS.size() ? text : REASONS.get(number.intValue());
    }

    /** Whether a pointer was null: {@code (nil)}, {@code 0x0}, {@code 0000000000000000}. */
    static boolean isNull(String pointer) {
        if (pointer.equals("(nil)")) {
            return true;
        }
        String digits = pointer.startsWith("0x") ? pointer.substring(2) : pointer;
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) != '0') {
                return false;
            }
        }
        return !digits.isEmpty();
    }

    static @Nullable Long number(String text) {
        // Most words of a capture are not numbers, and an exception for each would take longer than everything else.
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        char first = text.isEmpty() ? ' ' : text.charAt(hex ? text.length() - 1 : 0);
        if (hex
                ? Hex.digit(first) < 0
                : !Ascii.isDigit(first) && (text.length() < 2 || !Ascii.isDigit(text.charAt(1)))) {
            return null;
        }
        try {
            return hex ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * {@return seconds with a fraction, such as {@code 30.988938}; digits after the ninth are ignored; null for anything else}
     *
     * @param text as captured
     */
    public static @Nullable Duration seconds(String text) {
        int length = text.length();
        int point = text.indexOf('.');
        int whole = point < 0 ? length : point;
        if (whole == 0 || whole > 12 || length - whole > 19) {
            return null;
        }
        long seconds = 0;
        for (int i = 0; i < whole; i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return null;
            }
            seconds = seconds * 10 + (text.charAt(i) - '0');
        }
        long nanos = 0;
        for (int i = whole + 1; i < length; i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return null;
            }
            nanos = i > whole + 9 ? nanos : nanos * 10 + (text.charAt(i) - '0');
        }
        for (int i = Math.max(length, whole + 1); i < whole + 10; i++) {
            nanos *= 10;
        }
        return Duration.ofSeconds(seconds, nanos);
    }

    /**
     * {@return the time, or null where the text is not a number of seconds}
     *
     * @param seconds since 1970, with a fraction
     */
    public static @Nullable Instant sinceEpoch(String seconds) {
        Duration since = seconds(seconds);
        return since == null ? null : Instant.ofEpochSecond(since.getSeconds(), since.getNano());
    }

    /**
     * {@return the time of the parts of ctime's {@code Sun Nov 22 08:33:13 2026}, in UTC; null where the day or the second
     * does not exist}
     *
     * @param month {@code Nov}
     * @param day {@code 22}
     * @param time {@code 08:33:13}
     * @param year {@code 2026}
     */
    public static @Nullable Instant date(String month, String day, String time, String year) {
        int at = MONTHS.indexOf(month);
        try {
            return LocalDateTime.of(
                            Integer.parseInt(year),
                            at / 3 + 1,
                            Integer.parseInt(day.strip()),
                            Integer.parseInt(time.substring(0, 2)),
                            Integer.parseInt(time.substring(3, 5)),
                            Integer.parseInt(time.substring(6, 8)))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * The {@code key=value} words of a line, the first of each key; {@code ?} and {@code (nil)} are not values. Words without
     * {@code =} are skipped.
     */
    static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length() && fields.size() < MAX_FIELDS) {
            int end = text.indexOf(' ', at);
            end = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', at);
            if (equals > at && equals + 1 < end) {
                String value = text.substring(equals + 1, end);
                if (!value.equals("?")) {
                    fields.putIfAbsent(text.substring(at, equals), value.equals("(nil)") ? "0x0" : value);
                }
            }
            at = end + 1;
        }
        return fields;
    }

    /** Decodes {@code %XX}, whose bytes are UTF-8; keeps any other %. */
    static String unescape(String text) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int used = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length()) {
                int high = Hex.digit(text.charAt(i + 1));
                int low = Hex.digit(text.charAt(i + 2));
                if (high >= 0 && low >= 0) {
                    bytes[used++] = (byte) (high << 4 | low);
                    i += 2;
                    continue;
                }
            }
            bytes[used++] = (byte) c;
        }
        return new String(bytes, 0, used, StandardCharsets.UTF_8);
    }
}
