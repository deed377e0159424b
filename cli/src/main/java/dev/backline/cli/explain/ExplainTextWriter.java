package dev.backline.cli.explain;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import dev.backline.crash.Explanation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes explanations for a terminal: about one screen each. Not thread-safe. */
final class ExplainTextWriter implements ExplanationWriter {
    private static final int WIDTH = 100;
    /** The longest name of a fact; longer ones are hostile. */
    private static final int NAME = 16;

    /** Longer texts are cut: a hostile log has lines of many megabytes. */
    private static final int MAX_TEXT = 2000;

    private static final String BOLD = "\u001b[1m";
    private static final String CYAN = "\u001b[36m";
    private static final String PLAIN = "\u001b[0m";

    private static final String INDENT = "  ";
    private static final String MARKED = "> ";

    private final PageMaker pages;
    private final boolean color;
    private final Output out;
    private boolean first = true;

    /** @param color whether to use colours */
    ExplainTextWriter(PageMaker pages, boolean color, Output out) {
        this.pages = pages;
        this.color = color;
        this.out = out;
    }

    @Override
    public void write(String input, Explanation explanation) throws IOException {
        CrashPage page = pages.page(input, explanation);
        if (!first) {
            out.newLine();
        }
        first = false;
        paragraph("", INDENT, page.title(), BOLD);
        paragraph(INDENT, INDENT + INDENT, page.about(), "");
        if (page.headline() != null) {
            paragraph(INDENT, INDENT + INDENT, page.headline(), "");
        }
        out.newLine();
        if (page.sentence() != null) {
            paragraph(INDENT, INDENT, page.sentence(), "");
            out.newLine();
        }
        place(page, pages.url(explanation));
        touched(page);
        if (!page.said().isEmpty()) {
            heading("What the kernel says");
            entries(page.said());
        }
        code(page);
        variables(page);
        frames(page);
        for (CrashPage.Stack stack : page.stacks()) {
            heading(shown(stack.title()));
            rows(stack.rows());
        }
        list("Notes", page.notes());
        list("What to do next", page.advice());
        if (page.signature() != null) {
            heading("Signature");
            line(INDENT, page.signature(), "");
        }
    }

    @Override
    public void finish() {
        // Nothing follows.
    }

    private void place(CrashPage page, @Nullable String url) throws IOException {
        String place = page.place();
        if (place == null && page.blamed() == null) {
            return;
        }
        heading("Where");
        if (place != null) {
            trap(page, place, url);
        }
        if (page.blamed() != null) {
            line(INDENT, "to blame: " + page.blamed(), "");
        }
        if (page.unknown() != null) {
            paragraph(INDENT, INDENT, "The source line is unknown: " + page.unknown(), "");
        }
        if (page.source() != null) {
            source(page.source());
        }
    }

    private void trap(CrashPage page, String place, @Nullable String url) throws IOException {
        String shown = styled(CYAN, cut(shown(place), WIDTH - INDENT.length()));
        out.print(INDENT)
                .print(url == null || !color ? shown : "\u001b]8;;" + url + "\u001b\\" + shown + "\u001b]8;;\u001b\\")
                .newLine();
        if (!page.inlinedInto().isEmpty()) {
            paragraph(INDENT, INDENT + INDENT, "inlined into " + String.join(", into ", page.inlinedInto()), "");
        }
    }

    private void source(SourceLines source) throws IOException {
        int digits = Integer.toString(source.first() + source.lines().size()).length();
        for (int i = 0; i < source.lines().size(); i++) {
            int number = source.first() + i;
            boolean marked = number == source.marked();
            String margin = (marked ? MARKED : INDENT)
                    + " ".repeat(digits - Integer.toString(number).length()) + number + "  ";
            String text = source.lines().get(i);
            line(INDENT + margin, text, marked ? BOLD : "");
            if (marked && source.caretFrom() >= 0) {
                caret(INDENT.length() + margin.length(), text, source.caretFrom(), source.caretTo());
            }
        }
    }

    private void caret(int margin, String text, int from, int to) throws IOException {
        // Escapes before the part move the part to the right.
        int start = margin + Printable.of(text.substring(0, from)).length();
        int length = Printable.of(text.substring(from, to)).length();
        if (start + length <= WIDTH) {
            out.print(" ".repeat(start)).print(styled(BOLD, "^".repeat(length))).newLine();
        }
    }

    private void touched(CrashPage page) throws IOException {
        if (page.touched().isEmpty() && page.evidence().isEmpty()) {
            return;
        }
        heading("What was touched" + (page.certainty() == null ? "" : " (" + page.certainty() + ")"));
        int width = entries(page.touched());
        for (String other : page.others()) {
            paragraph(INDENT + CrashPage.padded("or", width) + "  ", " ".repeat(width + 6), other, "");
        }
        for (String evidence : page.evidence()) {
            paragraph(INDENT + "- ", INDENT + INDENT, evidence, "");
        }
    }

    /** Facts, below each other; returns the width of their names. */
    private int entries(List<CrashPage.Entry> entries) throws IOException {
        int width = 0;
        for (CrashPage.Entry entry : entries) {
            width = Math.max(width, Math.min(NAME, shown(entry.name()).length()));
        }
        for (CrashPage.Entry entry : entries) {
            String shown = shown(entry.name());
            String name =
                    INDENT + CrashPage.padded(shown.length() > NAME ? shown.substring(0, NAME) : shown, width) + "  ";
            String separator = entry.value().isEmpty() || entry.meaning().isEmpty()
                    ? ""
                    : entry.meaning().startsWith("of ") ? " " : ": ";
            paragraph(name, " ".repeat(width + 6), entry.value() + separator + entry.meaning(), "");
        }
        return width;
    }

    private void code(CrashPage page) throws IOException {
        if (page.instructions().isEmpty()) {
            return;
        }
        heading(page.codeTitle());
        List<String> lines = page.codeLines();
        for (int i = 0; i < lines.size(); i++) {
            boolean trapping = page.instructions().get(i).trapping();
            line(trapping ? INDENT + MARKED : INDENT + INDENT, lines.get(i), trapping ? BOLD : "");
        }
    }

    private void variables(CrashPage page) throws IOException {
        if (page.variables().isEmpty()) {
            return;
        }
        heading("Variables");
        List<List<String>> rows = new ArrayList<>();
        for (CrashPage.Live each : page.variables()) {
            rows.add(List.of(each.name(), each.type(), each.value(), each.register()));
        }
        table(rows);
        if (page.moreVariables() > 0) {
            line(INDENT, "… " + page.moreVariables() + " more (--all)", "");
        }
    }

    private void table(List<List<String>> rows) throws IOException {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], Math.min(WIDTH / 2, row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : "  ").append(CrashPage.padded(row.get(i), widths[i]));
            }
            line(INDENT, line.toString().stripTrailing(), "");
        }
    }

    private void frames(CrashPage page) throws IOException {
        if (page.frames().isEmpty()) {
            return;
        }
        boolean blames = page.frames().stream().anyMatch(FrameRows.Row::culprit);
        heading(blames ? "Frames (> is the function to blame)" : "Frames");
        rows(page.frames());
    }

    private void rows(List<FrameRows.Row> rows) throws IOException {
        int width = 0;
        for (FrameRows.Row row : rows) {
            if (row.place() != null) {
                width = Math.max(width, Math.min(WIDTH / 2, row.text().length()));
            }
        }
        for (FrameRows.Row row : rows) {
            for (String inlined : row.inlined()) {
                line(INDENT + INDENT + INDENT, inlined + " [inline]", "");
            }
            String place = row.place();
            String text = place == null ? row.text() : CrashPage.padded(row.text(), width) + "  " + place;
            line(row.culprit() ? INDENT + MARKED : INDENT + INDENT, text, row.culprit() ? BOLD : "");
        }
    }

    private void list(String title, List<String> sentences) throws IOException {
        if (sentences.isEmpty()) {
            return;
        }
        heading(title);
        for (String sentence : sentences) {
            paragraph(INDENT + "- ", INDENT + INDENT, sentence, "");
        }
    }

    private void heading(String title) throws IOException {
        out.print(styled(BOLD, title)).newLine();
    }

    private String styled(String style, String text) {
        return color && !style.isEmpty() ? style + text + PLAIN : text;
    }

    private static String shown(String text) {
        return Printable.of(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text);
    }

    /** A line of code, cut to the width of a terminal. */
    private void line(String margin, String text, String style) throws IOException {
        String cut = cut(shown(text), WIDTH - margin.length());
        out.print(cut.isEmpty() ? margin.stripTrailing() : margin)
                .print(styled(style, cut))
                .newLine();
    }

    private static String cut(String text, int room) {
        return text.length() > room ? text.substring(0, room - 1) + "…" : text;
    }

    /** A paragraph, wrapped between words; a word that is too long for a line is broken. */
    private void paragraph(String start, String indent, String text, String style) throws IOException {
        StringBuilder line = new StringBuilder();
        String margin = start;
        for (String word : shown(text).split(" ", -1)) {
            String rest = word;
            if (line.length() > 0 && margin.length() + line.length() + 1 + rest.length() > WIDTH) {
                out.print(margin).print(styled(style, line.toString())).newLine();
                line.setLength(0);
                margin = indent;
            }
            while (rest.length() > WIDTH - margin.length()) {
                int room = WIDTH - margin.length();
                out.print(margin).print(styled(style, rest.substring(0, room))).newLine();
                rest = rest.substring(room);
                margin = indent;
            }
            line.append(line.length() == 0 ? "" : " ").append(rest);
        }
        out.print(margin).print(styled(style, line.toString().stripTrailing())).newLine();
    }
}
