package dev.backline.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The shapes of all notations, by where they stand and what they start with. Immutable, thread-safe. */
final class Shapes {
    private final Shape[] lines;
    private final Shape[] bracketed;
    private final Shape[] ancient;
    private final Shape[] plain;
    private final String[] leads;
    private final Notation[] leadNotations;

    private static final class Holder {
        static final Shapes ALL = new Shapes();
    }

    private Shapes() {
        Notation[] notations = Notation.values();
        int count = 0;
        for (Notation notation : notations) {
            count += notation.shapes().size();
        }
        Shape[] line = new Shape[count];
        int lineCount = 0;
        leads = new String[count];
        leadNotations = new Notation[count];
        int leadCount = 0;
        for (Notation notation : notations) {
            for (String shape : notation.shapes()) {
                switch (notation.where()) {
                    case LINE -> line[lineCount++] = new Shape(notation, shape);
                    case LEAD -> {
                        leads[leadCount] = shape;
                        leadNotations[leadCount++] = notation;
                    }
                    default -> {}
                }
            }
        }
        bracketed = of(Notation.BRACKETED);
        ancient = of(Notation.ANCIENT);
        plain = of(Notation.CALL_TRACE);
        lines = Arrays.copyOf(line, lineCount);
    }

    private static Shape[] of(Notation notation) {
        Shape[] shapes = new Shape[notation.shapes().size()];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = new Shape(notation, notation.shapes().get(i));
        }
        return shapes;
    }

    static Shapes all() {
        return Holder.ALL;
    }

    /** Those that a line which starts with the byte may have as a whole, in the table's order. */
    Shape[] startingWith(byte c) {
        Shape[] found = new Shape[lines.length];
        int count = 0;
        for (Shape shape : lines) {
            if (shape.canStartWith(c)) {
                found[count++] = shape;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Those that start with {@code [<address>]}. */
    Shape[] bracketed() {
        return bracketed;
    }

    /** Those that start with an address between angle brackets and a brace. */
    Shape[] ancient() {
        return ancient;
    }

    /** Those that start with a function. */
    Shape[] plain() {
        return plain;
    }

    /**
     * The notation that the text before a frame makes it, or null.
     *
     * @param content where the line's text starts, behind log prefixes
     * @param at where the frame starts
     */
    @Nullable
    Notation lead(byte[] line, int content, int at) {
        for (int i = 0; i < leads.length && leadNotations[i] != null; i++) {
            String lead = leads[i];
            if (lead.charAt(0) == '^' ? startsWith(line, content, at, lead) : endsWith(line, content, at, lead)) {
                return leadNotations[i];
            }
        }
        return null;
    }

    private static boolean startsWith(byte[] line, int content, int at, String lead) {
        if (at - content < lead.length() - 1) {
            return false;
        }
        for (int i = 1; i < lead.length(); i++) {
            if (line[content + i - 1] != lead.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A blank in the lead is any number of blanks, and any number may follow it. */
    private static boolean endsWith(byte[] line, int content, int at, String lead) {
        int end = at;
        if (lead.charAt(lead.length() - 1) != '(') {
            while (end > content && Chars.isBlank(line[end - 1])) {
                end--;
            }
        }
        for (int i = lead.length() - 1; i >= 0; i--) {
            char c = lead.charAt(i);
            if (c == ' ') {
                while (end > content && Chars.isBlank(line[end - 1])) {
                    end--;
                }
            } else if (end <= content || line[--end] != c) {
                return false;
            }
        }
        // RIP is no end of a longer word; : ( is whatever it follows.
        return end <= content || !Chars.isSymbol(line[end]) || !Chars.isSymbol(line[end - 1]);
    }
}
