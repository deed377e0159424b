package dev.backline.symbolize;

import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why frames of a log have no source line: each reason once, with the number of its frames. Memory is bounded: after a few
 * reasons of one kind the others of that kind are only counted. Not thread-safe.
 */
public final class UnresolvedFrames {
    /** How many reasons of one kind are kept as text. */
    private static final int MAX_REASONS = 4;

    private final Map<String, Long> framesByReason = new LinkedHashMap<>();
    private final Map<String, Integer> reasonsByKind = new LinkedHashMap<>();
    private final Map<String, Long> othersByKind = new LinkedHashMap<>();

    /** No frames yet. */
    public UnresolvedFrames() {}

    /**
     * Counts a frame, unless it is resolved.
     *
     * @param frame from a {@link LogSymbolizer}
     */
    public void add(LogFrame frame) {
        if (frame.resolution() instanceof Resolved) {
            return;
        }
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
        if (framesByReason.containsKey(reason) || reasonsByKind.merge(kind, 1, Integer::sum) <= MAX_REASONS) {
            framesByReason.merge(reason, 1L, Long::sum);
        } else {
            othersByKind.merge(kind, 1L, Long::sum);
        }
    }

    /** {@return whether every frame so far is resolved} */
    public boolean isEmpty() {
        return framesByReason.isEmpty();
    }

    /** {@return the number of frames by their reason, in the order of the log} */
    public Map<String, Long> framesByReason() {
        return new LinkedHashMap<>(framesByReason);
    }

    /** {@return the number of frames whose reasons were not kept, by the id of the kind of reason} */
    public Map<String, Long> othersByKind() {
        return new LinkedHashMap<>(othersByKind);
    }

    /** {@return the reasons as sentences for a person} */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        framesByReason.forEach((reason, count) -> sentences.add(frames(count) + ": " + reason));
        othersByKind.forEach((kind, count) -> sentences.add(frames(count) + " more: " + kind));
        return sentences;
    }

    private static String frames(long count) {
        return count == 1 ? "1 frame" : count + " frames";
    }
}
