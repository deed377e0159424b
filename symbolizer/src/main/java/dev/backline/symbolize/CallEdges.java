package dev.backline.symbolize;

import dev.backline.debugfiles.DebugData;
import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks the steps of a stack trace against the call sites of its functions, so that real frames can be
 * told from stale ones. Functions outside of the file are known by name only: a tail call through another
 * file's function is not followed. Thread-safe.
 */
public final class CallEdges {
    /** Longer chains of tail calls than this between two frames are not looked for. */
    private static final int MAX_SKIPPED = 3;

    private final DebugData data;
    private final @Nullable Dwarf dwarf;
    private final ConcurrentHashMap<String, List<CallSite>> tailCalls = new ConcurrentHashMap<>();

    /**
     * The call sites of one file.
     *
     * @param symbolizer of the file; it has to stay open
     */
    public CallEdges(Symbolizer symbolizer) {
        data = symbolizer.data();
        dwarf = data.dwarf();
    }

    /**
     * {@return how the frame that returns to an address relates to the frame above it; null where the file
     * has no call sites at all, as an index has none}
     *
     * @param returnAddress of the caller, in the address space of this file
     * @param callee the function of the frame above, by the name its entry or symbol has
     * @throws IOException when the part of the debug information with a function on the way cannot be read
     */
    public @Nullable Edge check(long returnAddress, String callee) throws IOException {
        if (dwarf == null) {
            return null;
        }
        CallSite call = dwarf.callSiteReturningTo(returnAddress);
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
     * @return whether any function on the way jumps through a pointer, so that the chain may go on unseen
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

    private List<CallSite> tailCallsOf(String function) throws IOException {
        List<CallSite> known = tailCalls.get(function);
        if (known == null) {
            known = readTailCalls(function);
            tailCalls.put(function, known);
        }
        return known;
    }

    private List<CallSite> readTailCalls(String function) throws IOException {
        Symbols symbols = data.symbols();
        List<CallSite> found = new ArrayList<>();
        Set<Long> starts = new HashSet<>();
        for (int symbol : symbols.named(function)) {
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
