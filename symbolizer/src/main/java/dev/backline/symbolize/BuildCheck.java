package dev.backline.symbolize;

import dev.backline.debugfiles.DebugFile;
import dev.backline.symbolize.Resolution.Reason;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.Resolution.Unresolved;
import dev.backline.trace.FrameReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the sizes of functions in a log prove that a debug file is from another build. Three functions of a wrong size
 * are a proof, unless at least 100 functions have the right size for each function with a wrong one; fewer are a proof
 * if no function has the right size. Otherwise only the frames with the wrong sizes are refused: they can be damaged or
 * from other code, such as a live patch or a part of a function that the compiler split off. Between neighbouring stable
 * updates, 1 function in 34 differs in size (Debian's
 * 6.1.0-50-cloud-amd64 and 6.1.0-56-cloud-amd64: 1,338 of 45,873), between 6.1 and 6.12 every second one. Not
 * thread-safe.
 */
final class BuildCheck {
    /** The least functions of the right size for one function of a wrong size. */
    private static final int LEAST_RIGHT = 100;

    /** The least functions of a wrong size that prove another build beside functions of the right size. */
    private static final int LEAST_WRONG = 3;

    /** The most functions that are told apart, so that memory is bounded. */
    private static final int MAX_FUNCTIONS = 1 << 16;

    private final Map<DebugFile, Evidence> evidence = new HashMap<>();

    /** What else can be done about a file of another build, as the end of a message. */
    private final String remedy;

    /** The file of the last question and its evidence: an identity hash costs as much as many a frame. */
    private @Nullable DebugFile last;

    private @Nullable Evidence ofLast;

    BuildCheck(String remedy) {
        this.remedy = remedy;
    }

    /** Functions by the hashes of their names, because names in a hostile log can be very long. */
    private static final class Evidence {
        final Set<Integer> right = new HashSet<>();
        final Set<Integer> wrong = new HashSet<>();
        long answers;

        @Nullable
        String proof;

        boolean isOtherBuild() {
            return !wrong.isEmpty()
                    && (right.isEmpty()
                            || (wrong.size() >= LEAST_WRONG && right.size() < (long) LEAST_RIGHT * wrong.size()));
        }
    }

    /**
     * Takes a frame as evidence.
     *
     * @param file the file that was searched
     * @param traced the frame as written in the log
     * @param found the file's answer
     * @return whether the verdict about the file has changed
     */
    boolean add(DebugFile file, FrameReference traced, Resolution found) {
        String symbol = traced.symbol();
        Long size = traced.size();
        Long offset = traced.offset();
        if (symbol == null || size == null || size == 0 || offset == null || Long.compareUnsigned(offset, size) > 0) {
            return false;
        }
        Evidence of = of(file);
        if (of == null) {
            of = new Evidence();
            evidence.put(file, of);
            last = null;
        }
        boolean before = of.isOtherBuild();
        if (found instanceof Resolved) {
            add(of.right, symbol);
        } else if (found instanceof Unresolved wrong && wrong.reason() == Reason.SIZE_MISMATCH) {
            add(of.wrong, symbol);
            if (of.proof == null) {
                of.proof = wrong.message()
                        + remedy
                        + (of.answers == 0
                                ? ""
                                : "; the log shows this late: the source lines before this frame can be wrong too");
            }
        }
        return before != of.isOtherBuild();
    }

    private @Nullable Evidence of(DebugFile file) {
        if (!file.equals(last)) {
            last = file;
            ofLast = evidence.get(file);
        }
        return ofLast;
    }

    private static void add(Set<Integer> functions, String symbol) {
        if (functions.size() < MAX_FUNCTIONS) {
            functions.add(symbol.hashCode());
        }
    }

    /** Counts a frame that was answered from the file. */
    void answered(DebugFile file) {
        Evidence of = of(file);
        if (of != null) {
            of.answers++;
        }
    }

    /** {@return the proof that the file is from another build, as a message; null if there is none} */
    @Nullable
    String proof(DebugFile file) {
        Evidence of = of(file);
        return of != null && of.isOtherBuild() ? of.proof : null;
    }

    /** Forgets everything, because another kernel was booted. */
    void clear() {
        evidence.clear();
        last = null;
        ofLast = null;
    }
}
