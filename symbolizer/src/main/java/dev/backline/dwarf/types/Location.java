package dev.backline.dwarf.types;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a variable is at an address (DWARF5 2.6): its value, or the memory that holds it. Immutable.
 */
public sealed interface Location {
    /** Gives what a crash report or a debugger knows; each method is null for what is unknown. */
    interface Machine {
        /**
         * {@return the value of a register at this place}
         *
         * @param register its DWARF number
         */
        @Nullable
        Long register(int register);

        /**
         * {@return the value that a register had when the function was entered}
         *
         * @param register its DWARF number
         */
        default @Nullable Long entryRegister(int register) {
            return null;
        }

        /**
         * {@return a value in memory, zero-extended}
         *
         * @param address its address
         * @param size in bytes
         */
        default @Nullable Long memory(long address, int size) {
            return null;
        }

        /**
         * {@return the address at run time of an address in the ELF file; the same without KASLR}
         *
         * @param address in the ELF file
         */
        default @Nullable Long loaded(long address) {
            return address;
        }

        /** {@return the canonical frame address: the stack pointer in the caller; null if unknown} */
        default @Nullable Long frame() {
            return null;
        }
    }

    /**
     * {@return the value of the variable, not cut to its size; null if it cannot be computed}
     *
     * @param machine what is known
     */
    @Nullable
    Long value(Machine machine);

    /**
     * In a register.
     *
     * @param register its DWARF number
     */
    record Register(int register) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            return machine.register(register);
        }
    }

    /**
     * Not stored, but the sum of a register and a constant (DW_OP_breg, DW_OP_stack_value).
     *
     * @param register its DWARF number
     * @param offset added to it
     */
    record RegisterPlus(int register, long offset) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            Long at = machine.register(register);
            return at == null ? null : Long.valueOf(at + offset);
        }
    }

    /**
     * In memory at an address in a register.
     *
     * @param register its DWARF number
     * @param offset added to it
     * @param size of the variable in bytes
     */
    record InMemory(int register, long offset, int size) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            Long at = machine.register(register);
            return at == null ? null : machine.memory(at + offset, size);
        }
    }

    /**
     * On the stack.
     *
     * @param offset from the canonical frame address
     * @param size of the variable in bytes
     */
    record OnStack(long offset, int size) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            Long frame = machine.frame();
            return frame == null ? null : machine.memory(frame + offset, size);
        }
    }

    /**
     * At a fixed address.
     *
     * @param address in the ELF file
     * @param size of the variable in bytes
     */
    record Global(long address, int size) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            Long at = machine.loaded(address);
            return at == null ? null : machine.memory(at, size);
        }
    }

    /**
     * A constant.
     *
     * @param constant the value
     */
    record Constant(long constant) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            return constant;
        }
    }

    /**
     * The value that a register had when the function was entered (DW_OP_entry_value, DWARF5 2.5.1.7).
     *
     * @param register its DWARF number
     */
    record EntryValue(int register) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            return machine.entryRegister(register);
        }
    }

    /**
     * In several places (DWARF5 2.6.1.2).
     *
     * @param pieces in the order of the variable's bytes
     */
    record Pieces(List<Piece> pieces) implements Location {
        public Pieces {
            pieces = List.copyOf(pieces);
        }

        @Override
        public @Nullable Long value(Machine machine) {
            return null;
        }
    }

    /**
     * A part of a variable.
     *
     * @param offset in the variable, in bytes
     * @param size in bytes
     * @param location of the part
     */
    record Piece(long offset, long size, Location location) {}

    /**
     * A pointer that is not stored; what it points to is known (DW_OP_implicit_pointer, DWARF5 2.6.1.1.4).
     *
     * @param pointee the location of the variable that it points to; null if unknown
     * @param offset from the variable's start, in bytes
     */
    record ImplicitPointer(@Nullable Location pointee, long offset) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            return null;
        }
    }

    /**
     * The result of any other expression.
     *
     * @param expression to evaluate
     * @param inMemory whether the result is the address of the variable instead of its value
     * @param size of the variable in bytes
     */
    record Computed(Expression expression, boolean inMemory, int size) implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            Long result = expression.evaluate(machine);
            return result == null || !inMemory ? result : machine.memory(result, size);
        }
    }

    /** Nowhere at this address: the compiler did not keep it. */
    record Unavailable() implements Location {
        @Override
        public @Nullable Long value(Machine machine) {
            return null;
        }
    }
}
