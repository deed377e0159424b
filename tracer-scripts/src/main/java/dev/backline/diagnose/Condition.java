package dev.backline.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a rule: {@code state=LISTEN|SYN_RECV}, {@code flags!=ACK}, {@code linger2<0}.
 *
 * @param values the values to compare with; a * at the end of one matches any ending
 */
record Condition(String key, Operator operator, List<String> values) {
    enum Operator {
        IS("="),
        IS_NOT("!="),
        /** Like {@link #IS}, but fails where nothing is known. */
        IS_KNOWN_TO_BE("=="),
        /** Like {@link #IS}, but holds where nothing is known. */
        MAY_BE("~"),
        BELOW("<"),
        ABOVE(">");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    /** Longer signs first: "=" is a part of "!=". */
    private static final List<Operator> BY_LENGTH = List.of(
            Operator.IS_NOT, Operator.IS_KNOWN_TO_BE, Operator.IS, Operator.MAY_BE, Operator.BELOW, Operator.ABOVE);

    /** The result of a condition. */
    enum Truth {
        HOLDS,
        FAILS,
        /** The value was not captured. */
        OPEN
    }

    Condition {
        values = List.copyOf(values);
    }

    /**
     * Reads a condition.
     *
     * @throws IllegalArgumentException when the text is not a condition
     */
    static Condition parse(String text) {
        for (Operator operator : BY_LENGTH) {
            int at = text.indexOf(operator.sign);
            if (at > 0) {
                List<String> values =
                        List.of(text.substring(at + operator.sign.length()).split("\\|", -1));
                // Rows share their keys, so that comparing them is cheap.
                return new Condition(text.substring(0, at).intern(), operator, values);
            }
        }
        throw new IllegalArgumentException("no condition: " + text);
    }

    /** Reads conditions with blanks between them. */
    static List<Condition> all(String text) {
        List<Condition> conditions = new ArrayList<>();
        for (String word : text.strip().split(" +", -1)) {
            if (!word.isEmpty()) {
                conditions.add(parse(word));
            }
        }
        return List.copyOf(conditions);
    }

    /** Whether it depends on the stack. */
    boolean asksForCallers() {
        return switch (key) {
            case "caller", "any", "after", "then", "arg0", "arg1", "arg2" -> true;
            default -> false;
        };
    }

    Truth test(Facts facts) {
        Set<String> known = facts.values(key);
        if (known == null) {
            return switch (operator) {
                case IS_KNOWN_TO_BE -> Truth.FAILS;
                case MAY_BE -> Truth.HOLDS;
                default -> Truth.OPEN;
            };
        }
        boolean holds = switch (operator) {
            case IS, IS_KNOWN_TO_BE, MAY_BE -> any(known);
            case IS_NOT -> !any(known);
            case BELOW -> anyCompares(known, -1);
            case ABOVE -> anyCompares(known, 1);
        };
        return holds ? Truth.HOLDS : Truth.FAILS;
    }

    private boolean any(Set<String> known) {
        for (String value : known) {
            if (matches(value)) {
                return true;
            }
        }
        return false;
    }

    private boolean anyCompares(Set<String> known, int sign) {
        for (String value : known) {
            if (compare(value) == sign) {
                return true;
            }
        }
        return false;
    }

    /** Whether a value is one of the condition's. */
    boolean matches(String value) {
        for (String expected : values) {
            int star = expected.length() - 1;
            boolean open = star >= 0 && expected.charAt(star) == '*';
            if (open ? value.regionMatches(0, expected, 0, star) : value.equals(expected)) {
                return true;
            }
        }
        return false;
    }

    /** Compares the value with the condition's number; 0 where either is not a number, so that it is neither above nor below. */
    private int compare(String value) {
        Long number = number(value);
        Long limit = number(values.get(0));
        return number == null || limit == null ? 0 : Long.compare(number, limit);
    }

    private static @Nullable Long number(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
