package dev.backline.cli.explain;

import dev.backline.crash.Explanation;
import java.io.IOException;

/** Writes explanations in one format. */
interface ExplanationWriter {
    /**
     * Takes the next explanation.
     *
     * @param input the log's name as given, {@code -} for standard input
     */
    void write(String input, Explanation explanation) throws IOException;

    /** Writes what follows the last explanation. */
    void finish() throws IOException;
}
