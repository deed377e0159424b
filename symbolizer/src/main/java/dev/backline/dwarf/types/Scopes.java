package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Entry;
import dev.backline.dwarf.UnitFunctions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the variables in scope at an address, and where each of them is there. Stateless, thread-safe. */
public final class Scopes {
    /** A copy refers to an abstract entry, and that to a declaration; much longer chains are loops. */
    private static final int MAX_REFERENCES = 16;

    /** The greatest depth of inlined calls, and of blocks in a function. */
    private static final int MAX_DEPTH = 256;

    /** The greatest number of variables in scope at an address; some hundred in the kernel. */
    private static final int MAX_VARIABLES = 1 << 12;

    private Scopes() {}

    /**
     * {@return the function at the address and the functions that it was inlined into, innermost first, with their
     * variables; empty if no function has the address} A variable whose entry is damaged is unavailable, or missing if
     * its name cannot be read.
     *
     * @param dwarf the debug information of the file
     * @param address of an instruction in the ELF file; in an ET_REL, section base plus offset
     * @throws IOException if the unit with the address is damaged
     */
    public static List<Scope> at(Dwarf dwarf, long address) throws IOException {
        UnitFunctions functions = UnitFunctions.holding(dwarf, address);
        List<Scope> scopes = new ArrayList<>(4);
        if (functions == null) {
            return scopes;
        }
        LocationReader locations = null;
        int[] budget = {MAX_VARIABLES};
        for (int each = functions.innermost(address); each >= 0 && scopes.size() < MAX_DEPTH; ) {
            int caller = functions.caller(each);
            if (locations == null) {
                locations = new LocationReader(outermost(functions, each), address);
            }
            List<Variable> variables = new ArrayList<>();
            Walk walk = new Walk(address, locations, variables, budget);
            try {
                walk.block(functions.entry(each), 0);
            } catch (IOException e) {
                // The variables before the damaged entry are known
            }
            scopes.add(new Scope(functions.name(each), caller >= 0, variables));
            each = caller;
        }
        return scopes;
    }

    private static Entry outermost(UnitFunctions functions, int function) {
        int at = function;
        for (int caller = functions.caller(at); caller >= 0; caller = functions.caller(at)) {
            at = caller;
        }
        return functions.entry(at);
    }

    /**
     * {@return what a call passes in registers, by their DWARF numbers: the values that the called function's {@link
     * Location.EntryValue}s ask for} The locations are for the caller, at the call; they are available at the return
     * address only if they use registers that calls preserve. Empty if the call is not recorded.
     *
     * @param dwarf the debug information of the file
     * @param returnAddress of the call in the ELF file
     * @throws IOException if the unit with the call is damaged
     */
    public static Map<Integer, Location> argumentsAt(Dwarf dwarf, long returnAddress) throws IOException {
        Map<Integer, Location> passed = new HashMap<>();
        // If the called function never returns, the return address may be in the next function.
        long call = returnAddress - 1;
        UnitFunctions functions = UnitFunctions.holding(dwarf, call);
        if (functions == null) {
            return passed;
        }
        int at = functions.innermost(call);
        for (int depth = 0; at >= 0 && depth < MAX_DEPTH && passed.isEmpty(); depth++) {
            LocationReader locations = new LocationReader(outermost(functions, at), call);
            new CallSites(call, returnAddress, locations, passed).block(functions.entry(at), 0);
            at = functions.caller(at);
        }
        return passed;
    }

    /** Collects the variables of a function or inlined call, those of inner blocks first. */
    private static final class Walk {
        private final long address;
        private final LocationReader locations;
        private final List<Variable> variables;
        private final int[] budget;

        Walk(long address, LocationReader locations, List<Variable> variables, int[] budget) {
            this.address = address;
            this.locations = locations;
            this.variables = variables;
            this.budget = budget;
        }

        void block(Entry block, int depth) throws IOException {
            List<Variable> own = new ArrayList<>();
            List<Entry> blocks = new ArrayList<>(1);
            try {
                block.children(new Entry.Visitor() {
                    @Override
                    public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                        if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) {
                            add(child, attributes, tag == DW_TAG_formal_parameter, own);
                        } else if (tag == DW_TAG_lexical_block && child.covers(attributes, address)) {
                            blocks.add(child);
                        }
                        return budget[0] > 0;
                    }
                });
                for (Entry each : blocks) {
                    if (depth < MAX_DEPTH) {
                        block(each, depth + 1);
                    }
                }
            } finally {
                variables.addAll(own);
            }
        }

        private void add(Entry entry, Attributes attributes, boolean parameter, List<Variable> into) {
            try {
                Entry named = entry;
                Attributes its = attributes;
                String name = named.string(its, NAME);
                for (int i = 0; i < MAX_REFERENCES && (name == null || !its.has(TYPE)); i++) {
                    Entry origin = Declarations.origin(named, its);
                    if (origin == null) {
                        break;
                    }
                    named = origin;
                    its = new Attributes();
                    named.read(its);
                    name = name == null ? named.string(its, NAME) : name;
                }
                if (name != null) {
                    budget[0]--;
                    into.add(variable(name, parameter, entry, attributes, named, its));
                }
            } catch (IOException e) {
                // One bad variable leaves the others.
            }
        }

        private Variable variable(
                String name, boolean parameter, Entry entry, Attributes attributes, Entry typed, Attributes its) {
            // A static variable in an inlined function has its location in the abstract entry
            boolean own = attributes.has(LOCATION) || attributes.has(CONST_VALUE);
            Location location =
                    own ? locations.of(entry, attributes, typed, its) : locations.of(typed, its, typed, its);
            return new Variable(name, parameter, Layout.of(typed, its), location);
        }
    }

    /** Finds the call that returns to an address, in a function or inlined call and its blocks. */
    private static final class CallSites {
        private final long call;
        private final long returnAddress;
        private final LocationReader locations;
        private final Map<Integer, Location> passed;

        CallSites(long call, long returnAddress, LocationReader locations, Map<Integer, Location> passed) {
            this.call = call;
            this.returnAddress = returnAddress;
            this.locations = locations;
            this.passed = passed;
        }

        void block(Entry block, int depth) throws IOException {
            List<Entry> blocks = new ArrayList<>(1);
            List<Entry> sites = new ArrayList<>(1);
            block.children(new Entry.Visitor() {
                @Override
                public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                    if (isCall(tag) && returnsHere(child, attributes)) {
                        sites.add(child);
                    } else if (tag == DW_TAG_lexical_block && child.covers(attributes, call)) {
                        blocks.add(child);
                    }
                    return sites.isEmpty();
                }
            });
            for (Entry each : sites) {
                each.children(new Entry.Visitor() {
                    @Override
                    public boolean visit(int tag, Entry child, Attributes attributes) {
                        if (isParameter(tag)) {
                            add(child, attributes);
                        }
                        return passed.size() < MAX_VARIABLES;
                    }
                });
            }
            for (Entry each : blocks) {
                if (depth < MAX_DEPTH && passed.isEmpty()) {
                    block(each, depth + 1);
                }
            }
        }

        private static boolean isCall(int tag) {
            return tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site;
        }

        private static boolean isParameter(int tag) {
            return tag == DW_TAG_call_site_parameter || tag == DW_TAG_GNU_call_site_parameter;
        }

        private boolean returnsHere(Entry site, Attributes attributes) throws IOException {
            int slot = attributes.has(CALL_RETURN_PC) ? CALL_RETURN_PC : LOW_PC;
            return attributes.has(slot) && site.address(attributes, slot) == returnAddress;
        }

        private void add(Entry parameter, Attributes attributes) {
            Location place = attributes.has(LOCATION) && attributes.isBlock(LOCATION)
                    ? locations.of(parameter, attributes, parameter, attributes)
                    : null;
            if (place instanceof Location.Register in) {
                Location value = locations.passed(parameter, attributes);
                if (!(value instanceof Location.Unavailable)) {
                    passed.putIfAbsent(in.register(), value);
                }
            }
        }
    }
}
