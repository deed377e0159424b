package dev.backline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call in a function's code (DWARF5 3.4; DW_TAG_GNU_call_site before that).
 *
 * @param returnAddress where the call returns to, as a stack trace has it; for a tail call, where the
 *     jump's instruction ends or, when the compiler gives that instead, starts. 0 when unknown
 * @param callee DW_AT_name of the function that is called; null for an indirect call
 * @param calleeLinkageName DW_AT_linkage_name of the callee, or null
 * @param tailCall whether the call is a jump, which leaves no frame behind
 * @param arguments what the compiler recorded of the arguments, in its order
 */
public record CallSite(
        long returnAddress,
        @Nullable String callee,
        @Nullable String calleeLinkageName,
        boolean tailCall,
        List<Argument> arguments) {
    public CallSite {
        arguments = List.copyOf(arguments);
    }

    /**
     * An argument that is passed in a register.
     *
     * @param register the DWARF number of the register
     * @param position of the argument in the callee's parameter list by the kernel's calling convention for
     *     the architecture, from 0; -1 where the register passes none
     * @param constant the value where it is a constant at this call, else null
     */
    public record Argument(
            int register, int position, @Nullable Long constant) {}

    /**
     * {@return the constant passed as the parameter at this position, or null when it is none or unknown}
     *
     * @param position in the callee's parameter list, from 0
     */
    public @Nullable Long constantArgument(int position) {
        for (Argument argument : arguments) {
            if (argument.position() == position) {
                return argument.constant();
            }
        }
        return null;
    }
}
