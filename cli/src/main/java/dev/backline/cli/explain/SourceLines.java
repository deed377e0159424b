package dev.backline.cli.explain;

import dev.backline.cli.symbolize.SourceListing;
import dev.backline.cli.symbolize.SourceTree;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The source lines around a place, with the part of the line that was accessed.
 *
 * @param first the number of the first line
 * @param marked the number of the line of the place
 * @param lines without tabs
 * @param caretFrom where the accessed part begins in the marked line; -1 if unknown
 * @param caretTo where the part ends
 */
record SourceLines(int first, int marked, List<String> lines, int caretFrom, int caretTo) {
    private static final int MAX_LINE = 400;

    SourceLines {
        lines = List.copyOf(lines);
    }

    /**
     * {@return the lines around a place of an explanation; null if the file is shorter}
     *
     * @param path of the file
     * @param line the line of the place or of the function to blame
     * @throws IOException when the tree does not have the file
     */
    static @Nullable SourceLines of(Path tree, String path, int line, Explanation explanation, int context)
            throws IOException {
        SourceListing listing = SourceListing.around(SourceTree.find(tree, path), line, context);
        List<String> lines = new ArrayList<>();
        String marked = null;
        String raw = "";
        for (int i = 0; i < listing.lines().size(); i++) {
            String text = new String(listing.lines().get(i), StandardCharsets.UTF_8).stripTrailing();
            String cut = text.length() > MAX_LINE ? text.substring(0, MAX_LINE) : text;
            lines.add(SourceListing.untabbed(cut));
            if (listing.first() + i == line) {
                raw = cut;
                marked = lines.get(i);
            }
        }
        if (marked == null) {
            return null;
        }
        int from = -1;
        int to = -1;
        for (String part : parts(explanation.fault())) {
            int at = marked.indexOf(part);
            // A name that occurs twice does not tell which one it is.
            if (at >= 0 && marked.indexOf(part, at + 1) < 0) {
                from = at;
                to = at + part.length();
                break;
            }
        }
        int column = from >= 0 ? 0 : column(explanation, path, line);
        if (column > 0 && column <= raw.length()) {
            from = SourceListing.untabbed(raw.substring(0, column - 1)).length();
            to = from + 1;
        }
        return new SourceLines(listing.first(), listing.marked(), lines, from, to);
    }

    /** What to look for in the line, the longest first. */
    private static List<String> parts(@Nullable Fault fault) {
        List<String> parts = new ArrayList<>();
        if (fault == null) {
            return parts;
        }
        if (fault.expression() != null) {
            parts.add(fault.expression());
        }
        Fault.Holder holder = fault.variable();
        Fault.Touched member = fault.member();
        if (holder != null && member != null) {
            parts.add(holder.name() + "->" + member.path());
        }
        if (member != null) {
            parts.add("->" + member.path());
            parts.add("." + member.path());
        }
        if (holder != null) {
            parts.add(holder.name() + "->");
            parts.add("*" + holder.name());
        }
        parts.removeIf(part -> part.length() < 3);
        return parts;
    }

    /** The column of the line according to the line table; 0 if unknown. */
    private static int column(Explanation explanation, String path, int line) {
        for (LogFrame frame : explanation.frames()) {
            if (frame.resolution() instanceof Resolved resolved) {
                for (SourceFrame each : resolved.frames()) {
                    if (each.line() == line && path.equals(each.path())) {
                        return each.column();
                    }
                }
            }
        }
        return 0;
    }
}
