package dev.backline.benchmarks.variables;

import dev.backline.crash.Certainty;
import dev.backline.crash.Explanation;
import dev.backline.crash.Fault;
import dev.backline.crash.ValueClass;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.io.Hex;
import dev.backline.machine.Access;
import dev.backline.machine.Decoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares the explanation of a synthetic fault with the instruction and the debug information. */
final class FaultCheck {
    private FaultCheck() {}

    /** Adds what holds of an answer to the kinds: {@return the answer as text} */
    static String compare(
            SyntheticFault made,
            Decoder decoder,
            ValueClass kindOfValue,
            AccessPath path,
            long address,
            List<Explanation> found,
            List<String> kinds)
            throws IOException {
        Fault fault = found.size() == 1 ? found.get(0).fault() : null;
        if (fault == null) {
            kinds.add("! no fault");
            kinds.add("variable: no answer");
            return found.size() + " reports, "
                    + (found.isEmpty() ? "" : found.get(0).report().headline());
        }
        Long held = made.registers().get(made.register());
        long value = held == null ? 0 : held;
        List<AccessPath.Origin> origins = new ArrayList<>(path.originsOf(made.register(), address));
        List<AccessPath.Origin> direct = new ArrayList<>();
        for (AccessPath.Origin each : origins) {
            if (each.steps() == 0) {
                direct.add(each);
            }
        }
        origins.addAll(path.sourcesOf(made.register(), address));
        boolean isValue = fault.value() != null && fault.value() == value;
        for (AccessPath.Origin each : origins) {
            isValue |= fault.value() != null && fault.value() == value - each.plus();
        }
        require(isValue || (origins.isEmpty() && fault.variable() != null), "value", kinds);
        boolean isIndex = fault.valueClass() == ValueClass.INDEX && Math.abs(made.address() - value) > 1 << 20;
        require(isIndex || fault.valueClass() == kindOfValue, "value class", kinds);
        Long reported = made.reported();
        require(
                fault.address() != null && fault.address() == (reported == null ? made.address() : reported),
                "address",
                kinds);
        require((made.access() == Access.READ ? "read" : "write").equals(fault.access()), "access", kinds);
        require(fault.size() == made.size(), "size", kinds);
        require(decoder.registerName(made.register()).equals(fault.register()), "register", kinds);
        long displacement = made.address() - value;
        Set<String> names = new HashSet<>();
        Set<String> expressions = new HashSet<>();
        for (AccessPath.Origin each : origins) {
            names.add(each.expression());
            if (each.plus() + displacement == 0) {
                expressions.add("*" + each.expression());
            }
            for (AccessPath.Touched touched : AccessPath.touched(List.of(each), displacement, made.size())) {
                expressions.add(touched.expression());
                for (MemberPath other : touched.others()) {
                    expressions.add(new AccessPath.Touched(touched.origin(), other, List.of()).expression());
                }
            }
        }
        Fault.Holder variable = fault.variable();
        String kind = variable == null
                ? origins.isEmpty() ? "unknown, as for the oracle" : "unknown"
                : names.contains(variable.name())
                        ? fits(fault, expressions) ? "right" : "right, other member"
                        : isListed(fault, expressions, names)
                                ? "list has it"
                                : origins.isEmpty() ? "unknown to the oracle" : "other";
        kinds.add("variable: " + kind);
        if (fault.certainty() == Certainty.CERTAIN) {
            boolean isInnermost = isInnermost(fault, direct, displacement, made.size());
            kinds.add(isInnermost ? "certain: right" : "! certain of another variable");
        }
        return "value " + (fault.value() == null ? "-" : Hex.text(fault.value())) + " " + fault.valueClass() + ", "
                + (fault.address() == null ? "-" : Hex.text(fault.address())) + " " + fault.access() + " of "
                + fault.size() + " through " + fault.register() + " " + fault.variable() + " "
                + fault.expression() + " " + fault.certainty() + " " + fault.others() + "\n    debug information: "
                + names + " " + expressions;
    }

    private static boolean fits(Fault fault, Set<String> expressions) {
        String expression = fault.expression();
        if (expression == null || expressions.isEmpty()) {
            return expressions.isEmpty();
        }
        for (String each : expressions) {
            // An atomic_t and its like are shown whole, an array's index can be known
            if (plain(each).equals(plain(expression))
                    || plain(each).startsWith(plain(expression) + ".")
                    || plain(expression).equals(plain(each) + "[]")) {
                return true;
            }
        }
        return false;
    }

    private static String plain(String expression) {
        return expression.replaceAll("\\[[^]]*]", "[]");
    }

    private static boolean isListed(Fault fault, Set<String> expressions, Set<String> names) {
        for (String each : fault.others()) {
            if (expressions.contains(each) || names.contains(each)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInnermost(Fault fault, List<AccessPath.Origin> direct, long displacement, int size)
            throws IOException {
        for (AccessPath.Origin each : direct) {
            Layout target = each.layout().target();
            boolean isWhole = target != null
                    && each.plus() + displacement == 0
                    && target.type().resolved().byteSize() == size;
            if (isWhole
                    || !AccessPath.touched(List.of(each), displacement, size).isEmpty()) {
                return fault.variable() != null && fault.variable().name().equals(each.expression());
            }
        }
        // A flexible array's element, whose size the access exceeds
        return direct.size() == 1
                && fault.variable() != null
                && fault.variable().name().equals(direct.get(0).expression());
    }

    private static void require(boolean holds, String what, List<String> kinds) {
        if (!holds) {
            kinds.add("! " + what);
        }
    }
}
