package dev.backline.cli.explain;

import dev.backline.cli.console.Output;
import dev.backline.crash.Explanation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes explanations for a mailing list or a ticket. Not thread-safe. */
final class ExplainMarkdownWriter implements ExplanationWriter {
    private final PageMaker pages;
    private final Output out;
    private final Markdown markdown;

    ExplainMarkdownWriter(PageMaker pages, Output out) {
        this.pages = pages;
        this.out = out;
        markdown = new Markdown(out);
    }

    @Override
    public void write(String input, Explanation explanation) throws IOException {
        CrashPage page = pages.page(input, explanation);
        markdown.heading(2, page.title());
        markdown.paragraph(page.about());
        if (page.headline() != null) {
            markdown.escaped(Markdown.code(page.headline()));
        }
        if (page.sentence() != null) {
            markdown.paragraph(page.sentence());
        }
        place(page, pages.url(explanation));
        touched(page);
        if (!page.said().isEmpty()) {
            markdown.heading(3, "What the kernel says");
            entries(page.said());
            out.newLine();
        }
        if (!page.instructions().isEmpty()) {
            markdown.heading(3, page.codeTitle());
            markdown.block("text", instructions(page));
        }
        if (!page.variables().isEmpty()) {
            markdown.heading(3, "Variables");
            markdown.block("text", variables(page));
        }
        if (!page.frames().isEmpty()) {
            markdown.heading(3, "Frames");
            markdown.block("text", frames(page.frames()));
        }
        for (CrashPage.Stack stack : page.stacks()) {
            markdown.heading(3, stack.title());
            markdown.block("text", frames(stack.rows()));
        }
        list("Notes", page.notes());
        list("What to do next", page.advice());
        if (page.signature() != null) {
            markdown.escaped("Signature: " + Markdown.code(page.signature()));
        }
    }

    @Override
    public void finish() throws IOException {
        out.flush();
    }

    private void list(String title, List<String> sentences) throws IOException {
        if (!sentences.isEmpty()) {
            markdown.heading(3, title);
            markdown.items(sentences);
        }
    }

    private void place(CrashPage page, @Nullable String url) throws IOException {
        String place = page.place();
        if (place != null) {
            trap(page, place, url);
        }
        if (page.blamed() != null) {
            markdown.escaped("To blame: " + Markdown.code(page.blamed()) + ".");
        }
        if (page.unknown() != null) {
            markdown.paragraph("The source line is unknown: " + page.unknown());
        }
        SourceLines source = page.source();
        if (source != null) {
            markdown.block("c", source(source));
        }
    }

    private void trap(CrashPage page, String place, @Nullable String url) throws IOException {
        String code = Markdown.code(place);
        // A URL of --links has no character that could end the link's address.
        StringBuilder where = new StringBuilder("At ")
                .append(url == null ? code : "[" + code + "](<" + url.replace(">", "%3E") + ">)");
        String lead = ", inlined into ";
        for (String function : page.inlinedInto()) {
            where.append(lead).append(Markdown.code(function));
            lead = ", into ";
        }
        markdown.escaped(where.append('.').toString());
    }

    private static List<String> source(SourceLines source) {
        List<String> lines = new ArrayList<>();
        int digits = Integer.toString(source.first() + source.lines().size()).length();
        for (int i = 0; i < source.lines().size(); i++) {
            int number = source.first() + i;
            boolean marked = number == source.marked();
            String margin = (marked ? "> " : "  ")
                    + " ".repeat(digits - Integer.toString(number).length()) + number + "  ";
            lines.add((margin + source.lines().get(i)).stripTrailing());
            if (marked && source.caretFrom() >= 0) {
                lines.add(" ".repeat(margin.length() + source.caretFrom())
                        + "^".repeat(source.caretTo() - source.caretFrom()));
            }
        }
        return lines;
    }

    private void touched(CrashPage page) throws IOException {
        if (page.touched().isEmpty() && page.evidence().isEmpty()) {
            return;
        }
        markdown.heading(3, "What was touched" + (page.certainty() == null ? "" : " (" + page.certainty() + ")"));
        entries(page.touched());
        for (String other : page.others()) {
            out.print("- or: ").print(Markdown.code(other)).newLine();
        }
        out.newLine();
        if (!page.evidence().isEmpty()) {
            markdown.paragraph("Evidence:");
            markdown.items(page.evidence());
        }
    }

    private void entries(List<CrashPage.Entry> entries) throws IOException {
        for (CrashPage.Entry entry : entries) {
            String meaning = Markdown.prose(entry.meaning());
            out.print("- ").print(Markdown.prose(entry.name())).print(": ");
            if (!entry.value().isEmpty()) {
                out.print(Markdown.code(entry.value()))
                        .print(meaning.isEmpty() ? "" : entry.meaning().startsWith("of ") ? " " : ": ");
            }
            out.print(meaning).newLine();
        }
    }

    private static List<String> instructions(CrashPage page) {
        List<String> lines = page.codeLines();
        for (int i = 0; i < lines.size(); i++) {
            lines.set(i, (page.instructions().get(i).trapping() ? "> " : "  ") + lines.get(i));
        }
        return lines;
    }

    private static List<String> variables(CrashPage page) {
        List<List<String>> rows = new ArrayList<>();
        for (CrashPage.Live each : page.variables()) {
            rows.add(List.of(each.name(), each.type(), each.value(), each.register()));
        }
        List<String> lines = aligned(rows);
        if (page.moreVariables() > 0) {
            lines.add("… " + page.moreVariables() + " more");
        }
        return lines;
    }

    private static List<String> frames(List<FrameRows.Row> frames) {
        List<List<String>> rows = new ArrayList<>();
        for (FrameRows.Row row : frames) {
            for (String inlined : row.inlined()) {
                rows.add(List.of("    " + inlined + " [inline]", ""));
            }
            String place = row.place() == null ? "" : row.place();
            rows.add(List.of(
                    (row.culprit() ? "> " : "  ") + row.text(),
                    row.culprit() ? (place + "  <- to blame").strip() : place));
        }
        return aligned(rows);
    }

    /** Rows as lines, their columns below each other. */
    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], Math.min(60, row.get(i).length()));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : "  ").append(row.get(i));
                line.append(" ".repeat(Math.max(0, widths[i] - row.get(i).length())));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
