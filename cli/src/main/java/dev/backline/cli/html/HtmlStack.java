package dev.backline.cli.html;

import dev.backline.cli.symbolize.PrintOptions;
import dev.backline.cli.symbolize.SourceListing;
import dev.backline.cli.symbolize.SourceTree;
import dev.backline.diagnose.CallStep;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes stacks with their source lines, and the surrounding source where a source tree is given. A listing that the document
 * already has is only linked. Not thread-safe.
 */
public final class HtmlStack {
    private static final int MAX_FRAMES = 64;

    /** Deeper frames only show which task was interrupted: their source explains nothing. */
    private static final int MAX_LISTINGS = 12;

    private final Html html;
    private final @Nullable Path source;
    private final int context;

    /** The id of each place's listing; empty where the file does not exist. */
    private final Map<String, String> listings = new HashMap<>();

    private int unreadable;

    public HtmlStack(Html html, PrintOptions options) {
        this.html = html;
        source = options.source();
        context = options.context();
    }

    /** The number of places whose file is not in the source tree. */
    public int unreadable() {
        return unreadable;
    }

    /**
     * Writes a stack.
     *
     * @param frames one per step; null where they were not kept
     */
    void write(List<CallStep> steps, @Nullable Map<Long, LogFrame> frames) throws IOException {
        html.open("ol", "stack");
        CallStep above = null;
        int listed = 0;
        int written = 0;
        for (CallStep step : steps) {
            if (above != null && CallTree.repeats(step, above)) {
                continue;
            }
            above = step;
            if (written++ == MAX_FRAMES) {
                break;
            }
            html.open("li");
            LogFrame frame = frames == null ? null : frames.get(step.line());
            if (frame != null && frame.resolution() instanceof Resolved resolved) {
                for (SourceFrame each : resolved.frames()) {
                    line(each, each.inlined() ? null : step.place());
                    if (listed < MAX_LISTINGS && listing(each)) {
                        listed++;
                    }
                }
            } else {
                html.open("div", "line")
                        .open("code", "function")
                        .text(step.place())
                        .close();
                if (step.source() != null) {
                    html.text(" ").open("code").text(step.source()).close();
                }
                html.close();
            }
            html.close();
        }
        html.close();
        if (written > MAX_FRAMES) {
            html.element("p", "hint", html.wording().say("Further frames are left out."));
        }
    }

    /** @param place the frame as the capture has it, or null */
    private void line(SourceFrame frame, @Nullable String place) throws IOException {
        html.open("div", frame.inlined() ? "line inlined" : "line");
        html.open("code", "function").text(frame.nameOr("??")).close();
        if (frame.path() != null) {
            html.text(" ")
                    .open("code", "file")
                    .text(frame.path() + ":" + (frame.line() == 0 ? "?" : frame.line()))
                    .close();
        }
        if (frame.inlined()) {
            html.text(" ").element("span", "tag", html.wording().say("inlined"));
        }
        if (place != null) {
            html.text(" ").open("code", "place").text(place).close();
        }
        html.close();
    }

    /** Writes the source around a line; false when there is none. */
    private boolean listing(SourceFrame frame) throws IOException {
        Path tree = source;
        String path = frame.path();
        if (tree == null || path == null || frame.line() == 0) {
            return false;
        }
        String place = path + ":" + frame.line();
        String known = listings.get(place);
        if (known != null) {
            if (!known.isEmpty()) {
                html.open("p", "hint").open("a").attribute("href", "#" + known);
                html.text(html.wording().say("source shown above")).close().close();
            }
            return !known.isEmpty();
        }
        SourceListing listing;
        try {
            listing = SourceListing.around(SourceTree.file(tree, path), frame.line(), context);
        } catch (IOException e) {
            listings.put(place, "");
            unreadable++;
            return false;
        }
        String id = "source-" + (listings.size() + 1);
        listings.put(place, id);
        html.open("details", "source")
                .open("summary")
                .text(html.wording().say("Source around line {}", frame.line()))
                .close();
        html.open("pre").attribute("id", id).attribute("tabindex", "0").attribute("role", "region");
        html.attribute("aria-label", place);
        for (int i = 0; i < listing.lines().size(); i++) {
            int number = listing.first() + i;
            String text = number + "  "
                    + SourceListing.untabbed(
                            new String(listing.lines().get(i), StandardCharsets.UTF_8).stripTrailing());
            if (number == listing.marked()) {
                html.open("mark").text(text).close();
            } else {
                html.open("span").text(text).close();
            }
            html.newLine();
        }
        html.close().close();
        return true;
    }
}
