package dev.backline.diagnose;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One frame of an event's stack, resolved as far as possible.
 *
 * @param line the line of the capture that has the frame, from 1
 * @param place the frame as the capture names it: {@code tcp_v4_rcv+0x99b/0xee0}
 * @param functions innermost first: the inlined functions, then the function itself; without compilers' suffixes ({@link
 *     #plain}). Empty when the function is not known
 * @param source file and line of the innermost function, null when unknown
 * @param sure false where the tool that printed the frame was not certain: SystemTap's {@code (inexact)}
 * @param call the call that the frame returns to; null when the debug information does not describe it, or for the first frame
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
     * {@return the symbol without the suffixes that compilers append: {@code .isra.0}, {@code .constprop.0}, {@code
     * .part.0}, {@code .cold}}
     *
     * @param symbol as the symbol table has it
     */
    public static String plain(String symbol) {
        int point = symbol.indexOf('.', 1);
        return point < 0 ? symbol : symbol.substring(0, point);
    }

    /**
     * {@return the same step in a stack further down in the capture}
     *
     * @param lines how many lines further down; negative means further up
     */
    public CallStep movedBy(long lines) {
        return new CallStep(line + lines, place, functions, source, sure, call);
    }

    boolean isIn(String function) {
        return functions.contains(function);
    }
}
