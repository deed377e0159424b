package dev.backline.cli.html;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats the times of a report in UTC: without the date where all are on the same day. Immutable. */
public final class TimeText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter PRECISE_TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter DATE_AND_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private final DateTimeFormatter format;

    /** With the date. */
    public static final TimeText DATED = new TimeText(DATE_AND_TIME);

    private TimeText(DateTimeFormatter format) {
        this.format = format;
    }

    /** For times between these two. */
    public TimeText(Instant from, Instant to) {
        LocalDate first = day(from);
        // Some captures have only whole seconds.
        boolean precise = !isWhole(from) || !isWhole(to);
        boolean oneDay = first != null && first.equals(day(to));
        format = !oneDay ? DATE_AND_TIME : precise ? PRECISE_TIME : TIME;
    }

    private static boolean isWhole(Instant moment) {
        return moment.equals(moment.truncatedTo(ChronoUnit.SECONDS));
    }

    private static @Nullable LocalDate day(Instant moment) {
        try {
            return moment.atOffset(ZoneOffset.UTC).toLocalDate();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** {@code 08:42:01.123}, or {@code 2026-11-22 08:42:01}. */
    public String of(Instant moment) {
        try {
            return format.format(moment.atOffset(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return moment.toString();
        }
    }

    /** Writes a time. */
    public void write(Html html, Instant moment) throws IOException {
        html.open("time")
                .attribute("datetime", moment.toString())
                .text(of(moment))
                .close();
    }

    /** Writes a period; a single time where both ends are equal. */
    public void write(Html html, Instant from, Instant to) throws IOException {
        write(html, from);
        if (!of(from).equals(of(to))) {
            html.text(" – ");
            write(html, to);
        }
    }

    /** A duration in a suitable unit: {@code 200 ms}, {@code 15 s}, {@code 3 h}. */
    public static String span(long milliseconds) {
        if (milliseconds < 1000) {
            return milliseconds + " ms";
        }
        long seconds = milliseconds / 1000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }
}
