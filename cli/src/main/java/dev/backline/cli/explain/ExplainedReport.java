package dev.backline.cli.explain;

import dev.backline.cli.html.Html;
import dev.backline.crash.Explanation;
import dev.backline.io.Audience;
import java.io.IOException;
import java.util.List;

/** A report, explained, as a part of a page. Immutable. */
public final class ExplainedReport {
    private final CrashPage page;
    private final Audience audience;

    ExplainedReport(CrashPage page, Audience audience) {
        this.page = page;
        this.audience = audience;
    }

    /**
     * {@return a report without source code} Call it while the files of the explanation are open.
     *
     * @param input the log's name
     */
    public static ExplainedReport of(String input, Explanation explanation) {
        return new ExplainedReport(CrashPage.of(input, explanation, null, false), Audience.COMMAND);
    }

    /**
     * Writes everything but the title.
     *
     * @param id names the report in the page
     */
    public void write(Html html, String id) throws IOException {
        html.element("p", "hint", page.about());
        if (page.headline() != null) {
            html.open("p", "hint").element("code", page.headline()).close();
        }
        if (page.sentence() != null) {
            html.element("p", "sentence", page.sentence());
        }
        place(html, page);
        touched(html, page);
        if (!page.said().isEmpty()) {
            html.element("h3", "What the kernel says").open("dl", "touched");
            entries(html, page.said());
            html.close();
        }
        code(html, page, id);
        variables(html);
        if (!page.frames().isEmpty()) {
            html.element("h3", "Frames");
            frames(html, page.frames());
        }
        for (CrashPage.Stack stack : page.stacks()) {
            html.element("h3", stack.title());
            frames(html, stack.rows());
        }
        list(html, "Notes", page.notes());
        list(html, "What to do next", page.advice());
        if (page.signature() != null) {
            html.element("h3", "Signature");
            html.open("p").element("code", page.signature()).close();
        }
    }

    private static void list(Html html, String title, List<String> sentences) throws IOException {
        if (sentences.isEmpty()) {
            return;
        }
        html.element("h3", title).open("ul");
        for (String sentence : sentences) {
            html.element("li", sentence);
        }
        html.close();
    }

    private static void place(Html html, CrashPage page) throws IOException {
        String place = page.place();
        if (place == null && page.blamed() == null) {
            return;
        }
        html.element("h3", "Where");
        if (place != null) {
            html.open("p").element("code", "function", place);
            String lead = " inlined into ";
            for (String function : page.inlinedInto()) {
                html.text(lead).element("code", function);
                lead = ", into ";
            }
            html.close();
        }
        if (page.blamed() != null) {
            html.open("p").text("To blame: ").element("code", page.blamed()).close();
        }
        if (page.unknown() != null) {
            html.element("p", "hint", "The source line is unknown: " + page.unknown());
        }
        SourceLines source = page.source();
        if (source == null) {
            return;
        }
        html.open("pre").attribute("tabindex", "0").attribute("role", "region").attribute("aria-label", "Source lines");
        for (int i = 0; i < source.lines().size(); i++) {
            int number = source.first() + i;
            String line = source.lines().get(i);
            if (number != source.marked()) {
                html.element("span", number + "  " + line);
            } else if (source.caretFrom() < 0) {
                html.element("mark", number + "  " + line);
            } else {
                html.open("mark").text(number + "  " + line.substring(0, source.caretFrom()));
                html.element("strong", "caret", line.substring(source.caretFrom(), source.caretTo()));
                html.text(line.substring(source.caretTo())).close();
            }
            html.newLine();
        }
        html.close();
    }

    private static void touched(Html html, CrashPage page) throws IOException {
        if (page.touched().isEmpty() && page.evidence().isEmpty()) {
            return;
        }
        html.open("h3").text("What was touched ");
        if (page.certainty() != null) {
            html.element("span", "confidence " + page.certainty(), page.certainty());
        }
        html.close();
        html.open("dl", "touched");
        entries(html, page.touched());
        for (String other : page.others()) {
            html.open("div")
                    .element("dt", "or")
                    .open("dd")
                    .element("code", other)
                    .close()
                    .close();
        }
        html.close();
        if (!page.evidence().isEmpty()) {
            html.open("ul", "evidence");
            for (String evidence : page.evidence()) {
                html.element("li", evidence);
            }
            html.close();
        }
    }

    private static void entries(Html html, List<CrashPage.Entry> entries) throws IOException {
        for (CrashPage.Entry entry : entries) {
            html.open("div").element("dt", entry.name()).open("dd");
            if (!entry.value().isEmpty()) {
                html.element("code", entry.value()).text(" ");
            }
            html.text(entry.meaning()).close().close();
        }
    }

    private static void code(Html html, CrashPage page, String id) throws IOException {
        if (page.instructions().isEmpty()) {
            return;
        }
        html.element("h3", page.codeTitle());
        html.open("pre").attribute("tabindex", "0").attribute("role", "region");
        html.attribute("aria-label", "Instructions of " + id);
        List<String> lines = page.codeLines();
        for (int i = 0; i < lines.size(); i++) {
            boolean trapping = page.instructions().get(i).trapping();
            html.element(trapping ? "mark" : "span", (trapping ? "> " : "  ") + lines.get(i))
                    .newLine();
        }
        html.close();
    }

    private void variables(Html html) throws IOException {
        if (page.variables().isEmpty()) {
            return;
        }
        html.element("h3", "Variables");
        html.open("dl", "touched");
        for (CrashPage.Live each : page.variables()) {
            html.open("div").open("dt").element("code", each.name()).close();
            html.open("dd").element("code", each.value()).text(" ");
            html.element("span", "tag", each.type() + (each.register().isEmpty() ? "" : ", in " + each.register()));
            html.close().close();
        }
        html.close();
        if (page.moreVariables() > 0) {
            html.element(
                    "p",
                    "hint",
                    page.moreVariables() + " more; " + audience.choose("--all", "all=true") + " prints them.");
        }
    }

    private static void frames(Html html, List<FrameRows.Row> rows) throws IOException {
        html.open("ol", "stack");
        for (FrameRows.Row row : rows) {
            html.open("li");
            for (String inlined : row.inlined()) {
                html.open("div", "line inlined").element("code", inlined).text(" ");
                html.element("span", "tag", "inlined").close();
            }
            html.open("div", "line");
            html.element(row.folded() ? "span" : "code", row.folded() ? "tag" : "function", row.text());
            if (row.place() != null) {
                html.text(" ").element("code", "file", row.place());
            }
            if (row.culprit()) {
                html.text(" ").element("mark", "to blame");
            }
            html.close().close();
        }
        html.close();
    }
}
