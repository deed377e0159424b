package dev.backline.symbolize;

import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reasons why frames of a log have no source line: each reason once, with its number of frames. After a few reasons
 * of one kind, further frames of this kind are only counted, so that memory is bounded. Not thread-safe.
 */
public final class UnresolvedFrames {
    /** The most reasons per kind that are kept as text. */
    private static final int MAX_REASONS = 4;

    private final Map<String, Long> framesByReason = new LinkedHashMap<>();
    private final Map<String, Integer> reasonsByKind = new LinkedHashMap<>();
    private final Map<String, Long> othersByKind = new LinkedHashMap<>();

    /** Creates an empty collection. */
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
            reason = ambiguous.candidates().size() + " functions are named "
                    + frame.frame().reference().symbol() + ", and the trace does not distinguish them";
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

    /** {@return the number of frames whose reason is not kept, by the id of its kind} */
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
