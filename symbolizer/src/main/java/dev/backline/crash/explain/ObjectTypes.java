package dev.backline.crash.explain;

import dev.backline.crash.explain.FunctionCode.Instruction;
import dev.backline.crash.explain.FunctionCode.Operand;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Type;
import dev.backline.dwarf.types.Variable;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import dev.backline.machine.Effect;
import dev.backline.machine.Flow;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pointers to an object in the functions that allocated, freed and accessed it. Registers are unknown, so that
 * only the code and the debug information tell. Not thread-safe.
 */
final class ObjectTypes {
    /** Instructions after an allocation that are followed. */
    private static final int MAX_FOLLOWED = 48;

    /** Instructions between KASAN's check and the access. */
    private static final int MAX_AHEAD = 8;

    private static final int MAX_POINTERS = 64;

    private final InstructionSet set;
    private final FrameCode.Problems problems;

    ObjectTypes(InstructionSet set, FrameCode.Problems problems) {
        this.set = set;
        this.problems = problems;
    }

    /**
     * A pointer to the object or into it.
     *
     * @param text in C
     * @param type of the pointer
     * @param target what it points to
     */
    record Typed(String text, String type, Layout target) {}

    /**
     * What an allocation tells.
     *
     * @param pointers that get the result
     * @param size that the function asks for; 0 if unknown
     */
    record Allocation(List<Typed> pointers, long size) {
        Allocation {
            pointers = List.copyOf(pointers);
        }
    }

    /** {@return what the function of an allocation does with the result} */
    Allocation allocation(LogFrame at) {
        FrameCode frame = FrameCode.of(at, problems);
        FunctionCode code = frame == null ? null : frame.code();
        if (frame == null || code == null) {
            return new Allocation(List.of(), 0);
        }
        List<Typed> found = new ArrayList<>();
        follow(frame, code, found);
        int call = code.indexEndingAt(frame.address());
        return new Allocation(found, call < 0 ? 0 : size(frame, code, call));
    }

    /** The constant size in the call of an allocator; 0 if there is none. */
    private long size(FrameCode frame, FunctionCode code, int call) {
        String callee = callee(frame, code, call);
        int register = callee == null ? Decoder.NONE : RegisterFile.argument(set, sizeArgument(callee));
        if (register < 0) {
            return 0;
        }
        long size = 0;
        for (int definition : new ValueOrigin(frame, code, set).definitions(register, call)) {
            Instruction by = definition < 0 ? null : code.get(definition);
            if (by == null
                    || by.effect() != Effect.CONSTANT
                    || by.target() != register
                    || (size != 0 && size != by.constant())) {
                return 0;
            }
            size = by.constant();
        }
        return size < 0 ? 0 : size;
    }

    private static @Nullable String callee(FrameCode frame, FunctionCode code, int call) {
        String target = frame.targetName(code.get(call));
        return target != null ? target : frame.calleeReturningTo(code.get(call).end());
    }

    /** The number of the argument with the size (include/linux/slab.h, include/linux/vmalloc.h); -1 if there is none. */
    private static int sizeArgument(String callee) {
        String name = callee.startsWith("__") ? callee.substring(2) : callee;
        if (name.startsWith("kmalloc_node_trace")
                || name.startsWith("kmem_cache_alloc_node_trace")
                || name.startsWith("kmalloc_cache_node")) {
            return 3;
        }
        if (name.startsWith("kmalloc_trace")
                || name.startsWith("kmem_cache_alloc_trace")
                || name.startsWith("kmalloc_cache")) {
            return 2;
        }
        if (name.startsWith("krealloc")) {
            return 1;
        }
        return name.startsWith("kmalloc")
                        || name.startsWith("kzalloc")
                        || name.startsWith("kvmalloc")
                        || name.startsWith("vmalloc")
                        || name.startsWith("vzalloc")
                ? 0
                : -1;
    }

    /** Follows the result of a call through moves, to the variables and members that get it. */
    private void follow(FrameCode frame, FunctionCode code, List<Typed> into) {
        int start = code.indexAt(frame.address());
        List<long[]> open = new ArrayList<>();
        BitSet seen = new BitSet();
        if (start >= 0) {
            open.add(new long[] {start, 1L << RegisterFile.result(set)});
        }
        for (int steps = 0; steps < MAX_FOLLOWED && !open.isEmpty(); steps++) {
            long[] next = open.remove(0);
            int at = (int) next[0];
            long holders = next[1];
            if (holders == 0 || at >= code.size() || seen.get(at)) {
                continue;
            }
            seen.set(at);
            Instruction each = code.get(at);
            variables(frame, each.address(), holders, into);
            stored(frame, code, at, holders, into);
            long after = after(each, holders);
            if (each.flow() != Flow.RETURN && each.flow() != Flow.JUMP && each.flow() != Flow.TRAP) {
                open.add(new long[] {at + 1, after});
            }
            Long target = each.branchTarget();
            if (target != null && each.flow() != Flow.CALL) {
                int to = code.indexAt(target);
                if (to >= 0) {
                    open.add(new long[] {to, after});
                }
            }
        }
    }

    /** The registers that hold the value after an instruction. */
    private long after(Instruction each, long holders) {
        long after = holders & ~each.changes();
        if (each.flow() == Flow.CALL) {
            for (int register = 0; register < 64; register++) {
                if (RegisterFile.isClobberedByCalls(set, register)) {
                    after &= ~(1L << register);
                }
            }
        }
        boolean moves = each.effect() == Effect.MOVE && isIn(holders, each.source());
        return moves && each.target() >= 0 && each.target() < 64 ? after | (1L << each.target()) : after;
    }

    private static boolean isIn(long registers, int register) {
        return register >= 0 && register < 64 && ((registers >>> register) & 1) != 0;
    }

    private void variables(FrameCode frame, long address, long holders, List<Typed> into) {
        for (Scope scope : frame.scopes(address)) {
            for (Variable variable : scope.variables()) {
                if (variable.location() instanceof Location.Register in && isIn(holders, in.register())) {
                    add(variable.name(), variable.layout(), into);
                }
            }
        }
    }

    /** The member or global variable in which an instruction stores the value. */
    private void stored(FrameCode frame, FunctionCode code, int at, long holders, List<Typed> into) {
        Instruction by = code.get(at);
        for (Operand operand : by.operands()) {
            if (operand.access() != Access.WRITE
                    || operand.segment() != Decoder.NONE
                    || operand.index() != Decoder.NONE
                    || isIn(holders, operand.base())
                    || (by.reads() & holders) == 0) {
                continue;
            }
            List<Pointer> places = new ArrayList<>();
            if (operand.base() == Decoder.PC || operand.base() == Decoder.NONE) {
                Pointer.Root global = code.hasAddress(by) ? frame.global(operand.displacement()) : null;
                if (global != null) {
                    places.add(
                            Pointer.of(global).load(operand.displacement() - global.constant(), operand.size(), null));
                }
            } else {
                for (Pointer each : new ValueOrigin(frame, code, set).of(operand.base(), at, true)) {
                    if (!each.indexed()) {
                        places.add(each.load(operand.displacement(), operand.size(), null));
                    }
                }
            }
            for (Pointer each : places) {
                add(each, into);
            }
        }
    }

    /** {@return the pointers that a function passes to the function that frees them} */
    List<Typed> freed(LogFrame at) {
        FrameCode frame = FrameCode.of(at, problems);
        FunctionCode code = frame == null ? null : frame.code();
        int call = frame == null || code == null ? -1 : code.indexEndingAt(frame.address());
        if (frame == null || code == null || call < 0) {
            return List.of();
        }
        String callee = callee(frame, code, call);
        if (callee == null || !callee.contains("free")) {
            return List.of();
        }
        int register = RegisterFile.argument(set, callee.startsWith("kmem_cache_free") ? 1 : 0);
        List<Typed> found = new ArrayList<>();
        copies(frame, code, register, call, found);
        for (Pointer each : new ValueOrigin(frame, code, set).of(register, call, true)) {
            if (each.delta() == 0 && !each.indexed()) {
                add(each, found);
            }
        }
        return found;
    }

    /** The register that an argument was copied from shortly before a call; NONE if it was not, or is changed. */
    private static int copiedFrom(FunctionCode code, int register, int call) {
        long changed = 0;
        for (int i = call - 1; i >= Math.max(0, call - MAX_AHEAD); i--) {
            Instruction each = code.get(i);
            if (each.flow() != Flow.NEXT) {
                return Decoder.NONE;
            }
            if (each.changes(register)) {
                boolean isCopy = each.effect() == Effect.MOVE && each.target() == register;
                return isCopy && !isIn(changed, each.source()) ? each.source() : Decoder.NONE;
            }
            changed |= each.changes();
        }
        return Decoder.NONE;
    }

    /** Adds the variables that are the argument; the debug information can have them from the call on. */
    private void copies(FrameCode frame, FunctionCode code, int register, int call, List<Typed> into) {
        int source = copiedFrom(code, register, call);
        if (source >= 0 && source < 64) {
            variables(frame, code.get(call).address(), 1L << source, into);
        }
    }

    /** {@return the pointers in scope at an access} */
    List<Typed> inScope(LogFrame at) {
        FrameCode frame = FrameCode.of(at, problems);
        List<Typed> found = new ArrayList<>();
        if (frame != null) {
            for (Scope scope : frame.scopes(frame.address() - (at.reference().pc() == Pc.EXACT ? 0 : 1))) {
                for (Variable variable : scope.variables()) {
                    add(variable.name(), variable.layout(), found);
                }
            }
        }
        return found;
    }

    /**
     * {@return the pointers that the access uses, the likeliest first} KASAN's check returns to the access, or to a jump
     * to it; KFENCE's frame is the access.
     *
     * @param at the frame of the access
     * @param access {@code read} or {@code write}
     * @param size of the access; 0 if unknown
     */
    List<Candidate> accesses(LogFrame at, String access, int size) {
        FrameCode frame = FrameCode.of(at, problems);
        FunctionCode code = frame == null ? null : frame.code();
        int index = frame == null || code == null ? -1 : code.indexAt(frame.address());
        for (int steps = 0;
                frame != null && code != null && index >= 0 && index < code.size() && steps < MAX_AHEAD;
                steps++) {
            Instruction each = code.get(index);
            for (Operand operand : each.operands()) {
                if (matches(operand, access, size)) {
                    return candidates(frame, code, index, operand);
                }
            }
            Long target = each.branchTarget();
            if (each.flow() == Flow.JUMP && target != null) {
                index = code.indexAt(target);
            } else if (each.flow() == Flow.NEXT) {
                index++;
            } else {
                break;
            }
        }
        return List.of();
    }

    private static boolean matches(Operand operand, String access, int size) {
        boolean fits = switch (operand.access()) {
            case NONE -> false;
            case READ -> access.equals("read");
            case WRITE -> access.equals("write");
            case READ_WRITE -> true;
        };
        return fits
                && operand.segment() == Decoder.NONE
                && operand.base() >= 0
                && operand.index() == Decoder.NONE
                && (size == 0 || size == operand.size());
    }

    private List<Candidate> candidates(FrameCode frame, FunctionCode code, int index, Operand operand) {
        List<Pointer> pointers = new ValueOrigin(frame, code, set).of(operand.base(), index, true);
        return candidates(pointers, operand.displacement(), operand.size(), false);
    }

    /**
     * {@return the pointers that a function passes to one that makes the access}
     *
     * @param at the frame of the call
     * @param argument the number of the argument
     */
    List<Candidate> passed(LogFrame at, int argument) {
        FrameCode frame = FrameCode.of(at, problems);
        FunctionCode code = frame == null ? null : frame.code();
        int call = frame == null || code == null ? -1 : code.indexEndingAt(frame.address());
        int register = RegisterFile.argument(set, argument);
        if (frame == null || code == null || call < 0 || register < 0) {
            return List.of();
        }
        Ascent.Step step = new Ascent.Step(frame, code, call, ReportFrames.function(at), at.module(), null);
        return candidates(step.passed(register, set), 0, 0, true);
    }

    private List<Candidate> candidates(List<Pointer> pointers, long displacement, int size, boolean isPassed) {
        List<Candidate> found = new ArrayList<>();
        for (Pointer each : pointers) {
            try {
                // Offsets do not depend on the value of the register
                Candidate candidate = Candidate.of(each, 0L, displacement, size, isPassed, true, found.size());
                if (candidate != null && !each.indexed() && candidate.fit() == Candidate.MEMBER) {
                    found.add(candidate);
                }
            } catch (IOException e) {
                problems.add("A type cannot be read: " + e.getMessage());
            }
        }
        return found;
    }

    private void add(Pointer pointer, List<Typed> into) {
        try {
            Pointer.Named named = pointer.isNumber() ? null : pointer.named();
            if (named != null && named.layout() != null && !pointer.isAddress()) {
                add(named.text(), named.layout(), into);
            }
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
        }
    }

    private void add(String text, Layout layout, List<Typed> into) {
        try {
            Layout target = layout.target();
            if (target != null
                    && layout.type().resolved().kind() == Type.Kind.POINTER
                    && Members.isAggregate(target)
                    && into.size() < MAX_POINTERS) {
                into.add(new Typed(text, layout.type().text(), target));
            }
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
        }
    }
}
