package dev.backline.benchmarks.variables;

import dev.backline.dwarf.types.Location;
import dev.backline.fixtures.DwarfTree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares samples of one unit with the unit's entries as llvm-dwarfdump prints them. */
final class Check {
    private final DwarfTree tree;
    private final List<String> contradictions = new ArrayList<>();
    private int variables;
    private int members;

    Check(DwarfTree tree) {
        this.tree = tree;
    }

    List<String> contradictions() {
        return contradictions;
    }

    int variables() {
        return variables;
    }

    int members() {
        return members;
    }

    void check(Sample sample) {
        for (AccessPath.Origin each : sample.origins()) {
            variables++;
            List<String> wrong = null;
            int compared = 0;
            // Parameters of several inlined functions may have the same name
            for (DwarfTree.Node variable : variables(each)) {
                List<String> before = new ArrayList<>(contradictions);
                int membersBefore = members;
                compare(sample, each, variable);
                List<String> found = contradictions.subList(before.size(), contradictions.size());
                if (wrong == null || found.size() < wrong.size()) {
                    wrong = List.copyOf(found);
                    compared = members - membersBefore;
                }
                contradictions.clear();
                contradictions.addAll(before);
                members = membersBefore;
            }
            if (wrong == null) {
                add(sample, each, "no variable has this name and location");
            } else {
                contradictions.addAll(wrong);
                members += compared;
            }
        }
    }

    private void compare(Sample sample, AccessPath.Origin origin, DwarfTree.Node variable) {
        DwarfTree.Node target = pointed(variable.type());
        for (AccessPath.Load load : origin.loads()) {
            target = target == null ? null : loaded(sample, origin, target, load);
        }
        for (AccessPath.Touched touched : sample.touched()) {
            if (touched.origin().equals(origin) && target != null) {
                members++;
                touched(sample, touched, target);
            }
        }
    }

    private void add(Sample sample, AccessPath.Origin origin, String what) {
        contradictions.add("0x" + Long.toHexString(sample.address()) + ": " + origin.expression() + ": " + what);
    }

    private List<DwarfTree.Node> variables(AccessPath.Origin origin) {
        List<DwarfTree.Node> found = new ArrayList<>();
        String wanted;
        String rest = "";
        if (origin.variable().location() instanceof Location.Register in) {
            wanted = "DW_OP_reg" + in.register();
        } else if (origin.variable().location() instanceof Location.RegisterPlus in) {
            wanted = "DW_OP_breg" + in.register();
            rest = "DW_OP_stack_value";
        } else {
            return found;
        }
        for (DwarfTree.Node scope : tree.scopesAt(origin.address())) {
            for (DwarfTree.Node each : DwarfTree.variables(scope, origin.address())) {
                String text = each.locationAt(origin.address());
                boolean here = text.equals(wanted) || text.startsWith(wanted + " ");
                if (here && text.endsWith(rest) && origin.variable().name().equals(each.name())) {
                    found.add(each);
                }
            }
        }
        return found;
    }

    private static DwarfTree.@Nullable Node pointed(DwarfTree.@Nullable Node pointer) {
        return pointer == null ? null : pointer.type();
    }

    /** The target of a pointer that was loaded. */
    private DwarfTree.@Nullable Node loaded(
            Sample sample, AccessPath.Origin origin, DwarfTree.Node target, AccessPath.Load load) {
        if (target.tag().equals("pointer_type")) {
            return target.type();
        }
        DwarfTree.Place place = DwarfTree.place(target, load.path());
        if (place == null) {
            add(sample, origin, target + " has no " + load.path());
            return null;
        }
        if (place.bits() != load.offset() * Byte.SIZE) {
            add(sample, origin, load.path() + " is at bit " + place.bits() + ", loaded was byte " + load.offset());
        }
        return pointed(place.type());
    }

    private void touched(Sample sample, AccessPath.Touched touched, DwarfTree.Node target) {
        String path = touched.member().path();
        DwarfTree.Place place = DwarfTree.place(target, path);
        if (place == null) {
            add(sample, touched.origin(), target + " has no " + path);
            return;
        }
        long from = (touched.origin().plus() + sample.displacement()) * Byte.SIZE;
        long to = from + Math.max(1, sample.size()) * (long) Byte.SIZE;
        if (place.bits() >= to || from >= place.bits() + place.size()) {
            add(
                    sample,
                    touched.origin(),
                    path + " is at bit " + place.bits() + ":" + place.size() + ", accessed was " + from + " to " + to);
        }
    }
}
