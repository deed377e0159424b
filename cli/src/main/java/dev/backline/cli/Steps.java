package dev.backline.cli;

import dev.backline.capture.ProbeFrame;
import dev.backline.diagnose.CallFacts;
import dev.backline.diagnose.CallStep;
import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Declarations;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.Enumeration;
import dev.backline.dwarf.Subprogram;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Mark;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Resolved frames as the rules of diagnosis want them. What the calls are is read once. Not thread-safe. */
final class Steps {
    /** Calls are forgotten when there are this many, so that a capture of any length needs no more memory. */
    private static final int MAX_KNOWN = 1 << 16;

    private static final String REASON_PREFIX = "SK_RST_REASON_";

    /** By file and return address; empty where the debug information says nothing of the call. */
    private final Map<Symbolizer, Map<Long, Optional<CallFacts>>> known = new HashMap<>();

    CallStep of(ProbeFrame frame, LogFrame found) throws IOException {
        FrameReference reference = frame.frame().reference();
        String symbol = reference.symbol();
        String place = frame.text()
                .substring(frame.frame().start(), frame.frame().end())
                .strip();
        boolean noOffset = frame.frame().mark() == Mark.NO_OFFSET && reference.address() == null;
        if (!(found.resolution() instanceof Resolved resolved) || noOffset) {
            return new CallStep(
                    frame.line(),
                    place,
                    symbol == null ? List.of() : List.of(CallStep.plain(symbol)),
                    null,
                    frame.frame().reliable(),
                    null);
        }
        List<String> functions = new ArrayList<>(resolved.frames().size());
        for (SourceFrame source : resolved.frames()) {
            functions.add(CallStep.plain(source.nameOr(resolved.symbol() == null ? "??" : resolved.symbol())));
        }
        SourceFrame innermost = resolved.frames().get(0);
        String source = innermost.path() == null ? null : innermost.path() + ":" + innermost.line();
        boolean returns = reference.pc() == Pc.RETURN || frame.frame().mark() == Mark.NO_OFFSET;
        return new CallStep(
                frame.line(),
                place,
                functions,
                source,
                frame.frame().reliable(),
                returns ? known(found.symbolizer(), resolved.address()) : null);
    }

    private @Nullable CallFacts known(@Nullable Symbolizer symbolizer, long returnAddress) throws IOException {
        if (symbolizer == null) {
            return null;
        }
        Map<Long, Optional<CallFacts>> calls = known.computeIfAbsent(symbolizer, key -> new HashMap<>());
        Optional<CallFacts> call = calls.get(returnAddress);
        if (call == null) {
            call = Optional.ofNullable(read(symbolizer, returnAddress));
            if (calls.size() >= MAX_KNOWN) {
                calls.clear();
            }
            calls.put(returnAddress, call);
        }
        return call.orElse(null);
    }

    private static @Nullable CallFacts read(Symbolizer symbolizer, long returnAddress) throws IOException {
        Dwarf dwarf = symbolizer.dwarf();
        CallSite site = dwarf == null ? null : dwarf.callSiteReturningTo(returnAddress);
        if (dwarf == null || site == null) {
            return null;
        }
        Map<Integer, Long> constants = new HashMap<>();
        for (CallSite.Argument argument : site.arguments()) {
            Long constant = argument.constant();
            if (constant != null && argument.position() >= 0) {
                constants.put(argument.position(), constant);
            }
        }
        CallSite before = null;
        CallSite behind = null;
        for (CallSite each : dwarf.callSites(returnAddress - 1)) {
            long distance = each.returnAddress() - returnAddress;
            if (each.returnAddress() != 0
                    && distance < 0
                    && (before == null || each.returnAddress() > before.returnAddress())) {
                before = each;
            } else if (distance > 0 && (behind == null || each.returnAddress() < behind.returnAddress())) {
                behind = each;
            }
        }
        return new CallFacts(
                site.callee(),
                constants,
                callee(before),
                callee(behind),
                reason(dwarf, returnAddress, site, constants));
    }

    private static String callee(@Nullable CallSite site) {
        if (site == null) {
            return "none";
        }
        String callee = site.callee();
        return callee == null ? "pointer" : callee;
    }

    /** The kernel's own reason, where the function that is called takes one and this call passes a constant. */
    private static @Nullable String reason(Dwarf dwarf, long address, CallSite site, Map<Integer, Long> constants)
            throws IOException {
        String callee = site.callee();
        if (constants.isEmpty() || callee == null) {
            return null;
        }
        Declarations declarations = dwarf.declarationsAt(address - 1);
        Subprogram function = declarations == null ? null : declarations.function(callee);
        if (declarations == null || function == null) {
            return null;
        }
        for (int i = 0; i < function.parameters().size(); i++) {
            Long value = constants.get(i);
            if (value != null && "reason".equals(function.parameters().get(i).name())) {
                Enumeration reasons = declarations.enumeration("sk_rst_reason");
                String name = reasons == null ? null : reasons.name(value);
                return name == null || !name.startsWith(REASON_PREFIX) ? name : name.substring(REASON_PREFIX.length());
            }
        }
        return null;
    }
}
