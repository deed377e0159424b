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
    private record Bits(int low, int count) {}

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
        for (MemberPath each : all) {
            if (each.bitSize() > 0
                    && each.bitOffset() == low
                    && (bits.count() == 0 || each.bitSize() == bits.count())) {
                chosen = each;
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
        List<Candidate> result = new ArrayList<>(candidates);
        result.set(0, best.withMember(chosen));
        return result;
    }

    private static @Nullable Bits used(FunctionCode code, int index, Operand operand) {
        if (operand.access() != Access.READ || isImmediateToMemory(code.text(index))) {
            Bits immediate = ofImmediate(code.text(index), operand);
            if (immediate != null) {
                return immediate;
            }
        }
        int shift = 0;
        for (int i = index + 1; i <= index + MAX_FOLLOWERS && i < code.size(); i++) {
            if (code.get(i - 1).flow() != Flow.NEXT) {
                break;
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
                    shift += numbers.length == 0 ? 1 : (int) numbers[0];
                    if (operand.size() > 0 && shift < 8 * operand.size() && isEnd(code, i)) {
                        return new Bits(shift, name.equals("lsr") ? 0 : 8 * operand.size() - shift);
                    }
                }
                case "and", "andb", "andl", "test", "testb", "testl", "tst" -> {
                    return numbers.length < 1 ? null : ofMask(numbers[0], shift);
                }
                default -> {
                    if (code.get(i).operands().stream().anyMatch(each -> each.access() != Access.NONE)) {
                        return null;
                    }
                }
            }
        }
        return shift > 0 ? new Bits(shift, 0) : null;
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
        int width = operand.size() > 0 && operand.size() < 8 ? 8 * operand.size() : 64;
        long all = width == 64 ? -1 : (1L << width) - 1;
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
