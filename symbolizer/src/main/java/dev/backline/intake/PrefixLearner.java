package dev.backline.intake;

import dev.backline.io.Ascii;
import dev.backline.io.Chars;
import dev.backline.io.Hex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Learns the prefix of an unknown log collector from the lines whose kernel text can be recognised, and finds it in
 * the other lines. A prefix has a shape: numbers change from line to line, words and punctuation mostly do not.
 * Bounded: a few shapes of a few fields. Not thread-safe.
 */
final class PrefixLearner {
    private static final int MAX_SHAPES = 8;
    private static final int MAX_ATOMS = 64;

    /** The lines of the input's start from which a common prefix is learnt. */
    private static final int LINES = 64;

    private final List<Shape> shapes = new ArrayList<>();

    private enum Kind {
        DIGITS,
        LETTERS,
        /** Letters that differ from line to line. */
        ANY_LETTERS,
        PUNCTUATION,
        BLANKS,
        /** A field that differs from line to line: anything up to the next blank. */
        FIELD
    }

    /** A part of a prefix: its kind, and the text of letters and punctuation. */
    private record Atom(Kind kind, String text) {
        boolean isBlank() {
            return kind == Kind.BLANKS;
        }

        /** Hand-written: a record's generated methods are linked by invokedynamic on first use (20 to 40 ms). */
        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Atom other && kind == other.kind && text.equals(other.text);
        }

        @Override
        public int hashCode() {
            return kind.hashCode() * 31 + text.hashCode();
        }
    }

    /** A prefix: its parts, and the number of lines that had it. */
    private static final class Shape {
        List<Atom> atoms;
        int seen = 1;

        Shape(List<Atom> atoms) {
            this.atoms = atoms;
        }
    }

    /** Whether anything was learnt. */
    boolean knows() {
        return !shapes.isEmpty();
    }

    /** The end of the learnt prefix of a line; its start if the line has no such prefix. */
    int end(byte[] line, int from, int end) {
        int longest = from;
        for (int i = 0; i < shapes.size(); i++) {
            longest = Math.max(longest, match(shapes.get(i).atoms, line, from, end));
        }
        return longest;
    }

    /** Learns the prefix of a line whose kernel text starts at a position. */
    void learn(byte[] line, int from, int text) {
        List<Atom> atoms = atoms(line, from, text, MAX_ATOMS);
        if (!atoms.isEmpty() && atoms.size() < MAX_ATOMS) {
            learn(atoms);
        }
    }

    private void learn(List<Atom> atoms) {
        for (Shape shape : shapes) {
            List<Atom> merged = merged(shape.atoms, atoms);
            if (merged != null) {
                shape.atoms = merged;
                shape.seen++;
                return;
            }
        }
        if (shapes.size() == MAX_SHAPES) {
            int rarest = 0;
            for (int i = 1; i < MAX_SHAPES; i++) {
                rarest = shapes.get(i).seen < shapes.get(rarest).seen ? i : rarest;
            }
            shapes.remove(rarest);
        }
        shapes.add(new Shape(atoms));
    }

    /** Reads the start of the input: the lines whose kernel text is recognised, else what all lines have in common. */
    void prime(byte[] bytes, int from, int end) {
        List<Atom> common = null;
        int lines = 0;
        int start = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                int known = LinePrefix.end(bytes, start, i);
                int text = KernelText.find(bytes, known, i);
                if (text > known) {
                    learn(bytes, start, text);
                }
                if (lines < LINES && i > start) {
                    lines++;
                    common = common == null
                            ? atoms(bytes, start, i, MAX_ATOMS)
                            : common(common, atoms(bytes, start, i, common.size()));
                }
                start = i + 1;
            }
        }
        if (shapes.isEmpty() && common != null && lines >= 3) {
            List<Atom> prefix = complete(common);
            if (isCollectors(prefix)) {
                learn(prefix);
            }
        }
    }

    /** The first parts of a text, at most so many. */
    private static List<Atom> atoms(byte[] line, int from, int to, int most) {
        List<Atom> atoms = new ArrayList<>();
        int at = from;
        while (at < to && atoms.size() < most) {
            int start = at;
            byte c = line[at];
            if (Ascii.isDigit(c)) {
                while (at < to && Ascii.isDigit(line[at])) {
                    at++;
                }
                atoms.add(new Atom(Kind.DIGITS, ""));
            } else if (isLetter(c)) {
                while (at < to && isLetter(line[at])) {
                    at++;
                }
                atoms.add(new Atom(Kind.LETTERS, text(line, start, at)));
            } else if (Chars.isBlank(c)) {
                at = Chars.skipBlanks(line, at, to);
                atoms.add(new Atom(Kind.BLANKS, text(line, start, at)));
            } else {
                at++;
                atoms.add(new Atom(Kind.PUNCTUATION, text(line, start, at)));
            }
        }
        return atoms;
    }

    private static boolean isLetter(byte c) {
        return Ascii.isLetter(c) || c == '_' || c < 0;
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** One shape for two prefixes: fields that differ match anything; null if they have not as many fields. */
    private static @Nullable List<Atom> merged(List<Atom> a, List<Atom> b) {
        List<List<Atom>> left = fields(a);
        List<List<Atom>> right = fields(b);
        if (left.size() != right.size()) {
            return null;
        }
        List<Atom> merged = new ArrayList<>();
        boolean alike = false;
        for (int i = 0; i < left.size(); i++) {
            List<Atom> field = mergedField(left.get(i), right.get(i));
            boolean last = i == left.size() - 1;
            if (field == null) {
                if (last && !left.get(i).get(left.get(i).size() - 1).isBlank()) {
                    return null;
                }
                List<Atom> one = left.get(i);
                field = new ArrayList<>(List.of(new Atom(Kind.FIELD, "")));
                Atom blanks = one.get(one.size() - 1);
                if (blanks.isBlank()) {
                    field.add(blanks);
                }
            } else {
                alike = true;
            }
            merged.addAll(field);
        }
        // One field that differs from line to line can be any word.
        return alike ? merged : null;
    }

    private static @Nullable List<Atom> mergedField(List<Atom> a, List<Atom> b) {
        if (a.size() != b.size()) {
            return null;
        }
        List<Atom> merged = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            Atom left = a.get(i);
            Atom right = b.get(i);
            if (left.equals(right) || (left.kind == Kind.ANY_LETTERS && right.kind == Kind.LETTERS)) {
                merged.add(left);
            } else if (left.kind == Kind.LETTERS && right.kind == Kind.LETTERS) {
                merged.add(new Atom(Kind.ANY_LETTERS, ""));
            } else if (left.isBlank() && right.isBlank()) {
                merged.add(left.text.length() <= right.text.length() ? left : right);
            } else {
                return null;
            }
        }
        return merged;
    }

    /** The fields of a prefix, each with the blanks that end it. */
    private static List<List<Atom>> fields(List<Atom> atoms) {
        List<List<Atom>> fields = new ArrayList<>();
        List<Atom> field = new ArrayList<>();
        for (Atom atom : atoms) {
            field.add(atom);
            if (atom.isBlank()) {
                fields.add(field);
                field = new ArrayList<>();
            }
        }
        if (!field.isEmpty()) {
            fields.add(field);
        }
        return fields;
    }

    /** The end of the match; the start if the line does not match. */
    private static int match(List<Atom> atoms, byte[] line, int from, int end) {
        int at = from;
        for (int i = 0; i < atoms.size(); i++) {
            Atom atom = atoms.get(i);
            int start = at;
            switch (atom.kind) {
                case DIGITS -> {
                    while (at < end && Ascii.isDigit(line[at])) {
                        at++;
                    }
                }
                case ANY_LETTERS -> {
                    while (at < end && isLetter(line[at])) {
                        at++;
                    }
                }
                case FIELD -> {
                    while (at < end && !Chars.isBlank(line[at])) {
                        at++;
                    }
                }
                case BLANKS -> {
                    // The last blanks are counted: more of them indent the kernel's text.
                    int most = i == atoms.size() - 1 ? at + atom.text.length() : end;
                    while (at < end && at < most && Chars.isBlank(line[at])) {
                        at++;
                    }
                }
                default -> at += Chars.startsWith(line, at, end, atom.text) ? atom.text.length() : 0;
            }
            if (at == start) {
                return from;
            }
        }
        return at;
    }

    /** The parts with which two lines start: the same words and punctuation, numbers in the same places. */
    private static List<Atom> common(List<Atom> before, List<Atom> line) {
        for (int i = 0; i < before.size(); i++) {
            if (i == line.size() || !isAlike(before.get(i), line.get(i))) {
                return before.subList(0, i);
            }
            if (line.get(i).text.length() < before.get(i).text.length()) {
                before.set(i, line.get(i));
            }
        }
        return before;
    }

    /** The common parts up to the end of the last complete field. */
    private static List<Atom> complete(List<Atom> common) {
        int complete = 0;
        for (int i = 0; i < common.size(); i++) {
            Atom atom = common.get(i);
            boolean ends = atom.isBlank() || (atom.kind == Kind.PUNCTUATION && ";|>".indexOf(atom.text.charAt(0)) >= 0);
            complete = ends ? i + 1 : complete;
        }
        return common.subList(0, complete);
    }

    private static boolean isAlike(Atom a, Atom b) {
        return a.equals(b) || (a.isBlank() && b.isBlank());
    }

    /** Whether a common prefix is a collector's: it has a time or a separator, and nothing that tracers print. */
    private static boolean isCollectors(List<Atom> atoms) {
        int colons = 0;
        boolean separated = false;
        for (int i = 0; i < atoms.size(); i++) {
            Atom atom = atoms.get(i);
            char c = atom.text.isEmpty() ? ' ' : atom.text.charAt(0);
            boolean afterDigits = i > 0 && atoms.get(i - 1).kind == Kind.DIGITS;
            colons += c == ':' && afterDigits ? 1 : 0;
            separated |= c == '|' || c == ';';
            // ftrace and perf print the CPU in brackets; numbers with 0x and long hex numbers are addresses.
            boolean cpu =
                    c == ']' && i >= 2 && afterDigits && atoms.get(i - 2).text.equals("[");
            boolean address = atom.text.equals("x") && afterDigits;
            if (cpu || address || c == '#' || c == '=' || c == '<' || (atom.text.length() >= 8 && isHex(atom.text))) {
                return false;
            }
        }
        return separated || colons >= 2;
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Hex.digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
