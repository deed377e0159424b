package dev.backline.dwarf.types;

import static dev.backline.dwarf.types.Operation.*;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates an expression on a stack of integers (DWARF5 2.5.1). Immutable, thread-safe. */
final class StackExpression implements Expression {
    /** Only a loop takes more; compilers write none. */
    private static final int MAX_STEPS = 10_000;

    private static final int MAX_STACK = 128;

    private final List<Operation> operations;
    /** The expression for the frame base of the function. */
    private final List<Operation> frameBase;

    private final BaseType generic;

    /**
     * @param frameBase empty if unknown
     * @param addressSize in bytes
     */
    StackExpression(List<Operation> operations, List<Operation> frameBase, int addressSize) {
        this.operations = List.copyOf(operations);
        this.frameBase = List.copyOf(frameBase);
        generic = new BaseType(addressSize, false);
    }

    @Override
    public @Nullable Long evaluate(Location.Machine machine) {
        return new Run(machine).result(operations, false);
    }

    /** One evaluation. */
    private final class Run {
        private final Location.Machine machine;
        private int steps;
        private boolean inFrameBase;

        Run(Location.Machine machine) {
            this.machine = machine;
        }

        /** {@return the top of the stack after the operations, null if it is not known} */
        @Nullable
        Long result(List<Operation> expression, boolean atEntry) {
            Stack stack = new Stack();
            int next = 0;
            while (next < expression.size()) {
                Operation operation = expression.get(next++);
                if (++steps > MAX_STEPS) {
                    return null;
                }
                switch (operation.code) {
                    case STACK_VALUE -> {
                        return stack.top();
                    }
                    case BRA, SKIP -> {
                        if (operation.code == BRA) {
                            if (stack.size == 0) {
                                return null;
                            }
                            stack.size--;
                        }
                        if (operation.code == SKIP || stack.values[stack.size] != 0) {
                            next = target(expression, operation.first);
                            if (next < 0) {
                                return null;
                            }
                        }
                    }
                    default -> {
                        if (!step(operation, stack, atEntry)) {
                            return null;
                        }
                    }
                }
            }
            return stack.top();
        }

        /** The index of the first operation at or after a position; -1 for a position before the expression. */
        private int target(List<Operation> expression, long at) {
            int index = at < 0 ? -1 : 0;
            while (index >= 0 && index < expression.size() && expression.get(index).at < at) {
                index++;
            }
            return index;
        }

        /** {@return whether the result is known} */
        private boolean step(Operation operation, Stack stack, boolean atEntry) {
            switch (operation.code) {
                case CONST -> {
                    return stack.push(operation.first, operation.type);
                }
                case ADDR -> {
                    return stack.push(machine.loaded(operation.first), null);
                }
                case REGX -> {
                    return stack.push(register((int) operation.first, atEntry), null);
                }
                case REGVAL_TYPE -> {
                    return stack.push(register((int) operation.first, atEntry), operation.type);
                }
                case BREGX -> {
                    return stack.push(plus(register((int) operation.first, atEntry), operation.second), null);
                }
                case FBREG -> {
                    return stack.push(plus(frameBase(), operation.second), null);
                }
                case CALL_FRAME_CFA -> {
                    return stack.push(machine.frame(), null);
                }
                case ENTRY_VALUE -> {
                    return !atEntry && stack.push(result(operation.nested, true), null);
                }
                case DEREF -> {
                    if (stack.size == 0 || atEntry) {
                        return false;
                    }
                    long address = stack.values[--stack.size];
                    return operation.first > 0
                            && operation.first <= Long.BYTES
                            && stack.push(machine.memory(address, (int) operation.first), operation.type);
                }
                case PLUS_UCONST -> {
                    return stack.size > 0
                            && stack.replace(
                                    stack.values[stack.size - 1] + operation.first, stack.types[stack.size - 1]);
                }
                case CONVERT, REINTERPRET -> {
                    return stack.size > 0 && stack.replace(stack.values[stack.size - 1], operation.type);
                }
                case DUP -> {
                    return stack.pick(0);
                }
                case OVER -> {
                    return stack.pick(1);
                }
                case PICK -> {
                    return stack.pick((int) operation.first);
                }
                case DROP -> {
                    return --stack.size >= 0;
                }
                case SWAP -> {
                    return stack.rotate(2);
                }
                case ROT -> {
                    return stack.rotate(3);
                }
                case ABS, NEG, NOT -> {
                    return stack.size > 0 && unary(operation.code, stack);
                }
                default -> {
                    return operation.code >= AND
                            && operation.code <= NE
                            && stack.size > 1
                            && binary(operation.code, stack);
                }
            }
        }

        private @Nullable Long register(int number, boolean atEntry) {
            return atEntry ? machine.entryRegister(number) : machine.register(number);
        }

        private @Nullable Long frameBase() {
            // The expression of a frame base does not refer to the frame base, except in a damaged file
            if (inFrameBase || frameBase.isEmpty()) {
                return null;
            }
            inFrameBase = true;
            Long base = result(frameBase, false);
            inFrameBase = false;
            return base;
        }

        private @Nullable Long plus(@Nullable Long value, long distance) {
            return value == null ? null : Long.valueOf(value + distance);
        }

        private boolean unary(int code, Stack stack) {
            BaseType type = stack.types[stack.size - 1];
            long value = stack.values[stack.size - 1];
            long result = switch (code) {
                case ABS -> Math.abs(signed(value, type));
                case NEG -> -value;
                default -> ~value;
            };
            return stack.replace(result, type);
        }

        /** The generic type is signed for these operations (DWARF5 2.5.1.4). */
        private long signed(long value, @Nullable BaseType type) {
            return type == null ? new BaseType(generic.size(), true).cut(value) : value;
        }

        private boolean binary(int code, Stack stack) {
            BaseType type = stack.types[stack.size - 2];
            long right = stack.values[--stack.size];
            long left = stack.values[stack.size - 1];
            BaseType its = type == null ? generic : type;
            boolean unsigned = type != null && !type.signed();
            switch (code) {
                case DIV, MOD -> {
                    if (right == 0) {
                        return false;
                    }
                    return stack.replace(
                            code == DIV ? quotient(left, right, type) : remainder(left, right, type), type);
                }
                case SHL, SHR, SHRA -> {
                    return stack.replace(shifted(code, left, right, its, type), type);
                }
                case EQ, NE, LT, LE, GT, GE -> {
                    int order = unsigned
                            ? Long.compareUnsigned(left, right)
                            : Long.compare(signed(left, type), signed(right, type));
                    return stack.replace(compared(code, order) ? 1 : 0, null);
                }
                default -> {
                    return stack.replace(arithmetic(code, left, right), type);
                }
            }
        }

        private long arithmetic(int code, long left, long right) {
            return switch (code) {
                case AND -> left & right;
                case OR -> left | right;
                case XOR -> left ^ right;
                case PLUS -> left + right;
                case MINUS -> left - right;
                default -> left * right;
            };
        }

        /** Signed division, except for unsigned types. */
        private long quotient(long left, long right, @Nullable BaseType type) {
            return type != null && !type.signed()
                    ? Long.divideUnsigned(left, right)
                    : signed(left, type) / signed(right, type);
        }

        /** Unsigned for the generic type. */
        private long remainder(long left, long right, @Nullable BaseType type) {
            return type == null || !type.signed() ? Long.remainderUnsigned(left, right) : left % right;
        }

        private long shifted(int code, long left, long by, BaseType its, @Nullable BaseType type) {
            boolean far = by < 0 || by >= (long) its.size() * Byte.SIZE;
            return switch (code) {
                case SHL -> far ? 0 : left << by;
                case SHR -> far ? 0 : new BaseType(its.size(), false).cut(left) >>> by;
                default -> signed(left, type) >> (far ? Long.SIZE - 1 : by);
            };
        }

        private boolean compared(int code, int order) {
            return switch (code) {
                case EQ -> order == 0;
                case NE -> order != 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                default -> order >= 0;
            };
        }
    }

    /** Values with their types; null is the generic type. */
    private final class Stack {
        private final long[] values = new long[MAX_STACK];
        private final @Nullable BaseType[] types = new @Nullable BaseType[MAX_STACK];
        private int size;

        /** {@return false if the value is unknown or the stack is full} */
        boolean push(@Nullable Long value, @Nullable BaseType type) {
            if (value == null || size == MAX_STACK) {
                return false;
            }
            size++;
            return replace(value, type);
        }

        /** Replaces the top: {@return false if values of the type are not computed here} */
        boolean replace(long value, @Nullable BaseType type) {
            BaseType its = type == null ? generic : type;
            if (its.size() == 0) {
                return false;
            }
            types[size - 1] = type;
            values[size - 1] = its.cut(value);
            return true;
        }

        boolean pick(int below) {
            int from = size - 1 - below;
            return from >= 0 && push(values[from], types[from]);
        }

        /** Moves the top below the others of the highest {@code count}. */
        boolean rotate(int count) {
            if (size < count) {
                return false;
            }
            long value = values[size - 1];
            BaseType type = types[size - 1];
            for (int i = size - 1; i > size - count; i--) {
                values[i] = values[i - 1];
                types[i] = types[i - 1];
            }
            values[size - count] = value;
            types[size - count] = type;
            return true;
        }

        @Nullable
        Long top() {
            return size == 0 ? null : Long.valueOf(values[size - 1]);
        }
    }
}
