package dev.backline.crash.explain;

import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.MemberPath;
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

    /** So many elements of an array come from a loop, not from two branches. */
    private static final int LEAST_ROUNDS = 3;

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
        List<Candidate> made = new ArrayList<>();
        List<Pointer> derived = origin.derived(register, index, true);
        for (Pointer each : derived) {
            add(each, value, address, size, false, made);
        }
        made = withoutRounds(made);
        List<Candidate> held = ordered(found, write);
        if (isMember(held) && isAmbiguous(derived)) {
            // The first or any element: the variable that walks over them is the better name
            held.addAll(ordered(made, write));
            return held;
        }
        // A cursor has one name, what it was set to in a loop has several
        boolean isCursor = held.isEmpty() && derived.size() > 1;
        if (isCursor || !(isExplained(found) || isExplained(made))) {
            for (Pointer each : origin.variablesBehind(register, index)) {
                add(each, value, address, size, false, found);
            }
        }
        found.addAll(made);
        return withoutGuess(ordered(found, write), value);
    }

    /**
     * Puts the variable in the register first if the object around it is a guess that does not hold: if it has no member
     * of the variable's type there, or if the variable's own value is the bad one, such as NULL.
     */
    private List<Candidate> withoutGuess(List<Candidate> ordered, @Nullable Long register) {
        Candidate first = ordered.isEmpty() ? null : ordered.get(0);
        if (first == null || first.direct() || first.fit() != Candidate.MEMBER || register == null) {
            return ordered;
        }
        Candidate held = null;
        for (Candidate each : ordered) {
            if (each.direct() && each.fit() == Candidate.MEMBER && register.equals(each.value())) {
                held = each;
                break;
            }
        }
        if (held == null || first.offset() <= held.offset()) {
            return ordered;
        }
        Values.Look look = Values.byItself(register, registers.set());
        try {
            if ((look != null && look.exact()) || !holds(first, held)) {
                List<Candidate> better = new ArrayList<>(ordered);
                better.remove(held);
                better.add(0, held);
                return better;
            }
        } catch (IOException e) {
            frame.problem("A type in " + frame.elf().name() + " cannot be read: " + e.getMessage());
        }
        return ordered;
    }

    /** Whether an object has a member of the type that another pointer points to, at the place that it points to. */
    private static boolean holds(Candidate outer, Candidate inner) throws IOException {
        Layout object = outer.object();
        MemberPath member = outer.member();
        Layout target = inner.object();
        if (object == null || member == null || target == null) {
            return false;
        }
        String name = target.type().resolved().name();
        long at = outer.offset() - inner.offset();
        for (int dot = 0; dot >= 0; ) {
            dot = member.path().indexOf('.', dot + 1);
            MemberPath each = dot < 0 ? member : object.member(member.path().substring(0, dot));
            String of = each == null ? null : each.layout().type().resolved().name();
            if (each != null && each.offset() == at && (name == null || name.equals(of))) {
                return true;
            }
        }
        return false;
    }

    /** One candidate for the elements of an array that a loop walks over, without the element's number. */
    private static List<Candidate> withoutRounds(List<Candidate> made) {
        List<Candidate> left = new ArrayList<>();
        for (int i = 0; i < made.size(); i++) {
            int rounds = 0;
            int first = i;
            for (int j = 0; j < made.size(); j++) {
                if (isRound(made.get(i), made.get(j))) {
                    rounds++;
                    first = distance(made.get(j)) < distance(made.get(first)) ? j : first;
                }
            }
            if (rounds < LEAST_ROUNDS) {
                left.add(made.get(i));
            } else if (first == i) {
                left.add(made.get(i).withAnyElement());
            }
        }
        return left;
    }

    private static long distance(Candidate candidate) {
        return Math.abs(candidate.pointer().delta());
    }

    /** Whether two candidates are members of the same name in elements of the same array. */
    private static boolean isRound(Candidate one, Candidate other) {
        MemberPath member = one.member();
        MemberPath its = other.member();
        return member != null
                && its != null
                && one.pointer().root().equals(other.pointer().root())
                && one.pointer().loads().equals(other.pointer().loads())
                && Members.anyElement(member.path()).equals(Members.anyElement(its.path()))
                && !Members.anyElement(member.path()).equals(member.path());
    }

    private static boolean isMember(List<Candidate> ordered) {
        return !ordered.isEmpty() && ordered.get(0).fit() == Candidate.MEMBER;
    }

    private static boolean isExplained(List<Candidate> candidates) {
        for (Candidate each : candidates) {
            if (each.fit() >= Candidate.VALUE) {
                return true;
            }
        }
        return false;
    }

    /** Whether a value comes from several places of the same object. */
    private static boolean isAmbiguous(List<Pointer> derived) {
        for (Pointer each : derived) {
            for (Pointer other : derived) {
                if (each.root().equals(other.root())
                        && each.loads().equals(other.loads())
                        && each.delta() != other.delta()) {
                    return true;
                }
            }
        }
        return false;
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
                Long value = variable.location() instanceof Location.Constant
                        ? null
                        : variable.location().value(registers);
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
