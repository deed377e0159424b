package dev.backline.crash.explain;

import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.crash.explain.Pointer.Kind;
import dev.backline.crash.explain.Pointer.Root;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Variable;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the value of a register comes from: the variables that live in it, and the loads, moves and sums that
 * made it, back to a register with a variable. A walk back ends where several definitions of a register meet. Not
 * thread-safe.
 */
final class ValueOrigin {
    /** Loads, moves and sums that one walk follows. */
    private static final int MAX_DEPTH = 10;

    /** Definitions that are looked at for one register of a report. */
    private static final int MAX_DEFINITIONS = 256;

    /** Instructions that are searched for the definitions of one register. */
    private static final int MAX_SEARCHED = 1 << 13;

    /** Instructions after one that are looked at for variables. */
    private static final int MAX_AHEAD = 8;

    /** A smaller number is no address, though x86-64 links its per-CPU variables from address 0. */
    private static final long FIRST_ADDRESS = 4096;

    /** Instructions before one that are looked at for variables. */
    private static final int MAX_BEHIND = 32;

    /** Origins of one value. */
    private static final int MAX_POINTERS = 16;

    private final FrameCode frame;
    private final FunctionCode code;
    private final InstructionSet set;
    /** The functions whose variables name nothing. */
    private final Predicate<@Nullable String> ignored;

    private int left = MAX_DEFINITIONS;

    ValueOrigin(FrameCode frame, FunctionCode code, InstructionSet set) {
        this(frame, code, set, function -> false);
    }

    ValueOrigin(FrameCode frame, FunctionCode code, InstructionSet set, Predicate<@Nullable String> ignored) {
        this.frame = frame;
        this.code = code;
        this.set = set;
        this.ignored = ignored;
    }

    /**
     * {@return the variables that the register holds at an instruction, innermost scope first; of one scope, local
     * variables first, the last declared first}
     */
    List<Pointer> variables(int register, int index) {
        return variables(register, code.get(index).address());
    }

    private List<Pointer> variables(int register, long address) {
        List<Pointer> found = new ArrayList<>();
        for (Scope scope : frame.scopes(address)) {
            if (ignored.test(scope.function())) {
                continue;
            }
            for (boolean parameter : new boolean[] {false, true}) {
                for (int i = scope.variables().size() - 1; i >= 0; i--) {
                    Variable variable = scope.variables().get(i);
                    Long offset = variable.parameter() == parameter ? offset(variable.location(), register) : null;
                    if (offset != null && found.size() < MAX_POINTERS) {
                        found.add(Pointer.of(root(scope, variable)).plus(-offset));
                    }
                }
            }
        }
        return found;
    }

    /**
     * {@return the variables that the register holds a few instructions later, while its value is the same} The debug
     * information often has a variable only from the statement after the one that made its value.
     */
    List<Pointer> variablesAhead(int register, int index) {
        Set<String> functions = new HashSet<>();
        for (Scope scope : frame.scopes(code.get(index).address())) {
            functions.add(String.valueOf(scope.function()));
        }
        for (int i = index + 1; i <= index + MAX_AHEAD && i < code.size(); i++) {
            Instruction before = code.get(i - 1);
            if (before.flow() != Flow.NEXT || before.changes(register)) {
                return List.of();
            }
            List<Pointer> found = variables(register, i);
            found.removeIf(
                    each -> !functions.contains(String.valueOf(each.root().function())));
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /**
     * {@return the variables that the register held some instructions before, since when its value is the same} The
     * scope of an inlined function's variable ends with the function, before the value is used.
     */
    List<Pointer> variablesBehind(int register, int index) {
        int at = index;
        for (int i = 0; i < MAX_BEHIND; i++) {
            int[] before = code.predecessors(at);
            if (at == 0 || before.length != 1 || changes(before[0], register)) {
                return List.of();
            }
            at = before[0];
            List<Pointer> found = variables(register, at);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /** Stands for registers whose values are unknown, so that two sums of registers can be compared. */
    private static final Location.Machine UNKNOWN = register -> 0x25_0000L * (register + 1) + register;

    /** The variables that are at the address of a memory operand. */
    private List<Pointer> variablesInMemory(Instruction by, Operand operand) {
        List<Pointer> found = new ArrayList<>();
        if (operand.base() < 0) {
            return found;
        }
        long address = at(operand.base()) + operand.displacement();
        if (operand.index() >= 0) {
            address += at(operand.index()) * operand.scale();
        }
        for (Scope scope : frame.scopes(by.address())) {
            if (ignored.test(scope.function())) {
                continue;
            }
            for (Variable variable : scope.variables()) {
                Long place = place(variable.location());
                if (place != null && place == address && found.size() < MAX_POINTERS) {
                    found.add(inMemory(scope, variable, operand.size()));
                }
            }
        }
        return found;
    }

    /** What is at the start of a variable: the variable, or the first member of a structure. */
    private static Pointer inMemory(Scope scope, Variable variable, int size) {
        Root root = root(scope, variable);
        return Members.isAggregate(variable.layout())
                ? Pointer.of(new Root(Kind.GLOBAL, root.name(), root.layout(), root.function(), -1, 0))
                        .load(0, size, null)
                : Pointer.of(root);
    }

    private static long at(int register) {
        Long value = UNKNOWN.register(register);
        return value == null ? 0 : value;
    }

    private static @Nullable Long place(Location location) {
        if (location instanceof Location.InMemory in) {
            return at(in.register()) + in.offset();
        }
        return location instanceof Location.Computed computed && computed.inMemory()
                ? computed.expression().evaluate(UNKNOWN)
                : null;
    }

    /** What a variable is more than a register; null if it is not made of the register. */
    private static @Nullable Long offset(Location location, int register) {
        if (location instanceof Location.Register in && in.register() == register) {
            return 0L;
        }
        return location instanceof Location.RegisterPlus plus && plus.register() == register
                ? Long.valueOf(plus.offset())
                : null;
    }

    private static Root root(Scope scope, Variable variable) {
        return new Root(Kind.VARIABLE, variable.name(), variable.layout(), scope.function(), -1, 0);
    }

    /**
     * {@return where the value of a register before an instruction comes from, found in the code}
     *
     * @param register a DWARF number
     * @param index of the instruction
     * @param stopAtVariables whether to stop at variables; if not, the walk goes on to the function's arguments
     */
    List<Pointer> derived(int register, int index, boolean stopAtVariables) {
        left = MAX_DEFINITIONS;
        List<Pointer> found = new ArrayList<>();
        derive(register, index, stopAtVariables, 0, found);
        return found;
    }

    /** The variables in a register, else where its value comes from. */
    List<Pointer> of(int register, int index, boolean stopAtVariables) {
        left = MAX_DEFINITIONS;
        return origins(register, index, stopAtVariables, 0);
    }

    private List<Pointer> origins(int register, int index, boolean stopAtVariables, int depth) {
        List<Pointer> found = new ArrayList<>();
        if (stopAtVariables) {
            found.addAll(variables(register, index));
        }
        if (found.isEmpty()) {
            derive(register, index, stopAtVariables, depth, found);
        }
        return found;
    }

    private void derive(int register, int index, boolean stopAtVariables, int depth, List<Pointer> into) {
        if (register < 0 || depth >= MAX_DEPTH) {
            return;
        }
        int[] definitions = definitions(register, index);
        for (int definition : definitions) {
            if (--left < 0 || into.size() >= MAX_POINTERS) {
                return;
            }
            if (definition < 0) {
                into.add(Pointer.of(argument(register)));
            } else {
                into.addAll(defined(register, definition, stopAtVariables, depth + 1));
            }
        }
    }

    private List<Pointer> defined(int register, int at, boolean stopAtVariables, int depth) {
        Instruction by = code.get(at);
        List<Pointer> found = new ArrayList<>();
        if (by.flow() == Flow.CALL && !by.changes(register)) {
            if (register == RegisterFile.result(set)) {
                String callee = frame.calleeReturningTo(by.end());
                if (callee != null) {
                    found.add(Pointer.of(new Root(Kind.RESULT, callee, null, null, -1, 0)));
                }
            }
            return found;
        }
        boolean isTarget = by.target() == register;
        switch (isTarget ? by.effect() : Effect.OTHER) {
            case MOVE -> found.addAll(origins(by.source(), at, stopAtVariables, depth));
            case ADD -> {
                for (Pointer each : origins(by.source(), at, stopAtVariables, depth)) {
                    found.add(settled(each.plus(by.constant())));
                }
            }
            case CONSTANT -> {
                boolean isAddress = code.hasAddress(by);
                found.add(settled(Pointer.of(new Root(
                        isAddress ? Kind.ADDRESS : Kind.CONSTANT,
                        Long.toString(by.constant()),
                        null,
                        null,
                        -1,
                        by.constant()))));
            }
            case LOAD -> loaded(by, at, stopAtVariables, depth, found);
            default -> computed(by, at, stopAtVariables, depth, found);
        }
        return found;
    }

    private void loaded(Instruction by, int at, boolean stopAtVariables, int depth, List<Pointer> into) {
        if (by.operands().isEmpty()) {
            return;
        }
        Operand operand = by.operands().get(0);
        if (operand.segment() != Decoder.NONE) {
            return;
        }
        String index = operand.index() == Decoder.NONE ? null : indexName(operand.index(), at);
        if (operand.base() == Decoder.PC || operand.base() == Decoder.NONE) {
            Root global = code.hasAddress(by) ? frame.global(operand.displacement()) : null;
            if (global != null) {
                into.add(Pointer.of(global).load(operand.displacement() - global.constant(), operand.size(), index));
            }
            return;
        }
        if (stopAtVariables) {
            into.addAll(variablesInMemory(by, operand));
        }
        for (Pointer each : origins(operand.base(), at, stopAtVariables, depth)) {
            into.add(settled(each.plus(operand.displacement())).load(0, operand.size(), index));
        }
    }

    /**
     * A number that is the address of a variable. A sum can be in another variable than its first part, as with arm64's
     * adrp, which makes the address of a page.
     */
    private Pointer settled(Pointer pointer) {
        Kind kind = pointer.root().kind();
        if ((kind != Kind.ADDRESS && kind != Kind.GLOBAL) || !pointer.loads().isEmpty() || pointer.indexed()) {
            return pointer;
        }
        long address = pointer.root().constant() + pointer.delta();
        if (kind == Kind.ADDRESS && address >= 0 && address < FIRST_ADDRESS) {
            return pointer;
        }
        Root global = frame.global(address);
        return global == null ? pointer : Pointer.of(global).plus(address - global.constant());
    }

    /** Sums of registers, such as lea and arm64's add with a shifted register. */
    private void computed(Instruction by, int at, boolean stopAtVariables, int depth, List<Pointer> into) {
        for (Operand each : by.operands()) {
            if (each.access() != Access.NONE) {
                return;
            }
        }
        long added = 0;
        if (!by.operands().isEmpty()) {
            Operand operand = by.operands().get(0);
            if (operand.base() == Decoder.PC) {
                Root global = !code.hasAddress(by) ? null : frame.global(operand.displacement());
                if (global != null) {
                    into.add(Pointer.of(global).plus(operand.displacement() - global.constant()));
                }
                return;
            }
            added = operand.displacement();
        }
        for (int register = 0; register < 64; register++) {
            if (by.reads(register)) {
                for (Pointer each : origins(register, at, stopAtVariables, depth)) {
                    if (into.size() < MAX_POINTERS && each.root().kind() != Kind.CONSTANT) {
                        into.add(each.plus(added).plusIndex(indexOf(by, register, at)));
                    }
                }
            }
        }
    }

    /** The name of the variable that is added to a register. */
    private String indexOf(Instruction by, int register, int at) {
        for (int other = 0; other < 64; other++) {
            if (other != register && by.reads(other)) {
                String name = indexName(other, at);
                if (!name.equals("…")) {
                    return name;
                }
            }
        }
        return "…";
    }

    /** The name of a variable in a register, for an array's index; an ellipsis if there is none. */
    String indexName(int register, int at) {
        List<Pointer> variables = variables(register, at);
        return variables.isEmpty() || variables.get(0).delta() != 0
                ? "…"
                : variables.get(0).root().name();
    }

    /** The parameter that a register passes, by name if the variable is known at the function's entry. */
    private Root argument(int register) {
        List<Scope> scopes = frame.scopes(code.start());
        if (!scopes.isEmpty()) {
            for (Variable variable : scopes.get(scopes.size() - 1).variables()) {
                if (variable.parameter()
                        && variable.location() instanceof Location.Register in
                        && in.register() == register) {
                    return new Root(Kind.VARIABLE, variable.name(), variable.layout(), null, register, 0);
                }
            }
        }
        return new Root(Kind.ARGUMENT, "argument in " + code.registerName(register), null, null, register, 0);
    }

    /**
     * {@return the indexes of the instructions whose value of the register can reach an instruction; -1 for the value at
     * the function's entry; empty if the search is given up}
     */
    int[] definitions(int register, int index) {
        BitSet seen = new BitSet();
        List<Integer> open = new ArrayList<>();
        List<Integer> found = new ArrayList<>();
        open.add(index);
        boolean fromEntry = false;
        int searched = 0;
        while (!open.isEmpty()) {
            int at = open.remove(open.size() - 1);
            int[] before = code.predecessors(at);
            if (at == 0) {
                fromEntry = true;
            }
            for (int each : before) {
                if (seen.get(each)) {
                    continue;
                }
                seen.set(each);
                if (++searched > MAX_SEARCHED) {
                    return new int[0];
                }
                if (changes(each, register)) {
                    found.add(each);
                } else {
                    open.add(each);
                }
            }
        }
        int[] all = new int[found.size() + (fromEntry ? 1 : 0)];
        for (int i = 0; i < found.size(); i++) {
            all[i] = found.get(i);
        }
        if (fromEntry) {
            all[all.length - 1] = -1;
        }
        return all;
    }

    private boolean changes(int index, int register) {
        Instruction each = code.get(index);
        if (each.changes(register)) {
            return true;
        }
        // The first call of a function is ftrace's, which changes no register.
        return each.flow() == Flow.CALL
                && RegisterFile.isClobberedByCalls(set, register)
                && each.address() - code.start() > 4;
    }
}
