package dev.backline.demangle;

/** Character and string literals in the spelling of Rust. */
final class RustLiterals {
    private RustLiterals() {}

    static String character(int codePoint) {
        StringBuilder literal = new StringBuilder("'");
        append(literal, codePoint, '\'');
        return literal.append('\'').toString();
    }

    static String string(String value) {
        StringBuilder literal = new StringBuilder("\"");
        value.codePoints().forEach(c -> append(literal, c, '"'));
        return literal.append('"').toString();
    }

    private static void append(StringBuilder literal, int codePoint, char quote) {
        switch (codePoint) {
            case '\0' -> literal.append("\\0");
            case '\t' -> literal.append("\\t");
            case '\n' -> literal.append("\\n");
            case '\r' -> literal.append("\\r");
            case '\\' -> literal.append("\\\\");
            default -> {
                if (codePoint == quote) {
                    literal.append('\\').append(quote);
                } else if (isPrintable(codePoint)) {
                    literal.appendCodePoint(codePoint);
                } else {
                    literal.append("\\u{")
                            .append(Integer.toHexString(codePoint))
                            .append('}');
                }
            }
        }
    }

    /** Whether the character is visible alone; combining marks are not. */
    private static boolean isPrintable(int codePoint) {
        return codePoint == ' '
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR,
                            Character.NON_SPACING_MARK,
                            Character.ENCLOSING_MARK -> false;
                    default -> true;
                };
    }
}
