package dev.backline.diagnose;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One frame of an event's stack, resolved as far as it could be.
 *
 * @param line of the capture it stands in, from 1
 * @param place as the capture names it: {@code tcp_v4_rcv+0x99b/0xee0}
 * @param functions innermost first: those inlined there, then the function itself; without compilers' suffixes ({@link
 *     #plain}). Empty when nothing is known of the frame
 * @param source file and line of the innermost, null when unknown
 * @param sure false where the tool that printed it is not: SystemTap's {@code (inexact)}
 * @param call what the debug information says of the call it returns to; null when it says nothing, or for the first frame
 */
public record CallStep(
        long line,
        String place,
        List<String> functions,
        @Nullable String source,
        boolean sure,
        @Nullable CallFacts call) {
    public CallStep {
        functions = List.copyOf(functions);
    }

    /**
     * {@return the symbol without what compilers put behind it: {@code .isra.0}, {@code .constprop.0}, {@code
     * .part.0}, {@code .cold}}
     *
     * @param symbol as the symbol table has it
     */
    public static String plain(String symbol) {
        int point = symbol.indexOf('.', 1);
        return point < 0 ? symbol : symbol.substring(0, point);
    }

    /**
     * {@return the same step in a stack that stands further down}
     *
     * @param lines how many lines further down; below 0 further up
     */
    public CallStep movedBy(long lines) {
        return new CallStep(line + lines, place, functions, source, sure, call);
    }

    boolean isIn(String function) {
        return functions.contains(function);
    }
}
