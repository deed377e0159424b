package dev.backline.intake;

import dev.backline.io.Ascii;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Where and when a line was logged, as far as the log's collector tells: in the prefix of the line (syslog of RFC 3164 and
 * RFC 5424, journalctl, {@code dmesg -T}), or in members of the JSON object around it. Immutable.
 *
 * @param host the host that the line is from; null if unknown
 * @param time ISO 8601, null if unknown: {@code 2026-11-22T08:38:06.123Z}; without {@code Z} if the log does not tell the
 *     time zone, and {@code --11-22T08:38:06} if it does not tell the year
 */
public record LineOrigin(@Nullable String host, @Nullable String time) {
    /** Neither host nor time is known. */
    public static final LineOrigin UNKNOWN = new LineOrigin(null, null);

    /** No collector's prefix is longer. */
    private static final int MAX_PREFIX = 512;

    /** A domain name has at most 253 characters (RFC 1035 2.3.4). */
    private static final int MAX_HOST = 253;

    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /**
     * {@return where and when a line was logged}
     *
     * @param line the line, while its excerpt is valid
     */
    public static LineOrigin of(KernelLine line) {
        int start = line.start();
        int end = line.end();
        int text = start + line.prefixLength();
        // What dmesg -T makes of the kernel's time stamp is a part of the text.
        int to = text < end && line.bytes()[text] == '[' ? Math.min(end, text + 48) : text;
        String prefix =
                new String(line.bytes(), start, Math.min(to, start + MAX_PREFIX) - start, StandardCharsets.ISO_8859_1);
        LineOrigin found = ofPrefix(prefix);
        if (!line.isInJson() || (found.host() != null && found.time() != null)) {
            return found;
        }
        JsonOrigin members = line.excerpt().jsonOrigin();
        int place = line.placeAfter(0);
        String host = found.host() != null ? found.host() : members.host(place);
        return new LineOrigin(host, found.time() != null ? found.time() : members.time(place));
    }

    /** {@return the origin in a collector's prefix} */
    static LineOrigin ofPrefix(String prefix) {
        for (int i = 0; i < prefix.length(); i++) {
            boolean starts = i == 0 || !isLetterOrDigit(prefix.charAt(i - 1));
            Date date = starts ? Date.at(prefix, i) : null;
            if (date != null) {
                return new LineOrigin(host(prefix, date.end()), date.text());
            }
        }
        return new LineOrigin(host(prefix, 0), null);
    }

    /** The word before {@code kernel:}, else the word after the date and before a record of netconsole. */
    private static @Nullable String host(String prefix, int from) {
        int kernel = prefix.indexOf(" kernel", from);
        int after = kernel + " kernel".length();
        boolean names = kernel >= 0
                && after < prefix.length()
                && (prefix.charAt(after) == ':' || prefix.charAt(after) == '[' || prefix.startsWith(" - ", after));
        if (names) {
            String word = wordBefore(prefix, from, kernel);
            if (word.indexOf('.') > 0 && (word.startsWith("kern.") || word.startsWith("user."))) {
                // Facility and level, as syslogd of BusyBox writes them.
                word = wordBefore(prefix, from, kernel - word.length() - 1);
            }
            return isHost(word) ? word : null;
        }
        if (from > 0 && from < prefix.length() && (prefix.charAt(from) == ' ' || prefix.charAt(from) == '\t')) {
            int end = from + 1;
            while (end < prefix.length() && prefix.charAt(end) > ' ') {
                end++;
            }
            String word = prefix.substring(from + 1, end);
            int record = end + 1;
            boolean precedesRecord = record < prefix.length()
                    && Ascii.isDigit(prefix.charAt(record))
                    && prefix.indexOf(',', record) > 0
                    && prefix.endsWith(";");
            return (precedesRecord || prefix.charAt(from) == '\t') && isHost(word) ? word : null;
        }
        return null;
    }

    private static String wordBefore(String prefix, int from, int end) {
        int start = end;
        while (start > from && prefix.charAt(start - 1) > ' ') {
            start--;
        }
        return start < end ? prefix.substring(start, end) : "";
    }

    /** {@return whether a text can be the name or the address of a host} */
    static boolean isHost(String text) {
        boolean named = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            named |= isLetterOrDigit(c);
            if (!isLetterOrDigit(c) && c != '.' && c != '-' && c != '_' && c != ':') {
                return false;
            }
        }
        return named && text.length() <= MAX_HOST && !text.endsWith(":");
    }

    /** A date and time at the start of a text, in ISO 8601; null if there is none. */
    static @Nullable String time(String text) {
        Date date = Date.at(text, 0);
        return date == null ? null : date.text();
    }

    /** A date and time, and where it ends. */
    private record Date(String text, int end) {
        static @Nullable Date at(String text, int from) {
            try {
                char first = from < text.length() ? text.charAt(from) : 0;
                return first >= '1' && first <= '2' ? ofNumbers(text, from) : ofMonth(text, from);
            } catch (DateTimeException e) {
                // The numbers are not those of a date.
                return null;
            }
        }

        /** {@code 2026-11-22T08:38:06.123456+01:00}, {@code 2026/11/22 08:38:06}. */
        private static @Nullable Date ofNumbers(String text, int from) {
            int year = number(text, from, 4);
            int month = number(text, from + 5, 2);
            int day = number(text, from + 8, 2);
            if (year < 1970 || month < 0 || day < 0 || from + 11 > text.length()) {
                return null;
            }
            char separator = text.charAt(from + 4);
            char between = text.charAt(from + 10);
            if ((separator != '-' && separator != '/')
                    || text.charAt(from + 7) != separator
                    || (between != 'T' && between != ' ' && between != '_')) {
                return null;
            }
            Clock clock = Clock.at(text, from + 11);
            if (clock == null) {
                return null;
            }
            LocalDateTime local = LocalDateTime.of(
                    year, month, day, clock.time().getHour(), clock.time().getMinute());
            return new Date(zoned(local.with(clock.time()), clock.zone()), clock.end());
        }

        private static String zoned(LocalDateTime local, @Nullable ZoneOffset zone) {
            return zone == null
                    ? iso(local)
                    : OffsetDateTime.of(local, zone).toInstant().toString();
        }

        private static String iso(LocalDateTime local) {
            String text = local.toString();
            return text.length() == 16 ? text + ":00" : text;
        }

        /** {@code Nov 22 08:38:06}, with a year before or after the time. */
        private static @Nullable Date ofMonth(String text, int from) {
            int index = from + 3 < text.length() && text.charAt(from + 3) == ' '
                    ? MONTHS.indexOf(text.substring(from, from + 3))
                    : -1;
            if (index < 0 || index % 3 != 0) {
                return null;
            }
            int at = blanks(text, from + 3);
            int length = digits(text, at);
            int day = number(text, at, length);
            at = blanks(text, at + length);
            Clock clock = Clock.at(text, at);
            int year = 0;
            if (clock == null && digits(text, at) == 4) {
                year = number(text, at, 4);
                clock = Clock.at(text, blanks(text, at + 4));
            }
            if (day < 1 || length > 2 || clock == null) {
                return null;
            }
            int end = clock.end();
            int later = blanks(text, end);
            if (year == 0 && later > end && digits(text, later) == 4 && isEnd(text, later + 4)) {
                year = number(text, later, 4);
                end = later + 4;
            }
            int month = index / 3 + 1;
            if (year >= 1970) {
                return new Date(zoned(LocalDateTime.of(year, month, day, 0, 0).with(clock.time()), clock.zone()), end);
            }
            // The year is not known, so that a zone could not be applied at new year.
            String time = clock.time().toString();
            return new Date(MonthDay.of(month, day) + "T" + (time.length() == 5 ? time + ":00" : time), end);
        }

        private static boolean isEnd(String text, int at) {
            return at >= text.length() || !isLetterOrDigit(text.charAt(at));
        }
    }

    /** A time of the day, its zone (null if unknown), and where it ends. */
    private record Clock(LocalTime time, @Nullable ZoneOffset zone, int end) {
        static @Nullable Clock at(String text, int from) {
            int hour = number(text, from, 2);
            int minute = number(text, from + 3, 2);
            int second = number(text, from + 6, 2);
            if (hour < 0 || minute < 0 || second < 0 || text.charAt(from + 2) != ':' || text.charAt(from + 5) != ':') {
                return null;
            }
            int at = from + 8;
            int nanos = 0;
            int decimals = 0;
            if (at + 1 < text.length()
                    && (text.charAt(at) == '.' || text.charAt(at) == ',')
                    && Ascii.isDigit(text.charAt(at + 1))) {
                at++;
                for (; at < text.length() && Ascii.isDigit(text.charAt(at)); at++) {
                    if (decimals < 9) {
                        nanos = nanos * 10 + text.charAt(at) - '0';
                        decimals++;
                    }
                }
                for (; decimals < 9; decimals++) {
                    nanos *= 10;
                }
            }
            // A leap second has no place in ISO 8601 as Java writes it.
            LocalTime time = LocalTime.of(hour, minute, Math.min(second, 59), nanos);
            return zone(time, text, at);
        }

        private static Clock zone(LocalTime time, String text, int at) {
            char sign = at < text.length() ? text.charAt(at) : 0;
            if (sign == 'Z') {
                return new Clock(time, ZoneOffset.UTC, at + 1);
            }
            if (sign == '+' || sign == '-') {
                int hours = number(text, at + 1, 2);
                boolean colon = at + 3 < text.length() && text.charAt(at + 3) == ':';
                int minutes = number(text, at + (colon ? 4 : 3), 2);
                if (hours >= 0 && hours <= 18) {
                    int seconds = (hours * 60 + Math.max(0, minutes)) * 60;
                    return new Clock(
                            time,
                            ZoneOffset.ofTotalSeconds(sign == '-' ? -seconds : seconds),
                            at + 3 + (minutes < 0 ? 0 : colon ? 3 : 2));
                }
            }
            return new Clock(time, null, at);
        }
    }

    private static boolean isLetterOrDigit(char c) {
        return Ascii.isLetter(c) || Ascii.isDigit(c);
    }

    private static int blanks(String text, int from) {
        int to = from;
        while (to < text.length() && text.charAt(to) == ' ') {
            to++;
        }
        return to;
    }

    private static int digits(String text, int from) {
        int to = from;
        while (to < text.length() && Ascii.isDigit(text.charAt(to))) {
            to++;
        }
        return to - from;
    }

    /** A number of so many digits; -1 if there is none. */
    private static int number(String text, int from, int digits) {
        if (digits < 1 || digits > 4 || from + digits > text.length() || digits(text, from) < digits) {
            return -1;
        }
        return Integer.parseInt(text.substring(from, from + digits));
    }

    /**
     * {@return a time since 1970 in ISO 8601; null if it is none} Its digits tell the unit: seconds, milliseconds,
     * microseconds or nanoseconds.
     *
     * @param number decimal digits, a fraction after seconds
     */
    static @Nullable String epoch(String number) {
        int point = number.indexOf('.');
        String whole = point < 0 ? number : number.substring(0, point);
        if (whole.length() < 10 || whole.length() > 19 || digits(whole, 0) != whole.length()) {
            return null;
        }
        String fraction = point < 0 ? "" : number.substring(point + 1);
        if (digits(fraction, 0) != fraction.length() || (whole.length() > 10 && !fraction.isEmpty())) {
            return null;
        }
        String nanos = (whole.substring(10) + fraction + "000000000").substring(0, 9);
        if (whole.length() != 10 && whole.length() != 13 && whole.length() != 16 && whole.length() != 19) {
            return null;
        }
        return Instant.ofEpochSecond(Long.parseLong(whole.substring(0, 10)), Long.parseLong(nanos))
                .toString();
    }
}
