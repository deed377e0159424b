package dev.backline.benchmarks.variables;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Entry;
import dev.backline.dwarf.UnitFunctions;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Scopes;
import dev.backline.dwarf.types.Type;
import dev.backline.dwarf.types.Variable;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names what the registers of one function hold, in C: a variable whose location is the register, or what was loaded
 * into it through one. This walk back is separate from that of {@code dev.backline.crash.explain}, because {@link
 * FaultCheck} compares the two. Not thread-safe.
 */
final class AccessPath {
    /** The greatest number of loads, moves and additions to follow back. */
    private static final int MAX_STEPS = 6;

    /** The greatest number of instructions to look at in one walk back. */
    private static final int MAX_INSTRUCTIONS = 256;

    private final Dwarf dwarf;
    private final FunctionCode code;
    private final Map<Long, List<Scope>> scopes = new HashMap<>();

    private AccessPath(Dwarf dwarf, FunctionCode code) {
        this.dwarf = dwarf;
        this.code = code;
    }

    /**
     * What a register holds.
     *
     * @param expression in C: {@code skb}, {@code sk->sk_prot}
     * @param layout the type of the expression
     * @param plus what is added to the expression: the register holds the sum
     * @param variable at the start of the expression
     * @param address of the instruction before which a register is the variable's location
     * @param loads through which the value came from the variable
     * @param steps how many instructions were followed back; 0 if the register is the variable's location
     */
    record Origin(
            String expression, Layout layout, long plus, Variable variable, long address, List<Load> loads, int steps) {
        public Origin {
            loads = List.copyOf(loads);
        }
    }

    /**
     * A pointer that was loaded through another pointer.
     *
     * @param path from the other pointer's target: {@code sk_prot}, {@code [2]}
     * @param offset in the target, in bytes
     */
    record Load(String path, long offset) {}

    /**
     * What an access touches.
     *
     * @param origin of the base register
     * @param member that the access touches
     * @param others that it touches as well, or in another member of a union
     */
    record Touched(Origin origin, MemberPath member, List<MemberPath> others) {
        public Touched {
            others = List.copyOf(others);
        }

        /** {@return the access in C} */
        String expression() {
            return arrow(origin.expression(), member.path());
        }
    }

    /**
     * {@return a reader for the function with the address; null if no function has it}
     *
     * @param dwarf the debug information of the file
     * @param set the instruction set of the file
     * @param bytes of the file's code
     * @param address in the file
     * @throws IOException if the unit with the function is damaged
     */
    static @Nullable AccessPath at(Dwarf dwarf, InstructionSet set, FunctionCode.Bytes bytes, long address)
            throws IOException {
        UnitFunctions functions = UnitFunctions.holding(dwarf, address);
        Entry function = functions == null ? null : functions.at(address);
        if (functions == null || function == null) {
            return null;
        }
        Attributes attributes = new Attributes();
        function.read(attributes);
        return new AccessPath(dwarf, FunctionCode.of(set, bytes, ascending(functions.ranges(attributes))));
    }

    private static long[] ascending(long[] bounds) {
        List<long[]> ranges = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.length; i += 2) {
            ranges.add(new long[] {bounds[i], bounds[i + 1]});
        }
        ranges.sort((a, b) -> Long.compareUnsigned(a[0], b[0]));
        long[] sorted = new long[ranges.size() * 2];
        for (int i = 0; i < ranges.size(); i++) {
            sorted[2 * i] = ranges.get(i)[0];
            sorted[2 * i + 1] = ranges.get(i)[1];
        }
        return sorted;
    }

    /** {@return the function's instructions} */
    FunctionCode code() {
        return code;
    }

    /**
     * {@return what a register holds before an instruction, variables of inlined functions first; empty if unknown}
     *
     * @param register the DWARF number
     * @param address of the instruction
     * @throws IOException if the unit is damaged
     */
    List<Origin> originsOf(int register, long address) throws IOException {
        int at = code.indexOf(address);
        return at == FunctionCode.NONE ? held(register, address, 0) : origins(register, at, 0);
    }

    /**
     * {@return what the instructions before made the value of a register from, without the variables in the register}
     *
     * @param register the DWARF number
     * @param address of the instruction
     * @throws IOException if the unit is damaged
     */
    List<Origin> sourcesOf(int register, long address) throws IOException {
        int at = code.indexOf(address);
        return at == FunctionCode.NONE ? List.of() : origins(register, at, 0, false);
    }

    private List<Origin> origins(int register, int from, int steps) throws IOException {
        return origins(register, from, steps, true);
    }

    private List<Origin> origins(int register, int from, int steps, boolean variables) throws IOException {
        int at = from;
        for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
            // A value that is followed back counts as a step, except where the instruction itself is asked for
            List<Origin> held =
                    variables ? held(register, code.address(at), i == 0 ? steps : Math.max(steps, 1)) : List.of();
            if (!held.isEmpty()) {
                return held;
            }
            int previous = code.before(at);
            if (previous == FunctionCode.NONE) {
                return List.of();
            }
            if (code.changes(previous, register)) {
                boolean its = code.target(previous) == register && steps < MAX_STEPS;
                return its ? through(previous, steps + 1) : List.of();
            }
            at = previous;
        }
        return List.of();
    }

    /** What the target of an instruction holds after it. */
    private List<Origin> through(int at, int steps) throws IOException {
        switch (code.effect(at)) {
            case MOVE -> {
                return code.source(at) < 0 ? List.of() : origins(code.source(at), at, steps);
            }
            case ADD -> {
                if (code.source(at) < 0) {
                    return List.of();
                }
                List<Origin> sums = new ArrayList<>();
                for (Origin each : origins(code.source(at), at, steps)) {
                    sums.add(new Origin(
                            each.expression(),
                            each.layout(),
                            each.plus() + code.constant(at),
                            each.variable(),
                            each.address(),
                            each.loads(),
                            each.steps()));
                }
                return sums;
            }
            case LOAD -> {
                if (code.base(at) < 0 || code.index(at) != Decoder.NONE) {
                    return List.of();
                }
                List<Origin> loaded = new ArrayList<>();
                for (Origin each : origins(code.base(at), at, steps)) {
                    Origin value = loaded(each, code.displacement(at), code.size(at));
                    if (value != null) {
                        loaded.add(value);
                    }
                }
                return loaded;
            }
            default -> {
                return List.of();
            }
        }
    }

    private static @Nullable Origin loaded(Origin base, long displacement, int size) throws IOException {
        Layout target = base.layout().target();
        if (target == null) {
            return null;
        }
        long offset = base.plus() + displacement;
        for (MemberPath each : target.membersAt(offset, size)) {
            boolean pointer = each.layout().type().resolved().kind() == Type.Kind.POINTER;
            if (pointer && each.offset() == offset) {
                return through(base, arrow(base.expression(), each.path()), each.layout(), each.path(), offset);
            }
        }
        if (target.type().resolved().kind() == Type.Kind.POINTER && size > 0 && offset % size == 0) {
            String place = "[" + offset / size + "]";
            String element = offset == 0 ? "*" + base.expression() : base.expression() + place;
            return through(base, element, target, place, offset);
        }
        return null;
    }

    private static Origin through(Origin base, String expression, Layout layout, String path, long offset) {
        List<Load> loads = new ArrayList<>(base.loads());
        loads.add(new Load(path, offset));
        return new Origin(expression, layout, 0, base.variable(), base.address(), loads, base.steps());
    }

    /** The variables in a register. */
    private List<Origin> held(int register, long address, int steps) throws IOException {
        List<Scope> at = scopes.get(address);
        if (at == null) {
            at = Scopes.at(dwarf, address);
            scopes.put(address, at);
        }
        List<Origin> origins = new ArrayList<>();
        for (Scope scope : at) {
            for (Variable variable : scope.variables()) {
                Location location = variable.location();
                if (location instanceof Location.Register in && in.register() == register) {
                    origins.add(origin(variable, 0, address, steps));
                }
            }
        }
        for (Scope scope : at) {
            for (Variable variable : scope.variables()) {
                if (variable.location() instanceof Location.RegisterPlus in && in.register() == register) {
                    origins.add(origin(variable, -in.offset(), address, steps));
                }
            }
        }
        return origins;
    }

    private static Origin origin(Variable variable, long plus, long address, int steps) {
        return new Origin(variable.name(), variable.layout(), plus, variable, address, List.of(), steps);
    }

    /**
     * {@return what an access touches through a register, the most likely first; empty if no variable's type has a
     * member there}
     *
     * @param origins of the register
     * @param displacement that the instruction adds to the register
     * @param size of the access in bytes; 0 if unknown
     * @throws IOException if a type is damaged
     */
    static List<Touched> touched(List<Origin> origins, long displacement, int size) throws IOException {
        List<Touched> touched = new ArrayList<>();
        for (Origin each : origins) {
            Layout target = each.layout().target();
            List<MemberPath> members =
                    target == null ? Collections.emptyList() : target.membersAt(each.plus() + displacement, size);
            if (!members.isEmpty()) {
                touched.add(new Touched(each, members.get(0), members.subList(1, members.size())));
            }
        }
        return touched;
    }

    private static String arrow(String pointer, String path) {
        String base = pointer.startsWith("*") ? "(" + pointer + ")" : pointer;
        return path.startsWith("[") ? base + path : base + "->" + path;
    }
}
