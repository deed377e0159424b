package dev.backline.dwarf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call in a function's code (DWARF5 3.4; DW_TAG_GNU_call_site before that).
 *
 * @param returnAddress the address after the call instruction, as in a stack trace. For a tail call, the end of the
 *     jump instruction or, with some compilers, its start. 0 if unknown
 * @param callee DW_AT_name of the function that is called; null for an indirect call
 * @param calleeLinkageName DW_AT_linkage_name of the callee, or null
 * @param tailCall whether the call is a jump, which leaves no frame of the caller on the stack
 * @param arguments the arguments that the compiler recorded, in its order
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
     * @param position of the argument in the callee's parameter list, from 0, by the kernel's calling convention for
     *     the architecture; -1 if the register passes no argument
     * @param constant the value if it is a constant at this call, else null
     */
    public record Argument(
            int register, int position, @Nullable Long constant) {}

    /**
     * {@return the constant that the call passes for a parameter, or null if the value is not constant or not recorded}
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
