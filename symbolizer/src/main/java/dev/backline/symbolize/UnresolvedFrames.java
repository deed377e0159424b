package dev.backline.symbolize;

import dev.backline.io.Hex;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.FrameReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reasons why frames of a log have no source line: each reason once, with its number of frames and examples of them.
 * After a few reasons of one kind, further frames of this kind are only counted, so that memory is bounded. Not
 * thread-safe.
 */
public final class UnresolvedFrames {
    /** The most reasons per kind that are kept as text. */
    private static final int MAX_REASONS = 4;

    private static final int MAX_EXAMPLES = 3;

    /** The longest name in an example. */
    private static final int MAX_NAME = 100;

    private final Map<String, Long> framesByReason = new LinkedHashMap<>();
    private final Map<String, Set<String>> examplesByReason = new LinkedHashMap<>();
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
        String example;
        if (frame.resolution() instanceof Ambiguous) {
            kind = "ambiguous";
            reason = "several functions have this name, and the trace does not distinguish them";
            example = subject(frame.frame().reference());
        } else {
            Unresolved unresolved = (Unresolved) frame.resolution();
            kind = unresolved.reason().id();
            reason = unresolved.message();
            example = example(frame.frame().reference(), unresolved);
        }
        if (!framesByReason.containsKey(reason) && reasonsByKind.merge(kind, 1, Integer::sum) > MAX_REASONS) {
            othersByKind.merge(kind, 1L, Long::sum);
            return;
        }
        framesByReason.merge(reason, 1L, Long::sum);
        Set<String> examples = examplesByReason.computeIfAbsent(reason, key -> new LinkedHashSet<>());
        if (example != null && examples.size() <= MAX_EXAMPLES) {
            examples.add(example);
        }
    }

    /** The frame if the reason is about the frame; null if it is about a file. */
    private static @Nullable String example(FrameReference reference, Unresolved unresolved) {
        String detail = unresolved.detail();
        if (detail != null) {
            return subject(reference) + ", " + detail;
        }
        return switch (unresolved.reason()) {
            case SYMBOL_NOT_FOUND, NO_LINE, NOT_CODE -> subject(reference);
            case SIZE_MISMATCH, MODULE_NOT_FOUND, NO_DEBUG_INFO, BUILD_MISMATCH -> null;
        };
    }

    private static String subject(FrameReference reference) {
        String symbol = reference.symbol();
        Long address = reference.address();
        if (symbol == null) {
            return address == null ? "?" : Hex.text(address);
        }
        String name = symbol.length() <= MAX_NAME ? symbol : symbol.substring(0, MAX_NAME) + "…";
        Long offset = reference.offset();
        if (offset == null) {
            return address == null ? name : name + " at " + Hex.text(address);
        }
        return name + "+" + Hex.text(offset);
    }

    /** {@return whether every frame so far is resolved} */
    public boolean isEmpty() {
        return framesByReason.isEmpty();
    }

    /** {@return the number of frames by their reason, in the order of the log} */
    public Map<String, Long> framesByReason() {
        return new LinkedHashMap<>(framesByReason);
    }

    /**
     * {@return frames with a reason, separated by commas; empty if the reason is not about single frames}
     *
     * @param reason a key of {@link #framesByReason()}
     */
    public String examples(String reason) {
        List<String> examples = new ArrayList<>(examplesByReason.getOrDefault(reason, Set.of()));
        if (examples.size() > MAX_EXAMPLES) {
            examples.set(MAX_EXAMPLES, "…");
        }
        return String.join(", ", examples);
    }

    /** {@return the number of frames whose reason is not kept, by the id of its kind} */
    public Map<String, Long> othersByKind() {
        return new LinkedHashMap<>(othersByKind);
    }

    /** {@return the reasons as sentences for a person} */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        framesByReason.forEach((reason, count) -> {
            String examples = examples(reason);
            sentences.add(frames(count) + (examples.isEmpty() ? "" : " (" + examples + ")") + ": " + reason);
        });
        othersByKind.forEach((kind, count) -> sentences.add(frames(count) + " more: " + kind));
        return sentences;
    }

    private static String frames(long count) {
        return count == 1 ? "1 frame" : count + " frames";
    }
}
