package dev.backline.cli.explain;

import dev.backline.cli.console.Output;
import dev.backline.cli.console.Printable;
import java.io.IOException;
import java.util.List;

/**
 * Writes Markdown (CommonMark with tables and links as GitHub and GitLab have them) that shows untrusted text as it is: text
 * makes no element, no link and no mention, and cannot end a code block. Not thread-safe.
 */
final class Markdown {
    private static final int MAX_TEXT = 2000;
    private static final int FENCE = 3;

    /** Characters that have a meaning within a line. */
    private static final String INLINE = "\\`*[]<|~";

    private final Output out;

    Markdown(Output out) {
        this.out = out;
    }

    void heading(int level, String text) throws IOException {
        out.print("#".repeat(level)).print(" ").print(prose(text)).newLine().newLine();
    }

    void paragraph(String text) throws IOException {
        out.print(prose(text)).newLine().newLine();
    }

    /** A paragraph of elements that are escaped already. */
    void escaped(String text) throws IOException {
        out.print(text).newLine().newLine();
    }

    void items(List<String> sentences) throws IOException {
        for (String sentence : sentences) {
            out.print("- ").print(prose(sentence)).newLine();
        }
        if (!sentences.isEmpty()) {
            out.newLine();
        }
    }

    /** A code block. The fence is longer than any run of backticks in the block. */
    void block(String language, List<String> lines) throws IOException {
        int run = 0;
        for (String line : lines) {
            run = Math.max(run, backticks(line));
        }
        String fence = "`".repeat(Math.max(FENCE, run + 1));
        out.print(fence).print(language).newLine();
        for (String line : lines) {
            out.print(shown(line)).newLine();
        }
        out.print(fence).newLine().newLine();
    }

    /** {@return text as a code span} */
    static String code(String text) {
        String shown = shown(text);
        String fence = "`".repeat(backticks(shown) + 1);
        // A blank at each end is removed; it keeps backticks of the text apart from the fence.
        boolean pad = shown.startsWith("`") || shown.endsWith("`") || shown.isBlank();
        return pad ? fence + " " + shown + " " + fence : fence + shown + fence;
    }

    /** {@return text as prose: a word that could become a link or a mention becomes a code span} */
    static String prose(String text) {
        StringBuilder prose = new StringBuilder();
        for (String word : shown(text).split(" ", -1)) {
            prose.append(prose.length() == 0 ? "" : " ");
            if (isActive(word)) {
                int end = word.length();
                while (end > 1 && ",.;:".indexOf(word.charAt(end - 1)) >= 0) {
                    end--;
                }
                prose.append(code(word.substring(0, end))).append(word, end, word.length());
            } else {
                prose.append(escapedWord(word, prose.length() == 0));
            }
        }
        return prose.toString();
    }

    private static boolean isActive(String word) {
        return word.indexOf('@') >= 0
                || word.indexOf('#') >= 0
                || word.indexOf('!') >= 0
                || word.contains("://")
                || word.contains("www.")
                || word.contains("->")
                || word.contains("__")
                || (word.indexOf('_') >= 0 && (word.startsWith("_") || word.endsWith("_")))
                || (word.indexOf('&') >= 0 && word.indexOf(';') >= 0);
    }

    private static String escapedWord(String word, boolean first) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            boolean begins = first && i == 0 && "#>-+=:".indexOf(c) >= 0;
            // "1." and "1)" begin a list.
            boolean numbers = first && i > 0 && (c == '.' || c == ')') && Character.isDigit(word.charAt(i - 1));
            if (begins || numbers || INLINE.indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    private static String shown(String text) {
        return Printable.of(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text);
    }

    /** The longest run of backticks. */
    private static int backticks(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
