package dev.backline.cli.explain;

import dev.backline.cli.console.BuildInfo;
import dev.backline.cli.console.Count;
import dev.backline.cli.console.Output;
import dev.backline.cli.console.Wording;
import dev.backline.cli.html.Html;
import dev.backline.crash.Explanation;
import dev.backline.io.Audience;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes explanations as one HTML file that loads nothing and runs no script. Memory does not grow with the number of reports:
 * each explanation is written at once. Not thread-safe.
 */
final class ExplainHtmlWriter implements ExplanationWriter {
    private static final String TITLE = "What crashed, and why";

    /** At this length no further report is started: the file stays below 5 MB. */
    private static final long LONG_ENOUGH = 4_000_000;

    private final PageMaker pages;
    private final Audience audience;
    private final Output out;
    private @Nullable Html begun;
    private int written;
    private long left;

    ExplainHtmlWriter(PageMaker pages, Audience audience, Output out) {
        this.pages = pages;
        this.audience = audience;
        this.out = out;
    }

    private Html html() throws IOException {
        Html html = begun;
        if (html == null) {
            html = Html.begin(out, TITLE, "report.css", Wording.ENGLISH);
            begun = html;
            html.open("a", "skip")
                    .attribute("href", "#content")
                    .text("Skip to the reports")
                    .close()
                    .newLine();
            html.open("header").element("h1", TITLE).close();
            html.open("main").attribute("id", "content");
        }
        return html;
    }

    @Override
    public void write(String input, Explanation explanation) throws IOException {
        Html html = html();
        if (html.written() > LONG_ENOUGH) {
            left++;
            return;
        }
        CrashPage page = pages.page(input, explanation);
        written++;
        String id = "report-" + written;
        html.open("article", "crash").attribute("aria-labelledby", id);
        html.open("h2").attribute("id", id).text(page.title()).close();
        new ExplainedReport(page, audience).write(html, id);
        html.close();
    }

    @Override
    public void finish() throws IOException {
        Html html = html();
        if (written == 0) {
            html.element("p", "No crash report was found.");
        }
        if (left > 0) {
            html.element(
                    "p",
                    "hint",
                    "This page leaves out " + Count.of(left, "more report")
                            + audience.choose("; --format json prints all.", "; the JSON answer has all."));
        }
        html.close();
        html.open("footer").element("p", BuildInfo.describe()[0] + ". This file loads nothing and runs no script.");
        html.end();
    }
}
