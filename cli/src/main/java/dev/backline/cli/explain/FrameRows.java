package dev.backline.cli.explain;

import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.summary.SkippedFrames;
import dev.backline.io.Hex;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a report, folded to what matters: entry code, page faults, the kernel's own reporting, repeated and doubtful
 * frames become one row for each run of them.
 */
final class FrameRows {
    /** The most rows that are not folded. */
    private static final int FEW = 12;

    private static final int MANY = 200;

    private static final String ENTRY = "entry code";
    private static final String REPORTING = "crash reporting";
    private static final String PAGE_FAULT = "page fault";
    private static final String DOUBTFUL = "doubtful (?)";
    private static final String REPEATED = "repeated";

    /**
     * One row.
     *
     * @param text the frame as the log has it; for folded frames what they are
     * @param place its source line; null if unknown
     * @param inlined the functions inlined at this place, innermost first, each with its line
     * @param culprit whether it is the function to blame
     * @param folded whether the row stands for several frames
     */
    record Row(String text, @Nullable String place, List<String> inlined, boolean culprit, boolean folded) {
        Row {
            inlined = List.copyOf(inlined);
        }
    }

    private FrameRows() {}

    /**
     * {@return the rows of frames}
     *
     * @param all whether no frame is folded
     */
    static List<Row> of(List<LogFrame> frames, @Nullable Culprit culprit, boolean all) {
        return of(frames, culprit, all, all ? MANY : FEW);
    }

    /**
     * {@return the rows of frames}
     *
     * @param most how many rows are not folded
     */
    static List<Row> of(List<LogFrame> frames, @Nullable Culprit culprit, int most) {
        return of(frames, culprit, false, most);
    }

    private static List<Row> of(List<LogFrame> frames, @Nullable Culprit culprit, boolean all, int most) {
        List<Row> rows = new ArrayList<>();
        Set<String> kinds = new TreeSet<>();
        int folded = 0;
        int blamed = culprit == null ? -1 : blamed(frames, culprit.function());
        LogFrame above = null;
        int written = 0;
        int left = 0;
        for (int i = 0; i < frames.size(); i++) {
            LogFrame frame = frames.get(i);
            boolean blame = i == blamed;
            LogFrame before = above;
            above = frame;
            String kind = all || blame ? null : kind(frame);
            if (!all && !blame && before != null && text(frame).equals(text(before))) {
                // The program counter is often the first frame of the trace too.
                if (before.reference().pc() == Pc.EXACT) {
                    continue;
                }
                kind = kind == null ? REPEATED : kind;
            }
            if (kind != null) {
                kinds.add(kind);
                folded++;
                continue;
            }
            if (written == most && !blame) {
                left++;
                continue;
            }
            if (folded > 0) {
                rows.add(folded(folded, String.join(", ", kinds)));
                folded = 0;
                kinds.clear();
            }
            written++;
            rows.add(row(frame, blame, all));
        }
        if (left > 0) {
            rows.add(folded(folded + left, all ? "left out" : "further down"));
        } else if (folded > 0) {
            rows.add(folded(folded, String.join(", ", kinds)));
        }
        return rows;
    }

    private static Row folded(int count, String what) {
        return new Row("… " + (count == 1 ? "1 frame" : count + " frames") + ": " + what, null, List.of(), false, true);
    }

    private static Row row(LogFrame frame, boolean culprit, boolean all) {
        List<String> inlined = new ArrayList<>();
        String place = null;
        if (frame.resolution() instanceof Resolved resolved) {
            List<SourceFrame> chain = resolved.frames();
            SourceFrame outermost = chain.get(chain.size() - 1);
            place = outermost.path() == null ? null : place(outermost.path(), outermost.line());
            if (culprit || all) {
                for (SourceFrame each : chain.subList(0, chain.size() - 1)) {
                    inlined.add(each.nameOr("??") + (each.path() == null ? "" : " " + place(each.path(), each.line())));
                }
            }
        }
        return new Row((frame.frame().reliable() ? "" : "? ") + text(frame), place, inlined, culprit, false);
    }

    /** {@return {@code FILE:LINE}; without a line, {@code FILE}} */
    static String place(String path, int line) {
        return line == 0 ? path : path + ":" + line;
    }

    /** {@return a frame as logs print it} */
    static String text(LogFrame frame) {
        FrameReference reference = frame.frame().reference();
        StringBuilder text = new StringBuilder();
        if (reference.symbol() != null) {
            text.append(reference.symbol());
        }
        Long offset = reference.offset();
        if (offset != null) {
            text.append('+').append(Hex.text(offset));
            Long size = reference.size();
            if (size != null) {
                text.append('/').append(Hex.text(size));
            }
        }
        Long address = reference.address();
        if (text.isEmpty() && address != null) {
            text.append(Hex.text(address));
        }
        if (frame.module() != null) {
            text.append(" [").append(frame.module()).append(']');
        }
        return text.toString();
    }

    /** The index of the first frame of a function. Reliable frames come first; -1 if no frame is of the function. */
    private static int blamed(List<LogFrame> frames, String function) {
        int doubtful = -1;
        for (int i = 0; i < frames.size(); i++) {
            if (hasFunction(frames.get(i), function)) {
                if (frames.get(i).frame().reliable()) {
                    return i;
                }
                doubtful = doubtful < 0 ? i : doubtful;
            }
        }
        return doubtful;
    }

    private static boolean hasFunction(LogFrame frame, String function) {
        if (frame.resolution() instanceof Resolved resolved) {
            for (SourceFrame each : resolved.frames()) {
                if (function.equals(each.function())) {
                    return true;
                }
            }
        }
        return function.equals(baseName(frame));
    }

    /** The name without the suffixes of compilers: {@code .isra.0}, {@code .cold}. */
    private static String baseName(LogFrame frame) {
        String symbol = frame.frame().reference().symbol();
        if (symbol == null) {
            return "";
        }
        int dot = symbol.indexOf('.', 1);
        return dot < 0 ? symbol : symbol.substring(0, dot);
    }

    private static @Nullable String kind(LogFrame frame) {
        if (!frame.frame().reliable()) {
            return DOUBTFUL;
        }
        // A module's function of such a name is not the kernel's.
        if (frame.module() != null) {
            return null;
        }
        String name = baseName(frame);
        if (SkippedFrames.isReporting(name)) {
            return REPORTING;
        }
        if (SkippedFrames.isEntry(name)) {
            return ENTRY;
        }
        return SkippedFrames.isPageFault(name) ? PAGE_FAULT : null;
    }
}
