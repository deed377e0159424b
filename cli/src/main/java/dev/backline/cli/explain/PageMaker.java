package dev.backline.cli.explain;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Printable;
import dev.backline.cli.symbolize.SourceLinks;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation;
import dev.backline.debugfiles.KernelRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the pages of explanations, with source lines where {@code --source} asks for them. Not thread-safe. */
final class PageMaker {
    /** The most files whose absence is complained about. */
    private static final int MAX_MISSING = 20;

    private final @Nullable Path tree;
    private final int context;
    private final boolean all;
    private final @Nullable SourceLinks links;
    private final Console console;
    private final Set<String> missing = new HashSet<>();

    PageMaker(ExplainOptions options, Console console) {
        tree = options.source();
        context = options.context();
        all = options.all();
        links = options.print().links();
        this.console = console;
    }

    /** {@return the page of an explanation} Complains once about each source file that cannot be read. */
    CrashPage page(String input, Explanation explanation) throws IOException {
        return CrashPage.of(input, explanation, source(explanation), all);
    }

    private @Nullable SourceLines source(Explanation explanation) throws IOException {
        Path root = tree;
        if (root == null) {
            return null;
        }
        Explanation.Culprit culprit = explanation.culprit();
        Explanation.Place place = explanation.place();
        // The place can be in a helper of a header, such as list_add(): the line to blame says more.
        String blamed = culprit == null || culprit.line() == 0 ? null : culprit.file();
        String trapped = place == null || place.line() == 0 ? null : place.file();
        SourceLines lines = null;
        if (culprit != null && blamed != null) {
            lines = source(root, blamed, culprit.line(), explanation);
        }
        if (place != null && trapped != null && lines == null) {
            lines = source(root, trapped, place.line(), explanation);
        }
        String wanted = blamed == null ? trapped : blamed;
        if (lines == null && wanted != null && missing.size() < MAX_MISSING && missing.add(wanted)) {
            console.complain("backline: no source for " + Printable.of(wanted) + " below "
                    + Printable.of(root.toString()) + "; --source needs the sources of that kernel or module");
        }
        return lines;
    }

    private @Nullable SourceLines source(Path root, String file, int line, Explanation explanation) {
        try {
            return SourceLines.of(root, file, line, explanation, context);
        } catch (IOException e) {
            return null;
        }
    }

    /** {@return the URL of the place; null without {@code --links}, or if it is not known} */
    @Nullable
    String url(Explanation explanation) {
        Explanation.Place place = explanation.place();
        return links == null || place == null
                ? null
                : links.url(place.file(), place.line(), sources(explanation.report()));
    }

    /** {@return the kernel whose sources a report is about; null if unknown} */
    static @Nullable KernelRelease sources(CrashReport report) {
        String release = report.release();
        return release == null ? null : new KernelRelease(release, release + " " + report.version());
    }
}
