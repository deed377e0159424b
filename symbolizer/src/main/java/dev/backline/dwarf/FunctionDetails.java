package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.elf.ElfHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The call sites and labels of one function and of the functions inlined into it, read from the entries below the
 * function's entry.
 *
 * @param callSites in the order of the entries
 * @param labels that have an address, in the order of the entries
 */
record FunctionDetails(List<CallSite> callSites, List<Label> labels) {
    static final FunctionDetails NONE = new FunctionDetails(List.of(), List.of());

    /**
     * Reads the entries below the entry at the offset in {@code .debug_info}; {@code names} gives the names of callees.
     */
    static FunctionDetails read(UnitContext unit, FunctionNames.Source names, long entry) throws IOException {
        Cursor c = unit.from(entry);
        try {
            return new Reader(unit, names, c).read();
        } catch (IndexOutOfBoundsException e) {
            throw c.truncated(entry, "the function", e);
        }
    }

    private static final class Reader {
        private final UnitContext unit;
        private final FunctionNames.Source names;
        private final Cursor c;
        private final Attributes attributes = new Attributes();
        private final List<CallSite> callSites = new ArrayList<>();
        private final List<Label> labels = new ArrayList<>();

        /** The call site that following parameters belong to, and the depth of its entry or -1. */
        private @Nullable CallSite open;

        private int openDepth = -1;
        /** The depth of the outermost inlined call around the entry, or -1. */
        private int inlinedDepth = -1;

        private List<CallSite.Argument> arguments = new ArrayList<>();

        Reader(UnitContext unit, FunctionNames.Source names, Cursor c) {
            this.unit = unit;
            this.names = names;
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
                    // Blocks and variables have no calls or labels themselves; those are children.
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
            return UnitContext.isSupplementary(form) ? names.supplementaryNames(reference) : names.names(reference);
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

        /** DW_AT_call_value is an expression, or a number if its form is one of a number. */
        private @Nullable Long constant() {
            return attributes.isBlock(CALL_VALUE)
                    ? Expressions.constant(block(CALL_VALUE))
                    : Long.valueOf(attributes.value(CALL_VALUE));
        }

        /** A cursor over the bytes of an attribute of class block; empty for other classes. */
        private Cursor block(int slot) {
            if (!attributes.isBlock(slot)) {
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

    /** The registers, by their DWARF numbers, that pass the first arguments in kernel code. */
    private static final class CallingConvention {
        /** System V AMD64 psABI 3.2.3 and 3.6.2: rdi, rsi, rdx, rcx, r8, r9. */
        private static final int[] X86_64 = {5, 4, 1, 2, 8, 9};
        /** The kernel builds i386 with -mregparm=3: eax, edx, ecx. */
        private static final int[] I386 = {0, 2, 1};

        private CallingConvention() {}

        /** The position of the argument that the register passes, from 0, or -1. */
        static int position(int machine, int register) {
            return switch (machine) {
                case ElfHeader.EM_X86_64 -> indexOf(X86_64, register);
                case ElfHeader.EM_386 -> indexOf(I386, register);
                case ElfHeader.EM_AARCH64 -> inRange(register, 0, 8);
                case ElfHeader.EM_ARM -> inRange(register, 0, 4);
                case ElfHeader.EM_PPC64 -> inRange(register, 3, 8);
                case ElfHeader.EM_S390 -> inRange(register, 2, 5);
                case ElfHeader.EM_RISCV -> inRange(register, 10, 8);
                default -> -1;
            };
        }

        private static int indexOf(int[] registers, int register) {
            for (int i = 0; i < registers.length; i++) {
                if (registers[i] == register) {
                    return i;
                }
            }
            return -1;
        }

        private static int inRange(int register, int first, int count) {
            return register >= first && register < first + count ? register - first : -1;
        }
    }
}
