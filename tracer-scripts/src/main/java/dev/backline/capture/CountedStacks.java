package dev.backline.capture;

import org.jspecify.annotations.Nullable;

/**
 * The lines around stacks that a tool counted instead of printing each event: {@code @[kstack] = count()} of bpftrace, hist
 * triggers of ftrace, bcc's stackcount. Thread-safe.
 */
final class CountedStacks {
    /** The longest name of a task, TASK_COMM_LEN without its NUL. */
    private static final int MAX_TASK = 15;

    private static final int MAX_NAME = 128;

    private CountedStacks() {}

    /** The rest of the line that opens a map or a bucket with a stack; null if the line does not. */
    static @Nullable String begins(String line) {
        String text = line.strip();
        if (text.startsWith("{ stacktrace:") || text.startsWith("{ common_stacktrace:")) {
            return "";
        }
        if (!text.startsWith("@") || text.endsWith("]") || text.indexOf("]:") >= 0) {
            return null;
        }
        int open = 1;
        while (open < text.length() && (Character.isLetterOrDigit(text.charAt(open)) || text.charAt(open) == '_')) {
            open++;
        }
        boolean opens = open < text.length() && text.charAt(open) == '[';
        String rest = opens ? text.substring(open + 1).strip() : "";
        return opens && (rest.isEmpty() || rest.endsWith(",")) ? rest : null;
    }

    /** The count at the end of a map or a bucket; −1 if the line does not end one. */
    static long ends(String line) {
        String text = line.strip();
        int count = text.startsWith("} hitcount:") ? text.indexOf(':') + 1 : text.indexOf("]: ") + 3;
        if (count < 3) {
            return -1;
        }
        int to = text.indexOf(' ', count + leadingBlanks(text, count));
        return count(text.substring(count, to < 0 ? text.length() : to));
    }

    private static int leadingBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at - from;
    }

    /** Reads a line that is only a number; returns −1 for any other line. */
    static long count(String line) {
        String digits = line.strip();
        if (digits.isEmpty() || digits.length() > 15) {
            return -1;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return -1;
            }
        }
        return Long.parseLong(digits);
    }

    /** Reads a task's name from the key of a map, or from bcc's line {@code nginx [1234]}; returns null if it has none. */
    static @Nullable String task(String key) {
        for (String each : key.split(",", 8)) {
            String word = each.strip();
            int pid = word.endsWith("]") ? word.lastIndexOf(" [") : -1;
            word = pid > 0 ? word.substring(0, pid) : word;
            if (!word.isEmpty() && word.length() <= MAX_TASK && count(word) < 0 && word.indexOf('+') < 0) {
                return word;
            }
        }
        return null;
    }

    /** The function that is alone in a line, as bcc and pwru print frames: without an offset; null if there is none. */
    static @Nullable String name(String line) {
        String text = line.strip();
        if (text.startsWith("b'") && text.endsWith("'")) {
            text = text.substring(2, text.length() - 1);
        }
        int module = text.endsWith("]") ? text.indexOf(" [") : -1;
        text = module > 0 ? text.substring(0, module) : text;
        if (text.length() < 3 || text.length() > MAX_NAME || text.indexOf('_') < 0) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean symbol = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
            if (!symbol && (i == 0 || (c != '.' && (c < '0' || c > '9')))) {
                return null;
            }
        }
        return text;
    }
}
