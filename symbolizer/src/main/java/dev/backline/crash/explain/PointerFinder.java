package dev.backline.crash.explain;

import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Variable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pointers in C that an access through a register can have used, and orders them. Not thread-safe.
 */
final class PointerFinder {
    private static final int MAX_CANDIDATES = 32;

    private final FrameCode frame;
    private final ValueOrigin origin;
    private final RegisterFile registers;

    PointerFinder(FrameCode frame, ValueOrigin origin, RegisterFile registers) {
        this.frame = frame;
        this.origin = origin;
        this.registers = registers;
    }

    /**
     * {@return the candidates, the likeliest first}
     *
     * @param register base or index of the access
     * @param index of the instruction
     * @param address that was accessed
     * @param size of the access
     * @param write whether the access writes
     */
    List<Candidate> find(int register, int index, long address, int size, boolean write) {
        Long value = registers.register(register);
        List<Candidate> found = new ArrayList<>();
        for (Pointer each : origin.variables(register, index)) {
            add(each, value, address, size, true, found);
        }
        for (Pointer each : origin.variablesAhead(register, index)) {
            add(each, value, address, size, false, found);
        }
        for (Pointer each : origin.derived(register, index, true)) {
            add(each, value, address, size, false, found);
        }
        return ordered(found, write);
    }

    /**
     * {@return the variables that are not in the register, but have a value that explains the access}
     *
     * @param at the address of the instruction
     * @param address that was accessed
     * @param size of the access
     * @param write whether the access writes
     */
    List<Candidate> byValue(long at, long address, int size, boolean write) {
        List<Candidate> found = new ArrayList<>();
        for (Scope scope : frame.scopes(at)) {
            for (Variable variable : scope.variables()) {
                Long value = variable.location() instanceof Location.Constant ? null : value(variable);
                if (value != null) {
                    Pointer pointer = Pointer.of(new Pointer.Root(
                            Pointer.Kind.VARIABLE, variable.name(), variable.layout(), scope.function(), -1, 0));
                    add(pointer, value, address, size, false, found);
                }
            }
        }
        found.removeIf(each -> each.fit() != Candidate.MEMBER);
        return ordered(found, write);
    }

    private @Nullable Long value(Variable variable) {
        return variable.location().value(registers);
    }

    private void add(
            Pointer pointer, @Nullable Long register, long address, int size, boolean direct, List<Candidate> into) {
        if (into.size() >= MAX_CANDIDATES) {
            return;
        }
        try {
            Candidate candidate = Candidate.of(pointer, register, address, size, false, direct, into.size());
            if (candidate != null) {
                into.add(candidate);
            }
        } catch (IOException e) {
            frame.problem("A type in " + frame.elf().name() + " cannot be read: " + e.getMessage());
        }
    }

    /** Best first, each expression once. */
    static List<Candidate> ordered(List<Candidate> found, boolean write) {
        List<Candidate> sorted = new ArrayList<>(found);
        sorted.sort((a, b) -> compare(a, b, write));
        Set<String> texts = new HashSet<>();
        List<Candidate> once = new ArrayList<>();
        for (Candidate each : sorted) {
            if (texts.add(each.text() + " " + each.offset())) {
                once.add(each);
            }
        }
        return once;
    }

    private static int compare(Candidate a, Candidate b, boolean write) {
        if (a.fit() != b.fit()) {
            return Integer.compare(b.fit(), a.fit());
        }
        // Nothing writes through a pointer to a constant.
        if (write && a.isConstTarget() != b.isConstTarget()) {
            return a.isConstTarget() ? 1 : -1;
        }
        // The outermost object: the structure around a list_head, the one with an embedded structure.
        if (a.fit() == Candidate.MEMBER && a.offset() != b.offset()) {
            return Long.compare(b.offset(), a.offset());
        }
        if (a.direct() != b.direct()) {
            return a.direct() ? -1 : 1;
        }
        return Integer.compare(a.rank(), b.rank());
    }
}
