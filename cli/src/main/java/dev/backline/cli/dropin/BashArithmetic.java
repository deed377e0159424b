package dev.backline.cli.dropin;

/**
 * Bash's arithmetic for {@code faddr2line}'s offsets and sizes: decimal, octal ({@code 0}), hexadecimal ({@code 0x}) and
 * {@code BASE#DIGITS} numbers with signs, joined by {@code +} and {@code -}, in 64 bits that wrap. A name is an unset
 * variable.
 */
final class BashArithmetic {
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_";

    private final String text;
    private int at;

    private BashArithmetic(String text) {
        this.text = text;
    }

    /**
     * {@return the value of an expression}
     *
     * @throws UnboundVariableException when the expression contains a name
     * @throws ExpressionException when the syntax is wrong
     */
    static long evaluate(String expression) throws UnboundVariableException, ExpressionException {
        BashArithmetic parser = new BashArithmetic(expression);
        long value = parser.term();
        while (true) {
            char operator = parser.next();
            if (operator == '+' || operator == '-') {
                parser.at++;
                long operand = parser.term();
                value = operator == '+' ? value + operand : value - operand;
            } else if (operator == 0) {
                return value;
            } else {
                throw new ExpressionException(
                        (Character.isLetterOrDigit(operator) || operator == ')'
                                ? "syntax error in expression"
                                : "syntax error: invalid arithmetic operator"),
                        parser.text.substring(parser.at));
            }
        }
    }

    /** The next character after blanks, 0 at the end. */
    private char next() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private long term() throws UnboundVariableException, ExpressionException {
        // All signs in front of the number together are factor * number + constant, since ~n is -n - 1.
        long factor = 1;
        long constant = 0;
        while (true) {
            char sign = next();
            if (sign == '~') {
                constant -= factor;
            }
            if (sign == '-' || sign == '~') {
                factor = -factor;
            } else if (sign != '+') {
                break;
            }
            at++;
        }
        char c = next();
        int start = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        if (c >= '0' && c <= '9') {
            return factor * number(word) + constant;
        }
        if (word.isEmpty() || DIGITS.indexOf(c) < 0 || c == '@') {
            int token = c == 0 ? Math.max(0, text.stripTrailing().length() - 1) : start;
            throw new ExpressionException("syntax error: operand expected", text.substring(token));
        }
        throw new UnboundVariableException(name(word));
    }

    private static boolean isWord(char c) {
        return c == '#' || DIGITS.indexOf(c) >= 0;
    }

    private static String name(String word) {
        int end = 0;
        while (end < word.length() && word.charAt(end) != '#' && word.charAt(end) != '@') {
            end++;
        }
        return word.substring(0, end);
    }

    private static long number(String word) throws ExpressionException {
        int hash = word.indexOf('#');
        int base = 10;
        String digits = word;
        if (hash > 0) {
            long named = digits(word.substring(0, hash), 10, word);
            if (named < 2 || named > 64) {
                throw new ExpressionException("invalid arithmetic base", word);
            }
            base = (int) named;
            digits = word.substring(hash + 1);
        } else if (word.startsWith("0x") || word.startsWith("0X")) {
            base = 16;
            digits = word.substring(2);
        } else if (word.startsWith("0")) {
            base = 8;
        }
        return digits(digits, base, word);
    }

    private static long digits(String digits, int base, String word) throws ExpressionException {
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = DIGITS.indexOf(digits.charAt(i));
            if (base <= 36 && digit >= 36 && digit < 62) {
                digit -= 26;
            }
            if (digit < 0 || digit >= base) {
                throw new ExpressionException("value too great for base", word);
            }
            value = value * base + digit;
        }
        return value;
    }

    /** A name in place of a number; the script runs with {@code nounset}. */
    static final class UnboundVariableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnboundVariableException(String variable) {
            super(variable + ": unbound variable");
        }
    }

    /** Wrong syntax; the message has bash's words and error token. */
    static final class ExpressionException extends Exception {
        private static final long serialVersionUID = 1L;

        ExpressionException(String message, String token) {
            super(message + " (error token is \"" + token + "\")");
        }
    }
}
