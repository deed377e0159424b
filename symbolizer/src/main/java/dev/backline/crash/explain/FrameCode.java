package dev.backline.crash.explain;

import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.types.Globals;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Scopes;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frame's function in its file: the code and the variables in scope at its instructions. Damaged parts of the file
 * have no variables. Not thread-safe.
 */
final class FrameCode {
    /** Addresses whose scopes are kept. */
    private static final int MAX_SCOPES = 256;

    /** The name of the thunks' section, at which the first one starts: that of rax (arch/x86/lib/retpoline.S). */
    private static final String FIRST_THUNK = "__x86_indirect_thunk_array";

    private static final String NAME_OF_FIRST_THUNK = "__x86_indirect_thunk_rax";

    private final Symbolizer symbolizer;
    private final ElfFile elf;
    private final @Nullable Dwarf dwarf;
    private final @Nullable FunctionCode code;
    private final long address;
    private final Problems problems;
    private final List<SourceFrame> source;
    private final Map<Long, List<Scope>> scopes = new HashMap<>();

    /** Takes what could not be read. */
    interface Problems {
        void add(String problem);
    }

    private FrameCode(
            Symbolizer symbolizer,
            ElfFile elf,
            @Nullable FunctionCode code,
            long address,
            List<SourceFrame> source,
            Problems problems) {
        this.symbolizer = symbolizer;
        this.elf = elf;
        this.dwarf = symbolizer.dwarf();
        this.code = code;
        this.address = address;
        this.source = source;
        this.problems = problems;
    }

    /**
     * {@return the function of a frame; null if no ELF file answers for it}
     *
     * @param frame of the log
     * @param problems takes what cannot be read
     */
    static @Nullable FrameCode of(LogFrame frame, Problems problems) {
        Symbolizer symbolizer = frame.symbolizer();
        if (symbolizer == null || !(frame.resolution() instanceof Resolution.Resolved found)) {
            return null;
        }
        return of(
                symbolizer, found.address(), found.address() - found.offset(), found.size(), found.frames(), problems);
    }

    /**
     * {@return the function at an address}
     *
     * @param symbolizer the file
     * @param address of the instruction, or a return address
     * @param start of the function
     * @param size of the function, 0 if unknown
     * @param source the source frames at the address
     * @param problems takes what cannot be read
     */
    static @Nullable FrameCode of(
            Symbolizer symbolizer, long address, long start, long size, List<SourceFrame> source, Problems problems) {
        ElfFile elf = symbolizer.elf();
        if (elf == null) {
            return null;
        }
        FunctionCode code = null;
        try {
            code = FunctionCode.of(elf, instructionSet(elf), start, size, address);
        } catch (IOException e) {
            problems.add("The code in " + elf.name() + " cannot be read: " + e.getMessage());
        }
        return new FrameCode(symbolizer, elf, code, address, source, problems);
    }

    /** The same function at another address, with the source there. */
    static FrameCode at(FrameCode frame, long address) {
        List<SourceFrame> source = List.of();
        try {
            source = frame.symbolizer.framesAt(address);
        } catch (IOException e) {
            frame.problems.add("The lines in " + frame.elf.name() + " cannot be read: " + e.getMessage());
        }
        return new FrameCode(frame.symbolizer, frame.elf, frame.code, address, source, frame.problems);
    }

    /** The global variable at an address; null if no symbol is there. */
    Pointer.@Nullable Root global(long at) {
        String external = code == null ? null : code.relocated().external(at);
        if (external != null && code != null) {
            return root(external, code.relocated().externalStart(at));
        }
        try {
            SymbolTable symbols = elf.symbols();
            int symbol = symbols.at(at);
            if (symbol < 0 || symbols.type(symbol) != SymbolTable.STT_OBJECT) {
                return null;
            }
            long size = symbols.elfSize(symbol);
            if (size > 0 && Long.compareUnsigned(at - symbols.address(symbol), size) >= 0) {
                return null;
            }
            return root(symbols.name(symbol), symbols.address(symbol));
        } catch (IOException e) {
            problems.add("The symbols in " + elf.name() + " cannot be read: " + e.getMessage());
            return null;
        }
    }

    private Pointer.Root root(String symbol, long start) {
        // A static variable of a function has a number: once.12
        int dot = symbol.indexOf('.', 1);
        String name = dot < 0 ? symbol : symbol.substring(0, dot);
        Layout layout = null;
        try {
            layout = dwarf == null || code == null ? null : Globals.layout(dwarf, code.start(), name);
        } catch (IOException e) {
            problems.add("The variables in " + elf.name() + " cannot be read: " + e.getMessage());
        }
        return new Pointer.Root(Pointer.Kind.GLOBAL, name, layout, null, -1, start);
    }

    /** The name of the target of a call; null if unknown. */
    @Nullable
    String targetName(FunctionCode.Instruction call) {
        String relocated = code == null ? null : code.relocated().called(call.address());
        if (relocated != null) {
            return relocated;
        }
        Long target = call.branchTarget();
        if (target == null || target == call.end()) {
            return null;
        }
        String external = code == null ? null : code.relocated().external(target);
        if (external != null) {
            return external;
        }
        try {
            SymbolTable symbols = elf.symbols();
            int symbol = symbols.at(target);
            if (symbol < 0 || symbols.address(symbol) != target) {
                return null;
            }
            String name = symbols.name(symbol);
            return name.equals(FIRST_THUNK) ? NAME_OF_FIRST_THUNK : name;
        } catch (IOException e) {
            return null;
        }
    }

    /** The text of an instruction, with the name of the function that it calls or jumps to. */
    String text(FunctionCode of, int index) {
        String text = of.text(index);
        FunctionCode.Instruction each = of.get(index);
        String name = each.branchTarget() == null ? null : targetName(each);
        int operand = Math.max(text.lastIndexOf(' '), text.lastIndexOf(',')) + 1;
        return name == null || operand == 0 ? text : text.substring(0, operand) + name;
    }

    private static @Nullable InstructionSet instructionSet(ElfFile elf) {
        return InstructionSet.ofElf(elf.header().machine(), elf.header().is64());
    }

    Symbolizer symbolizer() {
        return symbolizer;
    }

    ElfFile elf() {
        return elf;
    }

    /** The instructions; null if they are not decoded. */
    @Nullable
    FunctionCode code() {
        return code;
    }

    /** The frame's address in the file: of the instruction, or the return address. */
    long address() {
        return address;
    }

    /** The source frames at the address, innermost first. */
    List<SourceFrame> source() {
        return source;
    }

    /** The functions with their variables at an address of this file, innermost first. */
    List<Scope> scopes(long at) {
        List<Scope> known = scopes.get(at);
        if (known != null) {
            return known;
        }
        List<Scope> found = List.of();
        if (dwarf != null) {
            try {
                found = Scopes.at(dwarf, at);
            } catch (IOException e) {
                problems.add("The variables in " + elf.name() + " cannot be read: " + e.getMessage());
            }
        }
        if (scopes.size() < MAX_SCOPES) {
            scopes.put(at, found);
        }
        return found;
    }

    /** The name of the function that a call at a return address calls; null if unknown. */
    @Nullable
    String calleeReturningTo(long returnAddress) {
        if (dwarf == null) {
            return null;
        }
        try {
            CallSite site = dwarf.callSiteReturningTo(returnAddress);
            return site == null ? null : site.callee();
        } catch (IOException e) {
            problems.add("The calls in " + elf.name() + " cannot be read: " + e.getMessage());
            return null;
        }
    }

    /** The calls of the function at an address. */
    List<CallSite> calls(long at) {
        if (dwarf == null) {
            return List.of();
        }
        try {
            return dwarf.callSites(at);
        } catch (IOException e) {
            problems.add("The calls in " + elf.name() + " cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    void problem(String text) {
        problems.add(text);
    }
}
