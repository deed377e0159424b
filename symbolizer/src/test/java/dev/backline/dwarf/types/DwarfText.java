package dev.backline.dwarf.types;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions as llvm-dwarfdump prints them, without typed operations and jumps. */
final class DwarfText {
    private final Location.Machine machine;
    private final String frameBase;
    private final boolean is64;
    private boolean unknown;

    DwarfText(Location.Machine machine, String frameBase, boolean is64) {
        this.machine = machine;
        this.frameBase = frameBase;
        this.is64 = is64;
    }

    /** {@return whether the last expression has an operation that this class does not know} */
    boolean isUnknown() {
        return unknown;
    }

    /** {@return the value of a variable of the size with this location; null if it is unknown} */
    @Nullable
    Long value(String expression, int size) {
        List<String> operations = split(expression);
        if (operations.size() == 1 && operations.get(0).matches("DW_OP_reg(x |\\d).*")) {
            return machine.register(register(operations.get(0)));
        }
        boolean value = operations.get(operations.size() - 1).equals("DW_OP_stack_value");
        Deque<Long> stack = new ArrayDeque<>();
        for (String each : operations) {
            if (!each.equals("DW_OP_stack_value") && !step(each, stack)) {
                return null;
            }
        }
        Long top = stack.peek();
        return value || top == null ? top : machine.memory(top, size);
    }

    private static List<String> split(String expression) {
        List<String> operations = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= expression.length(); i++) {
            char c = i < expression.length() ? expression.charAt(i) : ',';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                operations.add(expression.substring(start, i).strip());
                start = i + 1;
            }
        }
        return operations;
    }

    private static int register(String operation) {
        String text = operation.replaceFirst("DW_OP_b?reg(x )?", "").strip();
        int end = 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return Integer.parseInt(text.substring(0, end));
    }

    private boolean step(String operation, Deque<Long> stack) {
        String name = operation.split("[ (]", 2)[0].substring("DW_OP_".length());
        String operand = operation.contains(" ") ? operation.substring(operation.lastIndexOf(' ') + 1) : "";
        if (name.matches("lit\\d+")) {
            return push(stack, Long.parseLong(name.substring(3)));
        }
        if (name.matches("const\\d?[us]") || name.equals("addr")) {
            return push(stack, number(operand));
        }
        if (name.matches("breg\\d+|bregx")) {
            String sum = operation.substring(Math.max(operation.lastIndexOf('+'), operation.lastIndexOf('-')));
            return push(stack, machine.register(register(operation)) + Long.parseLong(sum));
        }
        switch (name) {
            case "fbreg" -> {
                Long base = frameBase.equals("DW_OP_call_frame_cfa") ? machine.frame() : registerBase();
                return base != null && push(stack, base + Long.parseLong(operand));
            }
            case "call_frame_cfa" -> {
                return push(stack, machine.frame());
            }
            case "entry_value", "GNU_entry_value" -> {
                String nested = operation.substring(operation.indexOf('(') + 1, operation.lastIndexOf(')'));
                if (!nested.matches("DW_OP_reg\\d+ ?\\w*")) {
                    unknown = true;
                    return false;
                }
                return push(stack, machine.entryRegister(register(nested)));
            }
            case "plus_uconst" -> {
                return push(stack, stack.pop() + number(operand));
            }
            case "deref" -> {
                return push(stack, machine.memory(stack.pop(), is64 ? 8 : 4));
            }
            case "deref_size" -> {
                return push(stack, machine.memory(stack.pop(), (int) number(operand)));
            }
            case "dup" -> {
                return push(stack, stack.peek());
            }
            case "drop" -> {
                stack.pop();
                return true;
            }
            case "neg" -> {
                return push(stack, -stack.pop());
            }
            case "not" -> {
                return push(stack, ~stack.pop());
            }
            case "over" -> {
                long top = stack.pop();
                long below = stack.peek();
                push(stack, top);
                return push(stack, below);
            }
            case "swap" -> {
                long top = stack.pop();
                long below = stack.pop();
                push(stack, top);
                return push(stack, below);
            }
            default -> {
                return binary(name, stack);
            }
        }
    }

    private @Nullable Long registerBase() {
        if (!frameBase.matches("DW_OP_reg\\d+.*")) {
            unknown = true;
            return null;
        }
        return machine.register(register(frameBase));
    }

    private boolean binary(String name, Deque<Long> stack) {
        if (stack.size() < 2) {
            unknown = true;
            return false;
        }
        long right = stack.pop();
        long left = stack.pop();
        long signedLeft = is64 ? left : (int) left;
        long signedRight = is64 ? right : (int) right;
        switch (name) {
            case "plus" -> push(stack, left + right);
            case "minus" -> push(stack, left - right);
            case "mul" -> push(stack, left * right);
            case "and" -> push(stack, left & right);
            case "or" -> push(stack, left | right);
            case "xor" -> push(stack, left ^ right);
            case "shl" -> push(stack, right >= 0 && right < (is64 ? 64 : 32) ? left << right : 0L);
            case "shr" -> push(stack, right >= 0 && right < (is64 ? 64 : 32) ? left >>> right : 0L);
            case "shra" -> push(stack, signedLeft >> Math.min(63, right));
            case "eq" -> push(stack, left == right ? 1L : 0L);
            case "ne" -> push(stack, left != right ? 1L : 0L);
            case "lt" -> push(stack, signedLeft < signedRight ? 1L : 0L);
            case "le" -> push(stack, signedLeft <= signedRight ? 1L : 0L);
            case "gt" -> push(stack, signedLeft > signedRight ? 1L : 0L);
            case "ge" -> push(stack, signedLeft >= signedRight ? 1L : 0L);
            default -> {
                unknown = true;
                return false;
            }
        }
        return true;
    }

    private boolean push(Deque<Long> stack, @Nullable Long value) {
        if (value == null) {
            return false;
        }
        stack.push(is64 ? value : Long.valueOf(value & 0xffff_ffffL));
        return true;
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
