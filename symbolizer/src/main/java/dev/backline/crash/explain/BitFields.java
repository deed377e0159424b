package dev.backline.crash.explain;

import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.machine.Access;
import dev.backline.machine.Flow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses among the bit-fields at one place by the bits that the instruction and its followers use. */
final class BitFields {
    /** Instructions after the load that can select bits. */
    private static final int MAX_FOLLOWERS = 3;

    private BitFields() {}

    /** The bits that are used: shifted down by so many, of so many bits. */
    record Bits(int low, int count) {}

    /**
     * {@return the candidates, the first one with the bit-field that the code uses}
     *
     * @param candidates the likeliest first
     * @param code of the function
     * @param index of the trap
     * @param operand that was accessed
     */
    static List<Candidate> chosen(List<Candidate> candidates, FunctionCode code, int index, Operand operand) {
        if (candidates.isEmpty()) {
            return candidates;
        }
        Candidate best = candidates.get(0);
        MemberPath member = best.member();
        if (member == null || best.alternatives().isEmpty()) {
            return candidates;
        }
        List<MemberPath> all = new ArrayList<>();
        all.add(member);
        all.addAll(best.alternatives());
        boolean any = false;
        for (MemberPath each : all) {
            any |= each.bitSize() > 0;
        }
        Bits bits = any ? used(code, index, operand) : null;
        if (bits == null) {
            return candidates;
        }
        long low = best.offset() * 8 + bits.low();
        MemberPath chosen = null;
        boolean isExact = false;
        for (MemberPath each : all) {
            if (each.bitSize() > 0
                    && each.bitOffset() == low
                    && (bits.count() == 0 || each.bitSize() == bits.count())) {
                chosen = each;
                isExact = true;
                break;
            }
            if (each.bitSize() > 0
                    && chosen == null
                    && each.bitOffset() <= low
                    && low < each.bitOffset() + each.bitSize()) {
                chosen = each;
            }
        }
        if (chosen == null) {
            return candidates;
        }
        List<MemberPath> others = new ArrayList<>();
        for (MemberPath each : all) {
            // The source can use the bits of a number too, such as a flag of a union
            if (!each.equals(chosen) && (!isExact || each.bitSize() == 0)) {
                others.add(each);
            }
        }
        List<Candidate> result = new ArrayList<>(candidates);
        result.set(0, best.withMember(chosen, others));
        return result;
    }

    /** The bits that the code uses of what it accesses; null if unknown. */
    static @Nullable Bits used(FunctionCode code, int index, Operand operand) {
        if (operand.access() != Access.READ || isImmediateToMemory(code.text(index))) {
            Bits immediate = ofImmediate(code.text(index), operand);
            if (immediate != null) {
                return immediate;
            }
        }
        int shift = 0;
        long held = code.get(index).changes();
        for (int i = index + 1; i <= index + MAX_FOLLOWERS && i < code.size(); i++) {
            if (code.get(i - 1).flow() != Flow.NEXT) {
                break;
            }
            FunctionCode.Instruction each = code.get(i);
            if ((each.reads() & held) == 0) {
                // About another value
                held &= ~each.changes();
                continue;
            }
            String text = code.text(i);
            int blank = text.indexOf(' ');
            String name = blank < 0 ? text : text.substring(0, blank);
            long[] numbers = numbers(text);
            switch (name) {
                case "ubfx", "sbfx" -> {
                    return numbers.length < 2 ? null : new Bits(shift + (int) numbers[0], (int) numbers[1]);
                }
                case "tbz", "tbnz" -> {
                    return numbers.length < 1 ? null : new Bits(shift + (int) numbers[0], 1);
                }
                case "shr", "shrb", "shrw", "shrl", "shrq", "sar", "lsr" -> {
                    if (text.contains("%cl")) {
                        return null;
                    }
                    held |= each.changes();
                    shift += numbers.length == 0 ? 1 : (int) numbers[0];
                    if (operand.size() > 0 && shift < 8 * operand.size() && isEnd(code, i)) {
                        return new Bits(shift, name.equals("lsr") ? 0 : 8 * operand.size() - shift);
                    }
                }
                case "and", "andb", "andl", "test", "testb", "testl", "tst" -> {
                    if (numbers.length < 1) {
                        return null;
                    }
                    // What is kept of a value that is written back are the other members
                    boolean isUpdate = name.startsWith("and") && isWrittenBack(code, i, operand);
                    return ofMask((isUpdate ? ~numbers[0] : numbers[0]) & (all(operand) >>> shift), shift);
                }
                default -> {
                    if (each.operands().stream().anyMatch(other -> other.access() != Access.NONE)) {
                        return null;
                    }
                    held |= each.changes();
                }
            }
        }
        return shift > 0 ? new Bits(shift, 0) : null;
    }

    private static boolean isWrittenBack(FunctionCode code, int index, Operand operand) {
        for (int i = index + 1; i <= index + MAX_FOLLOWERS && i < code.size(); i++) {
            for (Operand each : code.get(i).operands()) {
                if (each.access() == Access.WRITE
                        && each.base() == operand.base()
                        && each.displacement() == operand.displacement()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All bits of an access. */
    private static long all(Operand operand) {
        return operand.size() > 0 && operand.size() < 8 ? (1L << (8 * operand.size())) - 1 : -1;
    }

    /** Whether no further instruction selects bits. */
    private static boolean isEnd(FunctionCode code, int index) {
        if (index + 1 >= code.size()) {
            return true;
        }
        String next = code.text(index + 1);
        return !next.startsWith("and") && !next.startsWith("test") && !next.startsWith("shr");
    }

    private static boolean isImmediateToMemory(String text) {
        return text.startsWith("test") && text.contains("$0x") && text.contains("(");
    }

    private static @Nullable Bits ofImmediate(String text, Operand operand) {
        int dollar = text.indexOf('$');
        if (dollar < 0) {
            return null;
        }
        long[] numbers = numbers(text.substring(dollar));
        if (numbers.length == 0) {
            return null;
        }
        long all = all(operand);
        if (text.contains("and")) {
            return ofMask(~numbers[0] & all, 0);
        }
        return text.contains("or") || text.contains("test") || text.contains("xor")
                ? ofMask(numbers[0] & all, 0)
                : null;
    }

    private static @Nullable Bits ofMask(long mask, int shift) {
        return mask == 0 ? null : new Bits(shift + Long.numberOfTrailingZeros(mask), Long.bitCount(mask));
    }

    /** The numbers after $ or #. */
    private static long[] numbers(String text) {
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '$' && c != '#') {
                continue;
            }
            int from = i + 1;
            boolean hex = text.startsWith("0x", from);
            int start = hex ? from + 2 : from;
            int end = start;
            while (end < text.length() && Character.digit(text.charAt(end), hex ? 16 : 10) >= 0) {
                end++;
            }
            if (end > start && end - start <= 16) {
                try {
                    found.add(Long.parseUnsignedLong(text.substring(start, end), hex ? 16 : 10));
                } catch (NumberFormatException e) {
                    return new long[0];
                }
            }
        }
        long[] all = new long[found.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = found.get(i);
        }
        return all;
    }
}
