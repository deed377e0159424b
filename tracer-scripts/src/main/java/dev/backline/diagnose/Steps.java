package dev.backline.diagnose;

import dev.backline.capture.ProbeFrame;
import dev.backline.dwarf.CallSite;
import dev.backline.dwarf.Dwarf;
import dev.backline.symbolize.ByReturnAddress;
import dev.backline.symbolize.Call;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Resolved;
import dev.backline.symbolize.SourceFrame;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes steps of resolved frames. Each call is read from the debug information once. Not thread-safe. */
final class Steps {
    private static final String REASON_PREFIX = "SK_RST_REASON_";

    private final ByReturnAddress<CallFacts> calls = new ByReturnAddress<>(Steps::read);

    CallStep of(ProbeFrame frame, LogFrame found) throws IOException {
        FrameReference reference = frame.frame().reference();
        String symbol = reference.symbol();
        String place = frame.text()
                .substring(frame.frame().start(), frame.frame().end())
                .strip();
        // A name alone does not say where in the function the frame is.
        boolean nameAlone = reference.offset() == null && reference.address() == null;
        if (!(found.resolution() instanceof Resolved resolved) || nameAlone) {
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
        String source = innermost.path() == null
                ? null
                : innermost.path() + ":" + (innermost.line() == 0 ? "?" : innermost.line());
        return new CallStep(
                frame.line(),
                place,
                functions,
                source,
                frame.frame().reliable(),
                found.reference().pc() == Pc.RETURN && found.symbolizer() != null
                        ? calls.get(found.symbolizer(), resolved.address())
                        : null);
    }

    private static @Nullable CallFacts read(Dwarf dwarf, long returnAddress) throws IOException {
        Call call = Call.returningTo(dwarf, returnAddress);
        if (call == null) {
            return null;
        }
        Map<Integer, Long> constants = new HashMap<>();
        String reason = null;
        for (Call.Argument argument : call.constants()) {
            constants.put(argument.position(), argument.value());
            reason = isReason(argument) ? argument.enumerator() : reason;
        }
        CallSite before = null;
        CallSite next = null;
        for (CallSite each : dwarf.callSites(returnAddress - 1)) {
            long distance = each.returnAddress() - returnAddress;
            if (each.returnAddress() != 0
                    && distance < 0
                    && (before == null || each.returnAddress() > before.returnAddress())) {
                before = each;
            } else if (distance > 0 && (next == null || each.returnAddress() < next.returnAddress())) {
                next = each;
            }
        }
        return new CallFacts(call.callee(), constants, callee(before), callee(next), withoutPrefix(reason));
    }

    private static String callee(@Nullable CallSite site) {
        if (site == null) {
            return "none";
        }
        String callee = site.callee();
        return callee == null ? "pointer" : callee;
    }

    /** Whether the argument is the kernel's own reason for the RST. */
    private static boolean isReason(Call.Argument argument) {
        return argument.type() != null
                && "sk_rst_reason".equals(argument.type().resolved().name());
    }

    private static @Nullable String withoutPrefix(@Nullable String reason) {
        return reason == null || !reason.startsWith(REASON_PREFIX) ? reason : reason.substring(REASON_PREFIX.length());
    }
}
