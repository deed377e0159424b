package dev.backline.dwarf;

import static dev.backline.dwarf.Attributes.*;

import dev.backline.io.Internal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions and inlined calls of one unit, for other packages. A function is given by a number, which counts the
 * entries of functions and inlined calls from 0. Thread-safe.
 */
@Internal
public final class UnitFunctions {
    private final FunctionTable table;
    private final RangeLists lists;

    private UnitFunctions(FunctionTable table) {
        this.table = table;
        lists = new RangeLists(table.unit());
    }

    /**
     * {@return the functions of the unit with code at the address, or null if no unit has code there}
     *
     * @param dwarf of the file
     * @param address of an instruction, or of the space for patches that some architectures reserve before each
     *     function, which belongs to no function
     * @throws IOException if the unit is damaged
     */
    public static @Nullable UnitFunctions at(Dwarf dwarf, long address) throws IOException {
        FunctionTable table = dwarf.unitFunctionsAt(address);
        return table == null ? null : new UnitFunctions(table);
    }

    /**
     * {@return the function at the address and its inlined calls, and perhaps more functions of the unit; null if no
     * function has the address} Faster than {@link #at(Dwarf, long)}.
     *
     * @param dwarf of the file
     * @param address of an instruction
     * @throws IOException if the unit is damaged
     */
    public static @Nullable UnitFunctions holding(Dwarf dwarf, long address) throws IOException {
        FunctionTable table = dwarf.functionsAt(address);
        return table == null ? null : new UnitFunctions(table);
    }

    /**
     * {@return the innermost function or inlined call at the address, or -1}
     *
     * @param address in the ELF file
     */
    public int innermost(long address) {
        return table.find(address);
    }

    /**
     * {@return the function or inlined call around an inlined call, or -1}
     *
     * @param function from 0
     */
    public int caller(int function) {
        return table.isInlined(function) ? table.parent(function) : FunctionTable.NONE;
    }

    /**
     * {@return the function's DW_AT_name, or null}
     *
     * @param function from 0
     * @throws IOException if the name cannot be read
     */
    public @Nullable String name(int function) throws IOException {
        return table.names(function).name();
    }

    /** {@return the root entry of the unit} */
    public Entry root() {
        return new Entry(table.unit(), table.unit().header().firstEntry());
    }

    /**
     * {@return the entry of the outermost function at the address, or null}
     *
     * @param address in the ELF file
     */
    public @Nullable Entry at(long address) {
        int node = table.find(address);
        while (node != FunctionTable.NONE && table.isInlined(node)) {
            node = table.parent(node);
        }
        return node == FunctionTable.NONE ? null : entry(node);
    }

    /**
     * {@return the functions and inlined calls with this DW_AT_name}
     *
     * @param name without the suffix of a clone
     * @throws IOException if a name cannot be read
     */
    public int[] named(String name) throws IOException {
        return table.named(name);
    }

    /**
     * {@return the function's entry}
     *
     * @param function from 0
     */
    public Entry entry(int function) {
        return new Entry(table.unit(), table.entry(function));
    }

    /**
     * {@return whether the function is an inlined call}
     *
     * @param function from 0
     */
    public boolean isInlined(int function) {
        return table.isInlined(function);
    }

    /**
     * {@return the line of the inlined call; 0 if unknown or not inlined}
     *
     * @param function from 0
     */
    public int callLine(int function) {
        return table.callLine(function);
    }

    /**
     * {@return the names of the functions around the inlined call, innermost first}
     *
     * @param function from 0
     * @throws IOException if a name cannot be read
     */
    public List<String> callers(int function) throws IOException {
        List<String> callers = new ArrayList<>(4);
        int parent = function;
        do {
            parent = table.parent(parent);
            if (parent == FunctionTable.NONE) {
                break;
            }
            String caller = table.names(parent).name();
            callers.add(caller == null ? "?" : caller);
        } while (table.isInlined(parent));
        return callers;
    }

    /**
     * {@return the address ranges of an entry (DWARF5 2.17), each as its first address and one past its last}
     *
     * @param attributes of the entry
     * @throws IOException if the range list is damaged
     */
    public long[] ranges(Attributes attributes) throws IOException {
        AddressRanges found = new AddressRanges();
        lists.read(attributes, found);
        return found.bounds();
    }

    /**
     * {@return the address in DW_AT_entry_pc, which is an address or an offset from the base address (DWARF5 2.18)}
     *
     * @param attributes of the entry
     * @param otherwise the result if the entry does not have the attribute
     * @throws IOException if the address cannot be read
     */
    public long entryPc(Attributes attributes, long otherwise) throws IOException {
        if (!attributes.has(ENTRY_PC)) {
            return otherwise;
        }
        UnitContext unit = table.unit();
        long value = attributes.value(ENTRY_PC);
        if (!attributes.isNumber(ENTRY_PC)) {
            return unit.address(attributes.form(ENTRY_PC), value);
        }
        long base =
                attributes.has(LOW_PC) ? unit.address(attributes.form(LOW_PC), attributes.value(LOW_PC)) : otherwise;
        return base + value;
    }
}
