package dev.backline.cli.symbolize;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Printable;
import dev.backline.symbolize.SourceFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prints the source lines of frames where {@code --source} asks for them. Not thread-safe. */
final class SourcePrinter {
    private final Console console;
    private static final byte[] NOTHING = {};

    private final @Nullable Path tree;
    private final int context;
    private final Set<String> unreadable = new HashSet<>();

    SourcePrinter(PrintOptions options, Console console) {
        this.console = console;
        this.tree = options.source();
        this.context = options.context();
    }

    /** {@return whether {@code --source} was given} */
    boolean isAsked() {
        return tree != null;
    }

    /** {@return the lines around the frame's line} Complains once about each file that cannot be read. */
    byte[] text(SourceFrame frame) throws IOException {
        Path root = tree;
        String path = frame.path();
        if (root == null || path == null || frame.line() == 0) {
            return NOTHING;
        }
        SourceListing listing;
        try {
            listing = SourceListing.around(SourceTree.file(root, path), frame.line(), context);
        } catch (IOException e) {
            if (unreadable.add(path)) {
                console.complain("backline: no source for " + Printable.of(path) + " below "
                        + Printable.of(root.toString()) + "; --source needs the source tree of that kernel");
            }
            return NOTHING;
        }
        return listing.text();
    }
}
