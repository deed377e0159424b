package dev.backline.symbolize;

import dev.backline.io.Internal;
import dev.backline.io.OutputBudget;
import dev.backline.symbolize.Resolution.Ambiguous;
import dev.backline.symbolize.Resolution.Resolved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts answers where a small file makes many long ones: thousands of calls that are inlined into each other, thousands of
 * functions of one name, names of megabytes. No compiler writes such files. Thread-safe.
 */
@Internal
public final class AnswerBudget {
    /** Why an answer does not have all of its frames. */
    static final String CUT =
            "the answers are many times as long as the log and the debug files, so long ones are cut: they have calls"
                    + " that are inlined into each other, functions of one name, or long names by the thousand";

    /** What the formats print of a frame besides its names. */
    private static final int FRAME = 100;

    /** The length to which a name is cut. */
    private static final int NAME = 100;

    private final OutputBudget budget = new OutputBudget(0);

    /** The files whose size is part of the budget. */
    private final Set<String> files = ConcurrentHashMap.newKeySet();

    private volatile boolean hasCut;

    /** A budget for the answers to one log, or to one list of queries. */
    public AnswerBudget() {}

    /**
     * Takes note of a line with frames, or of a query.
     *
     * @param length of its text
     */
    public void read(int length) {
        budget.read(length);
    }

    /** {@return whether an answer was cut} */
    boolean hasCut() {
        return hasCut;
    }

    /**
     * {@return the answer, cut if all answers together are too long}
     *
     * @param answer the answer to one reference
     * @param file where it comes from; null if it comes from no file
     */
    public Resolution bounded(Resolution answer, @Nullable Symbolizer file) {
        if (file == null) {
            return answer;
        }
        if (files.add(file.data().name())) {
            budget.read(size(file.data().path()));
        }
        if (budget.take(weight(answer))) {
            return answer;
        }
        hasCut = true;
        if (answer instanceof Ambiguous ambiguous) {
            List<Resolution> kept = new ArrayList<>();
            long weight = 0;
            for (Resolution each : ambiguous.candidates()) {
                Resolution candidate = cut(each);
                weight += FRAME + weight(candidate);
                if (weight > OutputBudget.USUAL && kept.size() > 1) {
                    break;
                }
                kept.add(candidate);
            }
            return new Ambiguous(kept);
        }
        return cut(answer);
    }

    private static long size(@Nullable Path path) {
        try {
            return path == null ? 0 : Files.size(path);
        } catch (IOException e) {
            // The file is gone: its answers are as those of an empty one.
            return 0;
        }
    }

    private static long weight(Resolution answer) {
        if (answer instanceof Ambiguous ambiguous) {
            long weight = 0;
            for (Resolution each : ambiguous.candidates()) {
                weight += FRAME + weight(each);
            }
            return weight;
        }
        if (!(answer instanceof Resolved resolved)) {
            return 0;
        }
        long weight = length(resolved.symbol());
        List<SourceFrame> frames = resolved.frames();
        for (int i = 0; i < frames.size(); i++) {
            weight += weight(frames.get(i));
        }
        return weight;
    }

    private static long weight(SourceFrame frame) {
        long names = (long) length(frame.linkageName()) + frame.nameOr("").length();
        return FRAME + names + length(frame.file()) + length(frame.path());
    }

    private static int length(@Nullable String name) {
        return name == null ? 0 : name.length();
    }

    /** An answer of about the usual length: the innermost frames, and the outermost one, which no call is inlined into. */
    private static Resolution cut(Resolution answer) {
        if (!(answer instanceof Resolved resolved)) {
            return answer;
        }
        List<SourceFrame> kept = new ArrayList<>();
        List<SourceFrame> frames = resolved.frames();
        SourceFrame outermost = cut(frames.get(frames.size() - 1));
        long weight = weight(outermost);
        for (SourceFrame each : frames.subList(0, frames.size() - 1)) {
            SourceFrame frame = cut(each);
            weight += weight(frame);
            if (weight > OutputBudget.USUAL) {
                break;
            }
            kept.add(frame);
        }
        kept.add(outermost);
        SourceFrame exact = resolved.exact();
        return new Resolved(
                cut(resolved.symbol()),
                resolved.offset(),
                resolved.size(),
                resolved.address(),
                kept,
                exact == null ? null : cut(exact),
                resolved.damage());
    }

    private static SourceFrame cut(SourceFrame frame) {
        // A linkage name can be much shorter than the name that it stands for
        boolean isLong = frame.nameOr("").length() > NAME;
        return new SourceFrame(
                cut(isLong ? frame.nameOr("") : frame.function()),
                isLong ? null : cut(frame.linkageName()),
                cut(frame.file()),
                cut(frame.path()),
                frame.line(),
                frame.column(),
                frame.discriminator(),
                frame.inlined(),
                frame.approximate());
    }

    private static @Nullable String cut(@Nullable String name) {
        return name == null || name.length() <= NAME ? name : name.substring(0, NAME) + "…";
    }
}
