package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The call sites and labels of one function with all that was inlined into it, read from the entries
 * below the function's own.
 *
 * @param callSites in the order of the entries
 * @param labels that have an address, in the order of the entries
 */
record FunctionDetails(List<CallSite> callSites, List<Label> labels) {
    static final FunctionDetails NONE = new FunctionDetails(List.of(), List.of());

    /** Reads the entries below the one at the offset in {@code .debug_info}. */
    static FunctionDetails read(Unit unit, long entry) throws IOException {
        Cursor c = unit.body(entry);
        try {
            return new Reader(unit, c).read();
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(entry, "the function", e);
        }
    }

    private static final class Reader {
        private final Unit unit;
        private final Cursor c;
        private final Attributes attributes = new Attributes();
        private final List<CallSite> callSites = new ArrayList<>();
        private final List<Label> labels = new ArrayList<>();

        /** The call site that parameters belong to, and the depth of its entry; -1 outside of any. */
        private @Nullable CallSite open;

        private int openDepth = -1;
        /** The depth of the outermost inlined call that the entries are below; -1 outside of any. */
        private int inlinedDepth = -1;

        private List<CallSite.Argument> arguments = new ArrayList<>();

        Reader(Unit unit, Cursor c) {
            this.unit = unit;
            this.c = c;
        }

        FunctionDetails read() throws IOException {
            Abbreviations abbreviations = unit.abbreviations();
            int depth = 0;
            do {
                attributes.clear();
                int declaration = unit.declaration(c, c.offset());
                if (declaration < 0) {
                    depth--;
                } else {
                    abbreviations.readAll(declaration, c, attributes);
                    if (depth <= openDepth) {
                        closeCallSite();
                    }
                    if (depth <= inlinedDepth) {
                        inlinedDepth = -1;
                    }
                    visit(abbreviations.tag(declaration), depth);
                    if (abbreviations.hasChildren(declaration)) {
                        depth++;
                    }
                }
            } while (depth > 0);
            closeCallSite();
            return new FunctionDetails(List.copyOf(callSites), List.copyOf(labels));
        }

        private void visit(int tag, int depth) throws IOException {
            switch (tag) {
                case DW_TAG_call_site, DW_TAG_GNU_call_site -> openCallSite(depth);
                case DW_TAG_call_site_parameter, DW_TAG_GNU_call_site_parameter -> {
                    if (open != null) {
                        addArgument();
                    }
                }
                case DW_TAG_label -> addLabel();
                case DW_TAG_inlined_subroutine -> inlinedDepth = inlinedDepth < 0 ? depth : inlinedDepth;
                default -> {
                    // Variables and blocks: their own calls and labels stand below them.
                }
            }
        }

        private void openCallSite(int depth) throws IOException {
            long address = 0;
            for (int slot : new int[] {CALL_RETURN_PC, LOW_PC, CALL_PC}) {
                if (attributes.has(slot)) {
                    address = unit.address(attributes.form(slot), attributes.value(slot));
                    break;
                }
            }
            int origin = attributes.has(CALL_ORIGIN) ? CALL_ORIGIN : ABSTRACT_ORIGIN;
            boolean tailCall = attributes.has(TAIL_CALL) && attributes.value(TAIL_CALL) != 0;
            FunctionNames callee = attributes.has(origin) ? namesOf(origin) : FunctionNames.UNKNOWN;
            open = new CallSite(address, callee.name(), callee.linkageName(), tailCall, List.of());
            openDepth = depth;
            arguments = new ArrayList<>();
        }

        private FunctionNames namesOf(int slot) throws IOException {
            int form = attributes.form(slot);
            long reference = unit.reference(form, attributes.value(slot));
            if (reference < 0) {
                return FunctionNames.UNKNOWN;
            }
            if (Unit.isSupplementary(form)) {
                return unit.dwarf().supplementaryNames(reference);
            }
            return unit.names(reference);
        }

        private void closeCallSite() {
            CallSite site = open;
            if (site != null) {
                callSites.add(new CallSite(
                        site.returnAddress(), site.callee(), site.calleeLinkageName(), site.tailCall(), arguments));
                open = null;
                openDepth = -1;
            }
        }

        private void addArgument() {
            if (!attributes.has(LOCATION)) {
                return;
            }
            int register = Expressions.register(block(LOCATION));
            if (register >= 0) {
                Long constant = attributes.has(CALL_VALUE) ? constant() : null;
                int machine = unit.sections().elf().header().machine();
                arguments.add(new CallSite.Argument(register, CallingConvention.position(machine, register), constant));
            }
        }

        /** DW_AT_call_value is an expression; where it is a plain number its form says so. */
        private @Nullable Long constant() {
            return isBlock(attributes.form(CALL_VALUE))
                    ? Expressions.constant(block(CALL_VALUE))
                    : Long.valueOf(attributes.value(CALL_VALUE));
        }

        private static boolean isBlock(int form) {
            return form == DW_FORM_exprloc
                    || form == DW_FORM_block
                    || form == DW_FORM_block1
                    || form == DW_FORM_block2
                    || form == DW_FORM_block4;
        }

        /** A cursor over just the bytes of an attribute of class block; empty when it is of another class. */
        private Cursor block(int slot) {
            if (!isBlock(attributes.form(slot))) {
                return c.part(c.pos, 0);
            }
            long value = attributes.value(slot);
            return c.part((int) value, (int) (value >>> 32));
        }

        private void addLabel() throws IOException {
            if (!attributes.has(LOW_PC)) {
                return;
            }
            long address = unit.address(attributes.form(LOW_PC), attributes.value(LOW_PC));
            String name = null;
            if (attributes.has(NAME)) {
                name = unit.string(attributes.form(NAME), attributes.value(NAME));
            } else if (attributes.has(ABSTRACT_ORIGIN)) {
                name = namesOf(ABSTRACT_ORIGIN).name();
            }
            if (name != null && !name.isEmpty()) {
                labels.add(new Label(name, address, inlinedDepth >= 0));
            }
        }
    }
}
