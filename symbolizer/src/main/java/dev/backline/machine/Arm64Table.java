package dev.backline.machine;

import dev.backline.io.IntList;
import dev.backline.io.LongList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringTokenizer;

/**
 * The table of A64 instructions, read from arm64.txt. Attributes of a row: {@code jump branch call ret trap} for the
 * flow; {@code mov add sub const load} for the effect; {@code r w m n} with a size for reading, writing, both, or
 * neither, where the size is a number or a letter for a rule of {@link Arm64Decoder}; {@code reads:N} and {@code changes:N} for registers that are not operands; {@code ?NAME} for an
 * {@link Arm64Condition}. Immutable.
 */
final class Arm64Table {
    /** What a row does to its first register. */
    enum Result {
        NONE,
        MOV,
        ADD,
        SUB,
        CONST,
        LOAD
    }

    private static final int BUCKET_BITS = 11;
    private static final int BUCKET_SHIFT = 32 - BUCKET_BITS;

    private final int[] values;
    private final int[] masks;
    private final List<List<Arm64Condition>> conditions;
    private final String[] names;
    private final int[] operandStarts;
    private final Arm64Argument[] operands;
    private final Result[] results;
    private final Flow[] flows;
    private final char[] accesses;
    private final char[] sizes;
    private final long[] reads;
    private final long[] changes;
    private final int[] bucketStarts;
    private final short[] buckets;

    private static final class Holder {
        static final Arm64Table TABLE = new Arm64Table();

        private Holder() {}
    }

    private Arm64Table() {
        Reader reader = new Reader();
        for (String line : lines("arm64.txt")) {
            reader.line(line);
        }
        values = reader.values.toArray();
        masks = reader.masks.toArray();
        conditions = reader.conditions;
        names = reader.names.toArray(new String[0]);
        reader.operandStarts.add(reader.operands.size());
        operandStarts = reader.operandStarts.toArray();
        operands = reader.operands.toArray(new Arm64Argument[0]);
        results = reader.results.toArray(new Result[0]);
        flows = reader.flows.toArray(new Flow[0]);
        accesses = reader.accesses.toString().toCharArray();
        sizes = reader.sizes.toString().toCharArray();
        reads = reader.reads.toArray();
        changes = reader.changes.toArray();
        bucketStarts = new int[(1 << BUCKET_BITS) + 1];
        buckets = fill();
    }

    /** {@return the table} */
    static Arm64Table get() {
        return Holder.TABLE;
    }

    /** {@return the lines of a resource, without comments and empty lines} */
    static List<String> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(Arm64Table.class.getResourceAsStream(resource))) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<String> lines = new ArrayList<>();
            for (StringTokenizer all = new StringTokenizer(text, "\r\n"); all.hasMoreTokens(); ) {
                String line = all.nextToken();
                if (line.charAt(0) != '#') {
                    lines.add(line);
                }
            }
            return lines;
        } catch (IOException e) {
            throw new IllegalStateException(resource + " in the program is damaged", e);
        }
    }

    /** Puts each row into the buckets of all words that it may fit. */
    private short[] fill() {
        for (int row = 0; row < values.length; row++) {
            int free = ~masks[row] >>> BUCKET_SHIFT;
            for (int part = free; ; part = (part - 1) & free) {
                bucketStarts[((values[row] >>> BUCKET_SHIFT) | part) + 1]++;
                if (part == 0) {
                    break;
                }
            }
        }
        for (int i = 0; i < bucketStarts.length - 1; i++) {
            bucketStarts[i + 1] += bucketStarts[i];
        }
        short[] filled = new short[bucketStarts[bucketStarts.length - 1]];
        int[] next = Arrays.copyOf(bucketStarts, bucketStarts.length);
        for (int row = 0; row < values.length; row++) {
            int free = ~masks[row] >>> BUCKET_SHIFT;
            for (int part = free; ; part = (part - 1) & free) {
                filled[next[(values[row] >>> BUCKET_SHIFT) | part]++] = (short) row;
                if (part == 0) {
                    break;
                }
            }
        }
        return filled;
    }

    /** {@return the row that a word fits, or -1} */
    int find(int word) {
        int bucket = word >>> BUCKET_SHIFT;
        for (int i = bucketStarts[bucket]; i < bucketStarts[bucket + 1]; i++) {
            int row = buckets[i];
            if ((word & masks[row]) == values[row] && fits(row, word)) {
                return row;
            }
        }
        return -1;
    }

    private boolean fits(int row, int word) {
        List<Arm64Condition> all = conditions.get(row);
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).holds(word)) {
                return false;
            }
        }
        for (int i = operandStarts[row]; i < operandStarts[row + 1]; i++) {
            if (!operands[i].exists(word)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the mnemonic of a row, with its placeholders} */
    String name(int row) {
        return names[row];
    }

    int firstOperand(int row) {
        return operandStarts[row];
    }

    int endOfOperands(int row) {
        return operandStarts[row + 1];
    }

    Arm64Argument operand(int at) {
        return operands[at];
    }

    Result result(int row) {
        return results[row];
    }

    Flow flow(int row) {
        return flows[row];
    }

    /** {@return r, w, m or n; a blank without an operand in memory} */
    char access(int row) {
        return accesses[row];
    }

    /** {@return a number, or the letter of a rule} */
    char size(int row) {
        return sizes[row];
    }

    long reads(int row) {
        return reads[row];
    }

    long changes(int row) {
        return changes[row];
    }

    /** Builds the columns. */
    private static final class Reader {
        final IntList values = new IntList();
        final IntList masks = new IntList();
        final List<List<Arm64Condition>> conditions = new ArrayList<>();
        final List<String> names = new ArrayList<>();
        final IntList operandStarts = new IntList();
        final List<Arm64Argument> operands = new ArrayList<>();
        final List<Result> results = new ArrayList<>();
        final List<Flow> flows = new ArrayList<>();
        final StringBuilder accesses = new StringBuilder();
        final StringBuilder sizes = new StringBuilder();
        final LongList reads = new LongList();
        final LongList changes = new LongList();

        private final Map<String, Arm64Argument> arguments = new HashMap<>();
        private List<Arm64Condition> condition = List.of();
        private Result result = Result.NONE;
        private Flow flow = Flow.NEXT;
        private char access;
        private char size;
        private long read;
        private long change;

        void line(String line) {
            int colon = line.indexOf(" :");
            int semicolon = line.indexOf(';', colon);
            int end = semicolon < 0 ? line.length() : semicolon;
            attributes(semicolon < 0 ? "" : line.substring(semicolon + 1));
            List<Arm64Argument> forms = new ArrayList<>();
            for (StringTokenizer all = new StringTokenizer(line.substring(colon + 2, end), ", ");
                    all.hasMoreTokens(); ) {
                forms.add(argument(all.nextToken()));
            }
            StringTokenizer head = new StringTokenizer(line.substring(0, colon), " ");
            String numbers = head.nextToken();
            int value = Integer.parseUnsignedInt(numbers, 0, 8, 16);
            int mask = Integer.parseUnsignedInt(numbers, 9, 17, 16);
            int step = numbers.length() < 18 ? 0 : Integer.parseUnsignedInt(numbers, 18, numbers.length(), 16);
            for (; head.hasMoreTokens(); value += step) {
                String name = head.nextToken();
                if (!name.equals("-")) {
                    add(value, mask, name, forms);
                }
            }
        }

        /** The same operands stand in many rows. */
        private Arm64Argument argument(String text) {
            Arm64Argument known = arguments.get(text);
            if (known == null) {
                known = Arm64Argument.of(text);
                arguments.put(text, known);
            }
            return known;
        }

        private void add(int value, int mask, String name, List<Arm64Argument> forms) {
            values.add(value);
            masks.add(mask);
            conditions.add(condition);
            names.add(name);
            operandStarts.add(operands.size());
            operands.addAll(forms);
            results.add(result);
            flows.add(flow);
            accesses.append(access);
            sizes.append(size);
            reads.add(read);
            changes.add(change);
        }

        private void attributes(String text) {
            condition = List.of();
            result = Result.NONE;
            flow = Flow.NEXT;
            access = ' ';
            size = 0;
            read = 0;
            change = 0;
            for (StringTokenizer all = new StringTokenizer(text, " "); all.hasMoreTokens(); ) {
                String word = all.nextToken();
                switch (word) {
                    case "jump" -> flow = Flow.JUMP;
                    case "branch" -> flow = Flow.BRANCH;
                    case "call" -> flow = Flow.CALL;
                    case "ret" -> flow = Flow.RETURN;
                    case "trap" -> flow = Flow.TRAP;
                    case "mov" -> result = Result.MOV;
                    case "add" -> result = Result.ADD;
                    case "sub" -> result = Result.SUB;
                    case "const" -> result = Result.CONST;
                    case "load" -> result = Result.LOAD;
                    default -> longAttribute(word);
                }
            }
        }

        private void longAttribute(String word) {
            if (word.charAt(0) == '?') {
                if (condition.isEmpty()) {
                    condition = new ArrayList<>(2);
                }
                condition.add(Arm64Condition.valueOf(word.substring(1)));
            } else if (word.startsWith("reads:")) {
                read |= 1L << Integer.parseInt(word.substring(6));
            } else if (word.startsWith("changes:")) {
                change |= 1L << Integer.parseInt(word.substring(8));
            } else {
                access = word.charAt(0);
                char first = word.charAt(1);
                size = first <= '9' ? (char) Integer.parseInt(word.substring(1)) : first;
            }
        }
    }
}
