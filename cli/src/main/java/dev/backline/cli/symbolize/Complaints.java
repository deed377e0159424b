package dev.backline.cli.symbolize;

import dev.backline.cli.console.Count;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.symbolize.UnresolvedFrames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Why places have no source line: each reason once, with its queries or the number of its frames. */
public final class Complaints {
    private final Map<String, String> queriesByReason = new LinkedHashMap<>();
    private final UnresolvedFrames frames = new UnresolvedFrames();
    private boolean any;
    private boolean missingFile;

    /**
     * Notes why a query has no source line.
     *
     * @param isWord whether the query is a word that could have been the name of a file
     */
    public void note(Answer answer, boolean isWord, SymbolizeOptions.Format format) {
        any |= !answer.isResolved();
        if (answer.resolution() instanceof Unresolved unresolved) {
            Resolution.Reason kind = unresolved.reason();
            boolean isNothing =
                    isWord && (kind == Resolution.Reason.SYMBOL_NOT_FOUND || kind == Resolution.Reason.NOT_CODE);
            missingFile |= isNothing;
            String reason = (isNothing ? "there is no file of that name, and " : "") + unresolved.text();
            queriesByReason.merge(reason, answer.text(), (before, text) -> before + ", " + text);
        } else if (answer.resolution() instanceof Resolved resolved) {
            String damage = resolved.damage();
            if (damage != null) {
                queriesByReason.merge(damage, answer.text(), (before, text) -> before + ", " + text);
            }
        } else if (answer.resolution() instanceof Ambiguous ambiguous && format == SymbolizeOptions.Format.TEXT) {
            String reason = ambiguous.candidates().size() + " functions match; add the function's size to choose one"
                    + " (func+0x12/0x345)";
            queriesByReason.merge(reason, answer.text(), (before, text) -> before + ", " + text);
        }
    }

    public void note(LogFrame frame) {
        frames.add(frame);
    }

    /** {@return whether a word is neither a file nor a place} */
    public boolean missingFile() {
        return missingFile;
    }

    public boolean any() {
        return any || !frames.isEmpty();
    }

    /** {@return the messages, one sentence each} */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        // No lambdas: they are linked at run time, also for a query that has nothing to complain about.
        for (Map.Entry<String, String> each : queriesByReason.entrySet()) {
            sentences.add(each.getValue() + ": " + each.getKey());
        }
        for (Map.Entry<String, Long> each : frames.framesByReason().entrySet()) {
            String examples = frames.examples(each.getKey());
            sentences.add(Count.of(each.getValue(), "frame") + (examples.isEmpty() ? "" : " (" + examples + ")") + ": "
                    + each.getKey());
        }
        for (Map.Entry<String, Long> each : frames.othersByKind().entrySet()) {
            sentences.add(
                    Count.of(each.getValue(), "frame") + " more: " + each.getKey() + "; --format json says which");
        }
        return sentences;
    }
}
