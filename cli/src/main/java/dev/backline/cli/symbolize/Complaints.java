package dev.backline.cli.symbolize;

import dev.backline.cli.console.Count;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Why places have no answer, each reason once, with the queries or the number of frames it goes for. */
public final class Complaints {
    /** Of each kind of reason so many are told in words; the others, which name other places, are counted. */
    private static final int TOLD = 4;

    private final Map<String, String> queriesByReason = new LinkedHashMap<>();
    private final Map<String, Long> framesByReason = new LinkedHashMap<>();
    private final Map<String, Integer> toldByKind = new LinkedHashMap<>();
    private final Map<String, Long> othersByKind = new LinkedHashMap<>();
    private boolean any;

    public void note(Answer answer, SymbolizeOptions.Format format) {
        any |= !answer.isResolved();
        if (answer.resolution() instanceof Unresolved unresolved) {
            queriesByReason.merge(unresolved.message(), answer.text(), (before, text) -> before + ", " + text);
        } else if (answer.resolution() instanceof Ambiguous ambiguous && format == SymbolizeOptions.Format.TEXT) {
            String reason = ambiguous.candidates().size() + " functions of that name fit; add the size, as in"
                    + " func+0x12/0x345, to tell them apart";
            queriesByReason.merge(reason, answer.text(), (before, text) -> before + ", " + text);
        }
    }

    public void note(LogFrame frame) {
        if (frame.resolution() instanceof Resolved) {
            return;
        }
        any = true;
        String kind;
        String reason;
        if (frame.resolution() instanceof Ambiguous ambiguous) {
            kind = "ambiguous";
            reason = ambiguous.candidates().size() + " functions are called "
                    + frame.frame().reference().symbol() + ", and the trace does not tell them apart";
        } else {
            Unresolved unresolved = (Unresolved) frame.resolution();
            kind = unresolved.reason().id();
            reason = unresolved.message();
        }
        if (framesByReason.containsKey(reason) || toldByKind.merge(kind, 1, Integer::sum) <= TOLD) {
            framesByReason.merge(reason, 1L, Long::sum);
        } else {
            othersByKind.merge(kind, 1L, Long::sum);
        }
    }

    public boolean any() {
        return any;
    }

    /** {@return what is to be said, a sentence each} */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        queriesByReason.forEach((reason, queries) -> sentences.add(queries + ": " + reason));
        framesByReason.forEach((reason, count) -> sentences.add(Count.of(count, "frame") + ": " + reason));
        othersByKind.forEach((kind, count) ->
                sentences.add(Count.of(count, "frame") + " more: " + kind + "; --format json says which"));
        return sentences;
    }
}
