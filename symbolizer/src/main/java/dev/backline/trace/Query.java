package dev.backline.trace;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import org.jspecify.annotations.Nullable;

/**
 * Reads places as people type them or copy them from a debugger or a trace: {@code *f+16}, {@code list *(f+0x10)},
 * {@code f()+0x10}, {@code f + 0x10}, {@code bridge!f+0x10}, {@code f+0x10 [bridge}, {@code [<ffffffff81acc3f0>]}. No regular
 * expressions and no lambdas: their first use takes longer than a lookup.
 */
public final class Query {
    private static final String SPECIAL = "()*&!<>'\"`";

    /** The kernel's code segments on x86, also below Xen, which registers print before the function. */
    private static final String[] CODE_SEGMENTS = {"0010", "0018", "0060", "0061", "e030", "e033"};

    /** What compilers append to the name of a copy or a part of a function. */
    private static final String[] SUFFIXES = {
        "isra", "part", "constprop", "cold", "llvm", "lto_priv", "localalias", "cfi", "cfi_jt", "kcfi", "clone"
    };

    /** Longer texts are hostile: names have at most 4096 characters. */
    private static final int LONGEST = 1 << 13;

    private static final int SHORTEST_ADDRESS = 8;
    private static final int LONGEST_ADDRESS = 16;

    private Query() {}

    /**
     * Parses a place: what {@link FrameReference#parse} accepts, and the same with the marks of other tools around it.
     *
     * @param text the place
     * @return the reference; null if the text is not a place, or is a single word that can be the name of a file
     */
    public static @Nullable FrameReference parse(String text) {
        String place = withoutEnd(text.strip());
        FrameReference strict = FrameReference.parse(place);
        if ((strict != null && isPlain(strict)) || place.length() > LONGEST) {
            return strict;
        }
        String bare = unwrapped(place);
        FrameReference found = withOffset(bare);
        return found == null && !bare.equals(place) ? parseWord(bare) : found;
    }

    /**
     * Parses a single word that can be the name of a file too: a function without an offset, for the function's start, an
     * address without 0x, or {@code f:0x10}.
     *
     * @param text the word
     * @return the reference; null if the text cannot be a place
     */
    public static @Nullable FrameReference parseWord(String text) {
        String word = text.strip();
        if (isAddress(word)) {
            return FrameReference.parse("0x" + word);
        }
        int colon = word.lastIndexOf(':');
        if (colon > 0 && word.startsWith("0x", colon + 1)) {
            return isFunction(word, 0, colon)
                    ? FrameReference.parse(word.substring(0, colon) + "+" + word.substring(colon + 1))
                    : null;
        }
        int bang = word.indexOf('!');
        if (bang >= 0) {
            word = word.substring(0, bang) + ":" + word.substring(bang + 1);
        }
        int blank = blank(word, 0);
        int start = blank < 0 ? Math.max(colon, bang) + 1 : 0;
        int end = blank < 0 ? word.length() : blank;
        if (!isFunction(word, start, end)) {
            return null;
        }
        return FrameReference.parse(word.substring(0, end) + "+0x0" + word.substring(end));
    }

    /** Whether a name has no marks of other tools, and a module's name is not a code segment. */
    private static boolean isPlain(FrameReference reference) {
        String symbol = reference.symbol();
        for (int i = 0; symbol != null && i < symbol.length(); i++) {
            if (SPECIAL.indexOf(symbol.charAt(i)) >= 0) {
                return false;
            }
        }
        String module = reference.module();
        return module == null || !isCodeSegment(module);
    }

    private static boolean isCodeSegment(String word) {
        for (String segment : CODE_SEGMENTS) {
            if (segment.equals(word)) {
                return true;
            }
        }
        return false;
    }

    /** Removes punctuation after a place. */
    private static String withoutEnd(String text) {
        int end = text.length();
        while (end > 0 && ":,;".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(0, end).strip();
    }

    /** Removes brackets, quotes and a debugger's command around a place. */
    private static String unwrapped(String text) {
        String bare = text;
        String before;
        do {
            before = bare;
            int length = bare.length();
            if (length > 1 && isPair(bare.charAt(0), bare.charAt(length - 1))) {
                bare = bare.substring(1, length - 1).strip();
            } else if (length > 0 && "*&".indexOf(bare.charAt(0)) >= 0) {
                bare = bare.substring(1).strip();
            } else {
                int star = bare.indexOf(" *");
                bare = star > 0 ? bare.substring(star + 2).strip() : bare;
            }
        } while (!bare.equals(before));
        return bare;
    }

    private static boolean isPair(char first, char last) {
        return switch (first) {
            case '(' -> last == ')';
            case '<' -> last == '>';
            case '[' -> last == ']';
            case '\'', '"', '`' -> last == first;
            default -> false;
        };
    }

    private static @Nullable FrameReference withOffset(String bare) {
        int plus = bare.indexOf('+');
        if (plus < 0) {
            return FrameReference.parse(bare);
        }
        String function = bare.substring(0, plus).strip();
        if (function.endsWith("()")) {
            function = function.substring(0, function.length() - 2).strip();
        }
        int bang = function.indexOf('!');
        if (bang > 0) {
            function = function.substring(0, bang) + ":" + function.substring(bang + 1);
        }
        boolean exact = function.indexOf(':') == 4 && isCodeSegment(function.substring(0, 4));
        if (exact) {
            function = function.substring(5);
        }
        String offset = bare.substring(plus + 1).strip();
        int slash = offset.indexOf('/');
        if (slash >= 0) {
            offset = offset.substring(0, slash).strip() + "/"
                    + offset.substring(slash + 1).strip();
        }
        int end = blank(offset, 0);
        int bracket = offset.indexOf('[');
        end = end < 0 || (bracket >= 0 && bracket < end) ? bracket : end;
        String module = "";
        if (end >= 0) {
            module = offset.substring(end).strip();
            module = module.startsWith("[") ? module.substring(1) : module;
            module = " [" + (module.endsWith("]") ? module.substring(0, module.length() - 1) : module).strip() + "]";
            offset = offset.substring(0, end);
        }
        FrameReference found = FrameReference.parse(function + "+" + offset + module);
        return found == null || !isPlain(found) ? null : exact ? found.withPc(Pc.EXACT) : found;
    }

    private static int blank(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (Ascii.isSpace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAddress(String word) {
        int length = word.length();
        if (length < SHORTEST_ADDRESS || length > LONGEST_ADDRESS) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Hex.digit(word.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether this part of a text is a name in C, with a compiler's suffixes. A file's name has other ones. */
    private static boolean isFunction(String text, int from, int to) {
        int dot = from;
        while (dot < to && text.charAt(dot) != '.') {
            char c = text.charAt(dot);
            if (!Ascii.isLetter(c) && c != '_' && c != '$' && (dot == from || !Ascii.isDigit(c))) {
                return false;
            }
            dot++;
        }
        if (dot == from) {
            return false;
        }
        while (dot < to) {
            int next = text.indexOf('.', dot + 1);
            int end = next < 0 || next > to ? to : next;
            if (!isSuffix(text.substring(dot + 1, end))) {
                return false;
            }
            dot = end;
        }
        return true;
    }

    private static boolean isSuffix(String part) {
        for (String suffix : SUFFIXES) {
            if (suffix.equals(part)) {
                return true;
            }
        }
        for (int i = 0; i < part.length(); i++) {
            if (!Ascii.isDigit(part.charAt(i))) {
                return false;
            }
        }
        return !part.isEmpty();
    }
}
