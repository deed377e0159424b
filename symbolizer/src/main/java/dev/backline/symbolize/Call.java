package dev.backline.symbolize;

import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Label;
import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Enumeration;
import dev.backline.dwarf.types.Parameter;
import dev.backline.dwarf.types.Subprogram;
import dev.backline.dwarf.types.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The call before a frame's return address, from the debug information (DWARF5 3.4, 3.6).
 *
 * @param callee the called function, by its name in the source; null for a call through a pointer
 * @param constants the arguments that the compiler recorded as constants, by position
 * @param label the last label at or before the call in the function that contains the call, without the labels of
 *     functions inlined there; or null
 */
public record Call(
        @Nullable String callee,
        List<Argument> constants,
        @Nullable String label) {
    public Call {
        constants = List.copyOf(constants);
    }

    /**
     * A constant argument.
     *
     * @param position in the callee's parameter list, from 0
     * @param name of the parameter; null if the caller's unit does not contain the name
     * @param type of the parameter; null if the caller's unit does not contain the type
     * @param value as in the call site, in 64 bits
     * @param enumerator the enumerator with this value if the parameter's type is an enumeration; else null
     */
    public record Argument(
            int position,
            @Nullable String name,
            @Nullable Type type,
            long value,
            @Nullable String enumerator) {}

    /**
     * {@return the call that returns to an address, or null if the debug information describes no call there}
     *
     * @param dwarf of the caller's file
     * @param returnAddress the address after the call, in the address space of the file
     * @throws IOException if the debug information of the function cannot be read
     */
    public static @Nullable Call returningTo(Dwarf dwarf, long returnAddress) throws IOException {
        CallSite site = dwarf.callSiteReturningTo(returnAddress);
        if (site == null) {
            return null;
        }
        long call = returnAddress - 1;
        Label label = dwarf.labelBefore(call);
        return new Call(site.callee(), constants(dwarf, call, site), label == null ? null : label.name());
    }

    private static List<Argument> constants(Dwarf dwarf, long call, CallSite site) throws IOException {
        List<Argument> constants = new ArrayList<>();
        Declarations declarations = null;
        Subprogram function = null;
        for (CallSite.Argument argument : site.arguments()) {
            Long value = argument.constant();
            int position = argument.position();
            if (value == null || position < 0) {
                continue;
            }
            String callee = site.callee();
            if (declarations == null && callee != null) {
                declarations = Declarations.at(dwarf, call);
                function = declarations == null ? null : declarations.function(callee);
            }
            Parameter parameter =
                    function == null || position >= function.parameters().size()
                            ? null
                            : function.parameters().get(position);
            constants.add(
                    parameter == null || declarations == null
                            ? new Argument(position, null, null, value, null)
                            : argument(declarations, parameter, position, value));
        }
        constants.sort((one, other) -> Integer.compare(one.position, other.position));
        return constants;
    }

    private static Argument argument(Declarations declarations, Parameter parameter, int position, long value)
            throws IOException {
        Type type = parameter.type().resolved();
        String tag = type.kind() == Type.Kind.ENUMERATION ? type.name() : null;
        Enumeration names = tag == null ? null : declarations.enumeration(tag);
        return new Argument(
                position, parameter.name(), parameter.type(), value, names == null ? null : names.name(value));
    }
}
