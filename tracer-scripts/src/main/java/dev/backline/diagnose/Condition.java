package dev.backline.diagnose;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a rule: {@code state=LISTEN|SYN_RECV}, {@code flags!=ACK}, {@code linger2<0}.
 *
 * @param values what is compared with; a * at the end of one stands for any ending
 */
record Condition(String key, Operator operator, List<String> values) {
    enum Operator {
        IS("="),
        IS_NOT("!="),
        /** As {@link #IS}, and fails where nothing is known. */
        IS_KNOWN_TO_BE("=="),
        /** As {@link #IS}, and holds where nothing is known. */
        MAY_BE("~"),
        BELOW("<"),
        ABOVE(">");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    /** The longer ones before those that are a part of them. */
    private static final List<Operator> BY_LENGTH = List.of(
            Operator.IS_NOT, Operator.IS_KNOWN_TO_BE, Operator.IS, Operator.MAY_BE, Operator.BELOW, Operator.ABOVE);

    /** What became of a condition. */
    enum Truth {
        HOLDS,
        FAILS,
        /** What it asks for was not captured. */
        OPEN
    }

    Condition {
        values = List.copyOf(values);
    }

    /**
     * Reads a condition.
     *
     * @throws IllegalArgumentException when the text is none
     */
    static Condition parse(String text) {
        for (Operator operator : BY_LENGTH) {
            int at = text.indexOf(operator.sign);
            if (at > 0) {
                List<String> values =
                        List.of(text.substring(at + operator.sign.length()).split("\\|", -1));
                return new Condition(text.substring(0, at), operator, values);
            }
        }
        throw new IllegalArgumentException("no condition: " + text);
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

    /** Whether a value is one of those that are compared with. */
    boolean matches(String value) {
        for (String wanted : values) {
            int star = wanted.length() - 1;
            boolean open = star >= 0 && wanted.charAt(star) == '*';
            if (open ? value.regionMatches(0, wanted, 0, star) : value.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** The value's distance from the number of the condition; 0 for what is no number, which is neither above nor below. */
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
