package dev.backline.cli.html;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;

/** Draws a {@link TimeLine}: a row of bars for each cause, all with the same scale. */
public final class HtmlTimeLine {
    private static final int HEIGHT = 32;

    /** The shortest bar: a single event must be visible next to thousands. */
    private static final double SHORTEST = 2;

    private HtmlTimeLine() {}

    /** Writes the figure. */
    public static void write(Html html, TimeLine line, TimeText time) throws IOException {
        long tallest = 0;
        for (String cause : line.causes()) {
            tallest = Math.max(tallest, Arrays.stream(line.counts(cause)).max().orElse(0));
        }
        html.open("figure", "timeline").attribute("aria-labelledby", "timeline-caption");
        html.open("figcaption").attribute("id", "timeline-caption");
        html.text(html.wording()
                .say(
                        tallest == 1
                                ? "Each bar is {}; the tallest one is one event."
                                : "Each bar is {}; the tallest one is {} events.",
                        TimeText.span(line.width()),
                        tallest));
        html.close();
        html.open("ol", "rows");
        for (String cause : line.causes()) {
            row(html, line, time, cause, tallest);
        }
        html.close();
        axis(html, line, time);
        html.close();
    }

    private static void row(Html html, TimeLine line, TimeText time, String cause, long tallest) throws IOException {
        long[] counts = line.counts(cause);
        long total = 0;
        int first = -1;
        int last = 0;
        int most = 0;
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                continue;
            }
            total += counts[i];
            first = first < 0 ? i : first;
            last = i;
            most = counts[i] > counts[most] ? i : most;
            double height = Math.max(SHORTEST, (double) HEIGHT * counts[i] / tallest);
            bars.append('M').append(i).append(' ').append(HEIGHT).append('v').append(Html.decimal(-height));
            bars.append("h1v").append(Html.decimal(height)).append('z');
        }
        html.open("li");
        html.open("span", "label").open("span", "name").text(cause).close();
        html.text(" ").element("span", "count", Long.toString(total)).close();
        String says = html.wording()
                .say(
                        first == last ? "{}: {} from {} to {}" : "{}: {} from {} to {}, most at {}",
                        cause,
                        html.wording().count(total, "event"),
                        time.of(line.start(first)),
                        time.of(line.start(last)),
                        time.of(line.start(most)));
        html.open("svg", "bars").attribute("role", "img").attribute("aria-label", says);
        html.attribute("viewBox", "0 0 " + counts.length + " " + HEIGHT).attribute("preserveAspectRatio", "none");
        html.element("title", says);
        html.open("path").attribute("d", bars.toString()).close();
        html.close();
        html.close();
    }

    private static void axis(Html html, TimeLine line, TimeText time) throws IOException {
        Instant from = line.from();
        Instant to = line.to();
        html.open("p", "axis");
        time.write(html, from);
        if (!time.of(from).equals(time.of(to))) {
            html.text(" ");
            time.write(html, Instant.ofEpochMilli(from.toEpochMilli() / 2 + to.toEpochMilli() / 2));
            html.text(" ");
            time.write(html, to);
        }
        html.close();
    }
}
