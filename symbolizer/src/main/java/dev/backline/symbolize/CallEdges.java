package dev.backline.symbolize;

import dev.backline.debugfiles.DebugData;
import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.io.BoundedCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the callers and callees of a stack trace with the call sites of the functions, to tell real frames
 * from stale ones. Functions in other files are known only by name, so tail calls through them are not followed.
 * Thread-safe.
 */
public final class CallEdges {
    /** The longest chain of tail calls that is searched between two frames. */
    private static final int MAX_SKIPPED = 3;

    /** Calls and functions that are kept, each: a log can name any number of addresses. */
    private static final int MAX_KNOWN = 8192;

    /** What GCC adds to the names of the changed copies that it makes of functions; the debug information has the name alone. */
    private static final String[] SUFFIXES = {
        ".isra.0",
        ".constprop.0",
        ".part.0",
        ".constprop.0.isra.0",
        ".isra.0.constprop.0",
        ".part.0.isra.0",
        ".part.0.constprop.0",
        ".constprop.0.part.0",
        ".isra.0.part.0"
    };

    private final DebugData data;
    private final @Nullable Dwarf dwarf;
    /** By return address. Guarded by this object, as the tail calls are. */
    private final BoundedCache<Long, Optional<CallSite>> calls = new BoundedCache<>(MAX_KNOWN);

    private final BoundedCache<String, List<CallSite>> tailCalls = new BoundedCache<>(MAX_KNOWN);

    /**
     * Creates a checker for the call sites of one file. {@link Symbolizer#callEdges} shares one among all users of the file.
     *
     * @param symbolizer of the file; it must stay open
     */
    public CallEdges(Symbolizer symbolizer) {
        data = symbolizer.data();
        dwarf = data.dwarf();
    }

    /**
     * {@return whether the frame with a return address can have called the frame above; null if the file has no
     * call sites, as an index}
     *
     * @param returnAddress of the caller, in the address space of this file
     * @param callee the function of the frame above, by the name of its DWARF entry or symbol
     * @throws IOException if the debug information of a function in the chain cannot be read
     */
    public @Nullable Edge check(long returnAddress, String callee) throws IOException {
        if (dwarf == null) {
            return null;
        }
        CallSite call = callReturningTo(dwarf, returnAddress);
        if (call == null) {
            return Edge.UNVERIFIED;
        }
        String called = call.callee();
        if (called == null) {
            return Edge.INDIRECT;
        }
        if (names(call, callee)) {
            return Edge.VERIFIED;
        }
        List<List<String>> chains = new ArrayList<>();
        boolean open = follow(called, callee, new ArrayList<>(), new HashSet<>(), chains);
        if (chains.size() == 1) {
            return new Edge(Edge.Kind.TAIL_CALL, chains.get(0));
        }
        return open || !chains.isEmpty() ? Edge.INDIRECT : Edge.UNVERIFIED;
    }

    /**
     * Collects the chains of tail calls from one function to another.
     *
     * @return whether a function in the chain jumps through a pointer, so that the chain can continue unseen
     */
    private boolean follow(String from, String to, List<String> way, Set<String> seen, List<List<String>> chains)
            throws IOException {
        if (way.size() == MAX_SKIPPED || !seen.add(from)) {
            return false;
        }
        way.add(from);
        boolean open = false;
        boolean reached = false;
        for (CallSite call : tailCallsOf(from)) {
            String next = call.callee();
            if (next == null) {
                open = true;
            } else if (names(call, to)) {
                reached = true;
            } else {
                open |= follow(next, to, way, seen, chains);
            }
        }
        if (reached) {
            chains.add(List.copyOf(way));
        }
        way.remove(way.size() - 1);
        return open;
    }

    private static boolean names(CallSite call, String function) {
        return function.equals(call.callee()) || function.equals(call.calleeLinkageName());
    }

    private @Nullable CallSite callReturningTo(Dwarf from, long returnAddress) throws IOException {
        Optional<CallSite> known;
        synchronized (this) {
            known = calls.get(returnAddress);
        }
        if (known == null) {
            known = Optional.ofNullable(from.callSiteReturningTo(returnAddress));
            synchronized (this) {
                calls.put(returnAddress, known);
            }
        }
        return known.orElse(null);
    }

    private List<CallSite> tailCallsOf(String function) throws IOException {
        List<CallSite> known;
        synchronized (this) {
            known = tailCalls.get(function);
        }
        if (known == null) {
            known = readTailCalls(function);
            synchronized (this) {
                tailCalls.put(function, known);
            }
        }
        return known;
    }

    private List<CallSite> readTailCalls(String function) throws IOException {
        Symbols symbols = data.symbols();
        List<CallSite> found = new ArrayList<>();
        Set<Long> starts = new HashSet<>();
        int[] named = symbols.named(function);
        for (int i = 0; named.length == 0 && i < SUFFIXES.length; i++) {
            named = symbols.named(function + SUFFIXES[i]);
        }
        for (int symbol : named) {
            long start = symbols.address(symbol);
            if (symbols.sectionIndex(symbol) != SymbolTable.SHN_UNDEF && starts.add(start)) {
                for (CallSite call : callSites(start)) {
                    if (call.tailCall()) {
                        found.add(call);
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    private List<CallSite> callSites(long start) throws IOException {
        return dwarf == null ? List.of() : dwarf.callSites(start);
    }
}
