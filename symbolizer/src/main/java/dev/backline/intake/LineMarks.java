package dev.backline.intake;

/**
 * What one pass over a line's bytes says about all later ones: most lines have nothing that these look for. Not
 * thread-safe.
 */
final class LineMarks {
    /** A byte that cannot be seen, or that a line end or a character that is not ASCII starts with. */
    private static final byte UNUSUAL = 1;

    /** A bracket, with which each time stamp of printk starts. */
    private static final byte BRACKET = 2;

    /** A plus or a less-than sign, one of which is in each frame that is not a whole line. */
    private static final byte ANCHOR = 4;

    /** A quote, in which logfmt and YAML have messages. */
    private static final byte QUOTE = 8;

    private static final byte[] KINDS = kinds();

    private int kinds;
    private int lastBracket;

    private static byte[] kinds() {
        byte[] table = new byte[256];
        for (int c = 0; c < table.length; c++) {
            table[c] = (c < ' ' && c != '\t') || c >= 0x80 ? UNUSUAL : 0;
        }
        table['['] = BRACKET;
        table['+'] = ANCHOR;
        table['<'] = ANCHOR;
        table['"'] = QUOTE;
        table['\''] = QUOTE;
        return table;
    }

    /** Reads a line, without its line end. */
    void read(byte[] line, int from, int end) {
        byte[] table = KINDS;
        int found = 0;
        int bracket = -1;
        for (int i = from; i < end; i++) {
            int kind = table[line[i] & 0xff];
            if (kind != 0) {
                found |= kind;
                bracket = kind == BRACKET ? i : bracket;
            }
        }
        kinds = found;
        lastBracket = bracket;
    }

    /** Whether {@link Invisible} must look at the line. */
    boolean isUnusual() {
        return (kinds & UNUSUAL) != 0;
    }

    /** Whether the line has a plus or a less-than sign. */
    boolean hasAnchor() {
        return (kinds & ANCHOR) != 0;
    }

    /** Whether the line has a quote. */
    boolean hasQuote() {
        return (kinds & QUOTE) != 0;
    }

    /** The position of the last opening bracket, -1 if there is none. */
    int lastBracket() {
        return lastBracket;
    }
}
