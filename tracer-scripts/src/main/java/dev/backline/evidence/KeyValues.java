package dev.backline.evidence;

import dev.backline.io.Ascii;
import dev.backline.io.Hex;
import java.util.HashMap;
import java.util.Map;

/** Keys and values of a line: flat JSON (journalctl -o json, ulogd) or {@code key=value,key=value} (ulogd's GPRINT). */
final class KeyValues {
    /** More than any tool prints. */
    private static final int MAX_KEYS = 150;

    private KeyValues() {}

    /** The strings, numbers and words of a line in JSON; objects within it count as part of it. Damaged lines give less. */
    static Map<String, String> json(String line) {
        Map<String, String> values = new HashMap<>();
        String key = null;
        int at = 0;
        while (at < line.length() && values.size() < MAX_KEYS) {
            char c = line.charAt(at);
            String token;
            if (c == '"') {
                int end = endOfString(line, at + 1);
                token = unescape(line.substring(at + 1, end));
                at = end + 1;
            } else if (Ascii.isDigit(c) || c == '-' || (c >= 'a' && c <= 'z')) {
                int end = at;
                while (end < line.length() && ",}] \t".indexOf(line.charAt(end)) < 0) {
                    end++;
                }
                token = line.substring(at, end);
                at = end;
            } else {
                key = c == ',' || c == '{' || c == '[' ? null : key;
                at++;
                continue;
            }
            int next = at;
            while (next < line.length() && line.charAt(next) == ' ') {
                next++;
            }
            if (next < line.length() && line.charAt(next) == ':') {
                key = token;
                at = next + 1;
            } else if (key != null) {
                values.putIfAbsent(key, token);
                key = null;
            }
        }
        return values;
    }

    private static int endOfString(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, line.length());
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            if (escaped == 'u' && i + 4 < text.length() && isHex(text, i + 1, i + 5)) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                plain.append(escaped == 'n' || escaped == 't' || escaped == 'r' ? ' ' : escaped);
            }
        }
        return plain.toString();
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (Hex.digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The pairs between commas. */
    static Map<String, String> commas(String line) {
        Map<String, String> values = new HashMap<>();
        for (String pair : line.split(",", MAX_KEYS)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String key = pair.substring(0, equals).strip();
                values.putIfAbsent(
                        key.substring(key.lastIndexOf(' ') + 1),
                        unquoted(pair.substring(equals + 1).strip()));
            }
        }
        return values;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
