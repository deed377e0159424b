package dev.backline.cli.triage;

import dev.backline.cli.html.Html;
import dev.backline.crash.triage.TriageGroup;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Bars of the number of reports over time, on the same scale of time for all groups. Short spans are counted by the hour, long
 * ones by the day. Immutable.
 */
final class Sparkline {
    private static final int MAX_BARS = 84;
    private static final int HEIGHT = 20;

    /** A bar of less is not seen. */
    private static final double SHORTEST = 2;

    /** Groups know the hours of a week. */
    private static final long WEEK = 168;

    private final boolean daily;
    private final long first;
    private final int bars;
    private final long step;

    private Sparkline(boolean daily, long first, long last) {
        this.daily = daily;
        this.first = first;
        this.step = (last - first) / MAX_BARS + 1;
        this.bars = (int) ((last - first) / step) + 1;
    }

    /** {@return the scale of some groups; null if no report has a time} */
    static @Nullable Sparkline of(List<TriageGroup> groups) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (TriageGroup group : groups) {
            for (String day : group.days().keySet()) {
                Long number = day(day);
                if (number != null) {
                    from = Math.min(from, number);
                    to = Math.max(to, number);
                }
            }
        }
        if (from > to) {
            return null;
        }
        boolean daily = (to - from + 1) * 24 > WEEK;
        return daily ? new Sparkline(true, from, to) : new Sparkline(false, from * 24, to * 24 + 23);
    }

    private static @Nullable Long day(String text) {
        try {
            return LocalDate.parse(text).toEpochDay();
        } catch (DateTimeException e) {
            // A log can have any digits.
            return null;
        }
    }

    private static @Nullable Long hour(String text) {
        try {
            return LocalDateTime.parse(text + ":00").toEpochSecond(ZoneOffset.UTC) / 3600;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** {@return the number of reports of a group for each bar} */
    long[] counts(TriageGroup group) {
        long[] counts = new long[bars];
        SortedMap<String, Long> by = daily ? group.days() : group.hours();
        for (Map.Entry<String, Long> each : by.entrySet()) {
            Long time = daily ? day(each.getKey()) : hour(each.getKey());
            long bar = time == null ? -1 : (time - first) / step;
            if (bar >= 0 && bar < bars) {
                counts[(int) bar] += each.getValue();
            }
        }
        return counts;
    }

    /** Writes the bars of a group. */
    void write(Html html, TriageGroup group) throws IOException {
        long[] counts = counts(group);
        long tallest = 0;
        for (long count : counts) {
            tallest = Math.max(tallest, count);
        }
        if (tallest == 0) {
            return;
        }
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                String height = Html.decimal(Math.max(SHORTEST, (double) HEIGHT * counts[i] / tallest));
                path.append('M')
                        .append(i)
                        .append(' ')
                        .append(HEIGHT)
                        .append("v-")
                        .append(height);
                path.append("h1v").append(height).append('z');
            }
        }
        String unit = daily ? "day" : "hour";
        String says = "Reports over time, at most " + tallest + " in "
                + (step == 1 ? "a " + unit : step + " " + unit + "s") + "; the whole width is " + scale();
        html.open("svg", "spark").attribute("role", "img").attribute("aria-label", says);
        html.attribute("viewBox", "0 0 " + bars + " " + HEIGHT).attribute("preserveAspectRatio", "none");
        html.element("title", says);
        html.open("path").attribute("d", path.toString()).close();
        html.close();
    }

    /** {@return the days that the bars span} */
    String scale() {
        long from = daily ? first : Math.floorDiv(first, 24);
        long last = first + step * (bars - 1);
        long to = daily ? last : Math.floorDiv(last, 24);
        LocalDate begin = LocalDate.ofEpochDay(from);
        return from == to ? begin.toString() : begin + " to " + LocalDate.ofEpochDay(to);
    }
}
