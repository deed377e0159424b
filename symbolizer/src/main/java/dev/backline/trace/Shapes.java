package dev.backline.trace;

import dev.backline.io.Chars;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The shapes of all notations, by their position in a line and their first token. Immutable, thread-safe. */
final class Shapes {
    /** The most bytes between a lead and its frame, so that a line of many frames takes linear time. */
    private static final int MAX_FAR = 512;

    private final Shape[] lines;
    private final Shape[] bracketed;
    private final Shape[] ancient;
    private final Shape[] plain;
    private final Shape drop = new Shape(Notation.NETTRACE, "{unsized}");
    private final Shape histogram = new Shape(Notation.HISTOGRAM, "[{hex}] {symbol}");
    private final String[] leads;
    private final Notation[] leadNotations;

    /** Leads that may be anywhere before a frame. */
    private final String[] farLeads;

    private final Notation[] farLeadNotations;

    /** The first characters of {@link #farLeads}. */
    private final boolean[] farStarts = new boolean[256];

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
        String[] lead = new String[count];
        Notation[] leadNotation = new Notation[count];
        int leadCount = 0;
        String[] far = new String[count];
        Notation[] farNotation = new Notation[count];
        int farCount = 0;
        for (Notation notation : notations) {
            for (String shape : notation.shapes()) {
                switch (notation.where()) {
                    case LINE -> line[lineCount++] = new Shape(notation, shape);
                    case LEAD -> {
                        if (shape.charAt(0) == '^') {
                            far[farCount] = shape.substring(1);
                            farNotation[farCount++] = notation;
                            farStarts[shape.charAt(1)] = true;
                        } else {
                            lead[leadCount] = shape;
                            leadNotation[leadCount++] = notation;
                        }
                    }
                    default -> {}
                }
            }
        }
        bracketed = of(Notation.BRACKETED);
        ancient = of(Notation.ANCIENT);
        plain = of(Notation.CALL_TRACE);
        lines = Arrays.copyOf(line, lineCount);
        leads = Arrays.copyOf(lead, leadCount);
        leadNotations = Arrays.copyOf(leadNotation, leadCount);
        farLeads = Arrays.copyOf(far, farCount);
        farLeadNotations = Arrays.copyOf(farNotation, farCount);
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

    /** The shapes of whole lines with this first byte and kind of first word, in the table's order. */
    Shape[] startingWith(byte c, int first) {
        Shape[] found = new Shape[lines.length];
        int count = 0;
        for (Shape shape : lines) {
            if (shape.canStartWith(c, first)) {
                found[count++] = shape;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** The shapes that start with {@code [<address>]}. */
    Shape[] bracketed() {
        return bracketed;
    }

    /** The shapes that start with an address in angle brackets and an opening brace. */
    Shape[] ancient() {
        return ancient;
    }

    /** The place where nettrace saw a packet dropped. */
    Shape drop() {
        return drop;
    }

    /** The value of a histogram's key. */
    Shape histogram() {
        return histogram;
    }

    /** The shapes that start with a function. */
    Shape[] plain() {
        return plain;
    }

    /**
     * Returns the notation that the text before a frame implies, or null.
     *
     * @param floor where the text before the frame starts: after log prefixes, or after another frame
     * @param at where the frame starts
     */
    @Nullable
    Notation lead(byte[] line, int floor, int at) {
        int end = at;
        while (end > floor && Chars.isBlank(line[end - 1])) {
            end--;
        }
        if (end == floor) {
            return null;
        }
        byte last = line[end - 1];
        for (int i = 0; i < leads.length; i++) {
            String lead = leads[i];
            if (last == lead.charAt(lead.length() - 1) && endsWith(line, floor, end, lead)) {
                return leadNotations[i];
            }
        }
        for (int i = Math.max(floor, end - MAX_FAR); i < end; i++) {
            if (farStarts[line[i] & 0xff] && (i == floor || !Chars.isSymbol(line[i - 1]))) {
                for (int k = 0; k < farLeads.length; k++) {
                    if (Chars.startsWith(line, i, end, farLeads[k])) {
                        return farLeadNotations[k];
                    }
                }
            }
        }
        return null;
    }

    /** Whether the text before a frame says that it is a variable: KASAN, lockdep's keys, spinlocks. */
    boolean isVariable(byte[] line, int content, int at) {
        int end = at;
        while (end > content && Chars.isBlank(line[end - 1])) {
            end--;
        }
        return end > content
                && line[end - 1] == ':'
                && (endsWith(line, content, end, "the variable:")
                        || endsWith(line, content, end, "key at:")
                        || endsWith(line, content, end, " lock:"));
    }

    /** Whether the text ends with the lead; a blank in the lead matches any number of blanks. */
    private static boolean endsWith(byte[] line, int content, int at, String lead) {
        int end = at;
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
        // A lead that is only the end of a longer word does not count.
        return end <= content || !Chars.isSymbol(line[end]) || !Chars.isSymbol(line[end - 1]);
    }
}
