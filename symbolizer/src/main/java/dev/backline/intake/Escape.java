package dev.backline.intake;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How text must be escaped at a place of the input: inside a JSON string, a quoted CSV field, a YAML
 * string, an HTML page. Escapes nest: a JSON string can contain JSON. Immutable, thread-safe.
 *
 * @param form the innermost form
 * @param outer the escape of the form around it, or null
 */
record Escape(Form form, @Nullable Escape outer) {
    /** The forms that escape text. */
    enum Form {
        /** A JSON string (RFC 8259 7). */
        JSON,
        /** A JSON array of byte values: journalctl writes a message that is not UTF-8 in this way. */
        JSON_BYTES,
        /** A quoted field of CSV (RFC 4180 2.7): quotes are doubled. */
        CSV,
        /** A string of YAML in single quotes (YAML 1.2.2, 7.3.2): quotes are doubled. */
        YAML,
        /** Text of an HTML page. */
        HTML
    }

    /** An empty line is a line end (YAML 1.2.2, 6.5), and what follows must be indented further than the name. */
    private static final String YAML_LINE_END = "\n\n" + " ".repeat(16);

    private static final String HEX = "0123456789abcdef";

    /** {@return the bytes to insert} */
    static byte[] apply(@Nullable Escape escape, byte[] text) {
        byte[] escaped = text;
        for (Escape each = escape; each != null; each = each.outer) {
            escaped = each.form == Form.JSON_BYTES ? numbers(escaped) : escaped(each.form, escaped);
        }
        return escaped;
    }

    private static byte[] escaped(Form form, byte[] text) {
        StringBuilder out = new StringBuilder(text.length + 16);
        // As ISO-8859-1, so that each char is a byte and bytes above 127 stay as they are.
        for (byte b : text) {
            char c = (char) (b & 0xff);
            String replacement = replacement(form, c);
            if (replacement == null) {
                out.append(c);
            } else {
                out.append(replacement);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String replacement(Form form, char c) {
        switch (form) {
            case JSON -> {
                return switch (c) {
                    case '"' -> "\\\"";
                    case '\\' -> "\\\\";
                    case '\n' -> "\\n";
                    case '\r' -> "\\r";
                    case '\t' -> "\\t";
                    default -> c < ' ' ? "\\u00" + HEX.charAt(c >> 4) + HEX.charAt(c & 15) : null;
                };
            }
            case HTML -> {
                return switch (c) {
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '&' -> "&amp;";
                    case '"' -> "&quot;";
                    default -> null;
                };
            }
            case YAML -> {
                return c == '\'' ? "''" : c == '\n' ? YAML_LINE_END : null;
            }
            default -> {
                return c == '"' ? "\"\"" : null;
            }
        }
    }

    /** {@code ,32,110}: numbers to insert after a number of the array. */
    private static byte[] numbers(byte[] text) {
        StringBuilder out = new StringBuilder(4 * text.length);
        for (byte b : text) {
            out.append(',').append(b & 0xff);
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
