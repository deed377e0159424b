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
        try {
            return SourceLines.of(root, explanation, context);
        } catch (IOException e) {
            Explanation.Place place = explanation.place();
            String file = place == null ? null : place.file();
            if (file != null && missing.size() < MAX_MISSING && missing.add(file)) {
                console.complain("backline: no source for " + Printable.of(file) + " below "
                        + Printable.of(root.toString()) + "; --source needs the sources of that kernel or module");
            }
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
