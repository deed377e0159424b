package dev.backline.crash;

import dev.backline.crash.Headline.Role;
import dev.backline.intake.LineOrigin;
import dev.backline.io.Ascii;
import dev.backline.symbolize.LogFrame;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A report that is still being read. Not thread-safe. */
final class OpenReport {
    /** Where a report is. */
    enum Phase {
        /** The headlines. */
        HEAD,
        /** Registers, stacks and details. */
        BODY,
        /** After its end: the kernel can repeat registers, and panic. */
        TAIL
    }

    /** What registers belong to. */
    private enum Context {
        NONE,
        OWN,
        /** Of a program, of an interrupted context, or printed before. */
        FOREIGN
    }

    private static final int MAX_LINES = 20_000;
    private static final int MAX_MODULES = 1024;
    private static final int MAX_CODE = 2048;

    /** The number of unrelated lines in a row that end a report. */
    private static final int MAX_STRANGE = 64;

    private static final int MAX_TAIL = 48;

    /** The most unrelated lines between a check's text and the BUG or WARN that it calls. */
    private static final int MAX_PRETEXT = 8;

    private static final Set<ReportKind> STALLS =
            EnumSet.of(ReportKind.RCU_STALL, ReportKind.SOFT_LOCKUP, ReportKind.HARD_LOCKUP, ReportKind.WORKQUEUE);

    /** Kinds with the stack of a trap, which older kernels print only with the panic. */
    private static final Set<ReportKind> TRAPPING = EnumSet.of(
            ReportKind.WARNING,
            ReportKind.BUG,
            ReportKind.LIST_CORRUPTION,
            ReportKind.REFCOUNT,
            ReportKind.FORTIFY,
            ReportKind.USERCOPY,
            ReportKind.NETDEV_WATCHDOG,
            ReportKind.STACK_OVERFLOW,
            ReportKind.PANIC,
            ReportKind.TRAP);

    /** Kinds whose reports end with a line {@code ---[ end trace ]---}. */
    private static final Set<ReportKind> MARKED = EnumSet.of(
            ReportKind.PAGE_FAULT,
            ReportKind.GENERAL_PROTECTION,
            ReportKind.BUG,
            ReportKind.TRAP,
            ReportKind.WARNING,
            ReportKind.LIST_CORRUPTION,
            ReportKind.REFCOUNT,
            ReportKind.FORTIFY,
            ReportKind.USERCOPY,
            ReportKind.NETDEV_WATCHDOG);

    private final @Nullable String caller;
    private final @Nullable String time;
    private final long firstLine;
    private final LineOrigin origin;
    private final Map<Fact, String> facts = new EnumMap<>(Fact.class);
    private final StackBuilder stacks = new StackBuilder();
    private final RegisterScanner registers = new RegisterScanner();
    private final Map<String, String> modules = new LinkedHashMap<>();
    private final StringBuilder code = new StringBuilder();
    private final DetailLines details = new DetailLines(facts);

    private Role role;
    private @Nullable ReportKind kind;
    private String headline;
    private Phase phase = Phase.HEAD;
    private Context context = Context.NONE;
    private boolean ownDone;
    private boolean codeDone;
    private boolean codeOpen;
    private boolean pcPrinted;
    private boolean modulesOpen;
    private boolean panicked;
    private boolean interleaved;
    private boolean cut;
    private boolean ended;
    private int number;
    private long lastLine;
    private int lines;
    private int strange;
    private int dumps;
    private @Nullable CpuLine task;
    private @Nullable Integer cpu;
    private @Nullable String hardware;
    private @Nullable String workqueue;
    private boolean sendsNmi;

    /** @param origin of the headline, by the log's collector */
    OpenReport(Headline head, CrashLine line, long firstLine, LineOrigin origin) {
        this.origin = origin;
        this.caller = line.caller();
        this.time = line.time();
        this.firstLine = firstLine;
        this.lastLine = line.number();
        this.role = head.role();
        this.kind = head.kind();
        this.headline = line.text();
        facts.putAll(head.facts());
    }

    @Nullable
    String caller() {
        return caller;
    }

    Phase phase() {
        return phase;
    }

    @Nullable
    ReportKind kind() {
        return kind;
    }

    boolean sendsNmi() {
        return sendsNmi;
    }

    boolean isDump() {
        return role == Role.DUMP;
    }

    boolean isStall() {
        return kind != null && (STALLS.contains(kind) || kind == ReportKind.HUNG_TASK);
    }

    /** Whether the mark at the end is still missing. */
    boolean expectsEnd() {
        return phase != Phase.TAIL
                && !ended
                && kind != null
                && MARKED.contains(kind)
                && role != Role.PRETEXT
                && role != Role.DUMP;
    }

    void setInterleaved() {
        interleaved = true;
    }

    /** Whether the report has started for certain, and has no trace yet. */
    boolean isStarted() {
        return phase != Phase.TAIL
                && !stacks.hasTrace()
                && kind != null
                && role != Role.PRETEXT
                && role != Role.TENTATIVE
                && role != Role.CUT;
    }

    /** Whether another headline belongs to this report; then it is taken. */
    boolean join(Headline next, CrashLine line, List<LogFrame> frames) {
        if (phase != Phase.HEAD || isDump() || !accepts(next)) {
            return false;
        }
        boolean first = kind == null;
        if (next.role() == Role.CUT) {
            role = role == Role.PRETEXT ? Role.START : role;
        } else if (first || (kind == ReportKind.WARNING && next.role() == Role.PRETEXT)) {
            kind = next.kind();
            headline = first ? line.text() : headline;
            role = first ? next.role() : role;
        } else if (role == Role.PRETEXT) {
            role = Role.START;
        }
        if (first && next.role() == Role.PRETEXT) {
            // Text after the cut line: WARN() or BUG() follows for sure.
            role = Role.START;
        }
        for (Map.Entry<Fact, String> each : next.facts().entrySet()) {
            facts.putIfAbsent(each.getKey(), each.getValue());
        }
        headlineFrames(frames);
        taken(line);
        number(line.text());
        return true;
    }

    private boolean accepts(Headline next) {
        ReportKind other = next.kind();
        if (kind == null) {
            return next.role() != Role.DUMP && next.role() != Role.CUT;
        }
        return switch (next.role()) {
            case CUT -> role == Role.PRETEXT || kind == ReportKind.OTHER;
            case PRETEXT -> kind == ReportKind.WARNING && other != null;
            case TRAP -> true;
            case START -> joins(other);
            case TENTATIVE, PANIC, DUMP -> false;
        };
    }

    private boolean joins(@Nullable ReportKind other) {
        if (isText() || kind == ReportKind.OTHER) {
            return other == kind || other == ReportKind.BUG || other == ReportKind.WARNING;
        }
        return other == kind
                && (kind == ReportKind.PAGE_FAULT
                        || kind == ReportKind.STACK_OVERFLOW
                        || (kind == ReportKind.LEAK && facts.get(Fact.OBJECT) == null));
    }

    /** Whether the headline is the text of a check, after a cut line. */
    private boolean isText() {
        return kind == ReportKind.LIST_CORRUPTION
                || kind == ReportKind.REFCOUNT
                || kind == ReportKind.FORTIFY
                || kind == ReportKind.USERCOPY
                || kind == ReportKind.NETDEV_WATCHDOG
                || kind == ReportKind.UBSAN
                || (kind == ReportKind.WARNING && !facts.containsKey(Fact.PLACE) && !headline.startsWith("WARNING"));
    }

    /** Takes the frames and the numbers in the headline's line. */
    void first(CrashLine line, List<LogFrame> frames) {
        headlineFrames(frames);
        number(line.text());
    }

    private void number(String text) {
        int found = Headlines.number(text);
        number = number == 0 ? found : number;
        if (text.startsWith("WARNING: CPU: ")) {
            cpu = Scan.integer(text, "CPU: ");
        } else if (text.contains("CPU#")) {
            cpu = Scan.integer(text, "CPU#");
        } else if (text.contains("LOCKUP on cpu ")) {
            cpu = Scan.integer(text, "LOCKUP on cpu ");
        }
    }

    private void headlineFrames(List<LogFrame> frames) {
        stacks.addApart("headline", StackGroup.Role.REGISTERS, frames);
    }

    private void taken(CrashLine line) {
        lastLine = line.number();
        strange = 0;
        lines++;
    }

    /** A panic ends the report. */
    void panic(CrashLine line, String text) {
        facts.putIfAbsent(Fact.PANIC, text);
        panicked = true;
        taken(line);
    }

    /** {@return whether more lines can belong to the report} */
    boolean take(CrashLine line, List<LogFrame> frames) {
        String text = line.text();
        if (text.isEmpty()) {
            codeOpen = false;
            modulesOpen = false;
            return true;
        }
        if (phase == Phase.TAIL) {
            return tail(line);
        }
        if (time != null && line.time() == null && frames.isEmpty() && !modulesOpen && !codeOpen) {
            // A console shows what programs print, too.
            lines++;
            return lines <= MAX_LINES;
        }
        if (part(text, frames)) {
            taken(line);
        } else {
            strange++;
            lines++;
            if (phase == Phase.HEAD && strange == 1 && isTextExpected()) {
                facts.putIfAbsent(Fact.TEXT, text);
            }
        }
        cut |= lines > MAX_LINES || stacks.isFull();
        return !ended
                && lines <= MAX_LINES
                && strange <= (role == Role.PRETEXT || kind == null ? MAX_PRETEXT : MAX_STRANGE);
    }

    /** WARN's and BUG's own text stands around their line. */
    private boolean isTextExpected() {
        return kind == null || kind == ReportKind.WARNING;
    }

    private boolean tail(CrashLine line) {
        String text = line.text();
        lines++;
        strange++;
        if (text.startsWith("---[ end Kernel panic") || text.startsWith("---[ end kernel panic")) {
            lastLine = line.number();
            return false;
        }
        if (panicked ? text.startsWith("Kernel Offset: ") : isSummary(text)) {
            lastLine = line.number();
        }
        return strange <= MAX_TAIL;
    }

    /** The registers that x86 prints again after the end. */
    private boolean isSummary(String text) {
        if (strange > 16) {
            return false;
        }
        boolean found = text.startsWith("RIP: ")
                || text.startsWith("EIP: ")
                || text.startsWith("Code: ")
                || text.startsWith("note: ")
                || registers.read(text, false);
        if (found) {
            strange = Math.min(strange, 2);
        }
        return found;
    }

    private boolean part(String text, List<LogFrame> frames) {
        boolean modulesGoOn = modulesOpen;
        boolean codeGoesOn = codeOpen;
        boolean isAfterPc = pcPrinted;
        pcPrinted = false;
        modulesOpen = false;
        codeOpen = false;
        if (text.startsWith("---[ end ")) {
            end(text);
            return true;
        }
        if (StackBuilder.startsStack(text)) {
            begin();
            context = context == Context.OWN ? Context.NONE : context;
            ownDone |= !registers.values().isEmpty();
            stacks.stack(
                    text.startsWith("Call trace") ? "Call trace" : "Call Trace",
                    dumps > 1 && !isStall() && stacks.hasTrace());
            // sparc and others print the first frame on this line.
            stacks.add(frames);
            return true;
        }
        if (registerLine(text, frames)) {
            return true;
        }
        if (startsCode(text)) {
            code(text, isAfterPc);
            return true;
        }
        if (codeGoesOn && CodeLine.isContinuation(text) && code.length() < MAX_CODE) {
            code.append('\n').append(text);
            codeOpen = true;
            return true;
        }
        if (text.startsWith("Modules linked in:")) {
            modules(text.substring(18));
            return true;
        }
        if (modulesGoOn && frames.isEmpty() && isModuleList(text)) {
            modules(text);
            return true;
        }
        if (frames.isEmpty() && general(text)) {
            return true;
        }
        if (!frames.isEmpty()) {
            return frames(text, frames);
        }
        return false;
    }

    private void begin() {
        phase = Phase.BODY;
    }

    private void end(String text) {
        if (text.startsWith("---[ end trace")) {
            phase = Phase.TAIL;
            strange = 0;
        } else {
            ended = true;
        }
    }

    private static boolean startsCode(String text) {
        char c = text.charAt(0);
        return (c == 'C' || c == 'I' || c == 'K') && CodeLine.find(text) == 0;
    }

    private void code(String text, boolean isAfterPc) {
        // Older x86 kernels print the bytes last, after a program's registers; later ones print them after each RIP.
        boolean isLate = !isAfterPc && registers.values().containsKey("rsp") && stacks.hasTrace();
        if ((context == Context.FOREIGN && !isLate)
                || codeDone
                || (context != Context.OWN && registers.values().isEmpty())) {
            return;
        }
        codeDone = true;
        codeOpen = true;
        code.append(text, 0, Math.min(text.length(), MAX_CODE));
    }

    /** Lines with registers, and those that name the functions of pc and lr. */
    private boolean registerLine(String text, List<LogFrame> frames) {
        boolean starts = RegisterScanner.startsContext(text);
        if (starts) {
            pcPrinted = true;
            startContext(text);
        }
        boolean own = context != Context.FOREIGN && !ownDone;
        boolean isLine = registers.read(text, own);
        if (!isLine && !starts && !RegisterScanner.namesFunction(text)) {
            return false;
        }
        if (own) {
            // Before 4.20, "IP: func" stands between the headline and the oops line.
            if (isLine || starts) {
                begin();
                context = Context.OWN;
            }
            stacks.addApart("registers", StackGroup.Role.REGISTERS, frames);
        } else if (context == Context.FOREIGN && stacks.isInterrupted()) {
            stacks.add(frames);
        }
        return true;
    }

    private void startContext(String text) {
        if (text.startsWith("RIP: 0033:")
                || text.startsWith("RIP: 0023:")
                || text.startsWith("EIP: 0023:")
                || text.startsWith("EIP: 0073:")
                || text.startsWith("User PSW")
                || (text.startsWith("EIP: 0x") && stacks.hasTrace())) {
            context = Context.FOREIGN;
            return;
        }
        if (!stacks.hasTrace()) {
            ownDone |= registers.values().containsKey("rsp") && text.startsWith("RIP");
            context = ownDone ? Context.FOREIGN : Context.OWN;
            return;
        }
        boolean takes = registers.values().isEmpty() && !ownDone && kind != null;
        if (takes && STALLS.contains(kind)) {
            context = Context.OWN;
            stacks.interrupted(StackGroup.Role.INTERRUPTED);
        } else if (takes && TRAPPING.contains(kind)) {
            context = Context.OWN;
            stacks.interrupted(StackGroup.Role.TRACE);
        } else {
            context = Context.FOREIGN;
            stacks.interrupted(StackGroup.Role.INTERRUPTED);
        }
    }

    private void modules(String text) {
        int at = 0;
        modulesOpen = text.indexOf('[') < 0;
        while (at < text.length() && modules.size() < MAX_MODULES) {
            String word = Scan.wordAt(text, at);
            if (word == null || word.charAt(0) == '[') {
                return;
            }
            at = Scan.skipBlanks(text, at) + word.length();
            int paren = word.indexOf('(');
            boolean letters = paren > 0 && word.endsWith(")");
            modules.put(
                    letters ? word.substring(0, paren) : word,
                    letters ? word.substring(paren + 1, word.length() - 1) : "");
        }
    }

    /** Whether a line has only names of modules: a list that was wrapped. */
    private static boolean isModuleList(String text) {
        if (text.startsWith("[last unloaded")) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Ascii.isLetter(c)
                    && !Ascii.isDigit(c)
                    && c != '_'
                    && c != ' '
                    && c != '('
                    && c != ')'
                    && c != '-'
                    && c != '+') {
                return c == '[' && text.startsWith("[last unloaded", i);
            }
        }
        return text.indexOf('_') > 0 || text.indexOf('(') > 0;
    }

    /** What any report can have. */
    private boolean general(String text) {
        if (text.startsWith("Hardware name: ")) {
            hardware = hardware == null ? text.substring(15).strip() : hardware;
            return true;
        }
        if (text.startsWith("Workqueue: ") || text.startsWith("Stopper: ") || text.startsWith("Sched_ext: ")) {
            workqueue = workqueue == null && text.charAt(0) == 'W' && dumps <= 1
                    ? text.substring(11).strip()
                    : workqueue;
            return true;
        }
        if (text.charAt(0) == '<' && text.endsWith(">") && text.length() < 32) {
            // <IRQ>, </IRQ>, <TASK>, <#DF>, <EOI>.
            if (text.charAt(1) != '/') {
                begin();
                stacks.part(text.substring(1, text.length() - 1));
            }
            return true;
        }
        CpuLine found = CpuLine.parse(text);
        if (found != null) {
            cpuLine(found);
            return true;
        }
        if (text.startsWith("Tainted: [")
                || text.startsWith("Kernel Offset: ")
                || text.startsWith("Disabling lock debugging")) {
            return true;
        }
        if (Scan.isRule(text, '=')) {
            if (phase == Phase.BODY && isFramed() && stacks.hasTrace()) {
                phase = Phase.TAIL;
                strange = 0;
            }
            return true;
        }
        if (text.startsWith("Sending NMI from CPU") || text.startsWith("Sending NMI to ")) {
            sendsNmi = true;
            return true;
        }
        if (text.startsWith("NMI backtrace for cpu")) {
            nmi(text);
            return true;
        }
        ReportKind now = kind;
        if (now != null && details.read(now, text)) {
            label(text);
            return true;
        }
        if (FaultLines.read(text, facts)) {
            return true;
        }
        return label(text);
    }

    /** A rule of = follows the report. */
    private boolean isFramed() {
        return kind == ReportKind.KASAN
                || kind == ReportKind.KFENCE
                || kind == ReportKind.KMSAN
                || kind == ReportKind.KCSAN
                || kind == ReportKind.UBSAN;
    }

    private void cpuLine(CpuLine found) {
        stacks.endLabel();
        dumps += found.pid() != null || found.cpu() != null ? 1 : 0;
        CpuLine known = task;
        if (known == null) {
            task = found;
        } else if (known.pid() == null && found.pid() != null && !stacks.hasTrace()) {
            task = known.withTaskOf(found);
        }
    }

    /** {@code NMI backtrace for cpu 1}: of the CPU that the report is about, or of another one. */
    private void nmi(String text) {
        boolean other = stacks.hasTrace();
        stacks.label(text, other ? StackGroup.Role.OTHER : StackGroup.Role.TRACE);
        if (!registers.values().isEmpty()) {
            ownDone = true;
        }
        context = other ? Context.FOREIGN : Context.NONE;
    }

    /** Headings of stacks. */
    private boolean label(String text) {
        boolean isLabel = stacks.label(kind, text);
        if (isLabel) {
            begin();
        }
        return isLabel;
    }

    private boolean frames(String text, List<LogFrame> frames) {
        if (text.startsWith("Register ")
                || text.startsWith("INFO: Allocated in")
                || text.startsWith("INFO: Freed in")
                || text.startsWith("Allocated in")
                || text.startsWith("Freed in")) {
            label(text);
            stacks.add(frames);
            return true;
        }
        ReportKind now = kind;
        if (text.contains("irqs last ")) {
            stacks.addApart("interrupt events", StackGroup.Role.OTHER, frames);
            return true;
        }
        if (text.contains(", at: ") || text.contains("at: [<")) {
            if (now != null) {
                details.read(now, text);
            }
            stacks.addApart(text, StackGroup.Role.OTHER, frames);
            return true;
        }
        if (stacks.isAt("Preemption disabled at")) {
            stacks.addApart("Preemption disabled at", StackGroup.Role.ORIGIN, frames);
            stacks.endLabel();
            return true;
        }
        if (text.startsWith("Address belongs to variable ")) {
            stacks.addApart("variable", StackGroup.Role.OTHER, frames);
            return true;
        }
        if (text.startsWith("caller is ")) {
            stacks.addApart("caller", StackGroup.Role.ORIGIN, frames);
            return true;
        }
        if (phase == Phase.HEAD && (kind == null || areWords(frames))) {
            // Words of the stack, before 4.10.
            return kind != null;
        }
        if (text.startsWith("Workqueue: ") || (now != null && details.read(now, text))) {
            general(text);
            return true;
        }
        begin();
        stacks.add(frames);
        return true;
    }

    private static boolean areWords(List<LogFrame> frames) {
        for (LogFrame each : frames) {
            if (each.reference().symbol() != null) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether it is a report, not only a message} */
    boolean isReport() {
        return kind != null
                && role != Role.DUMP
                && role != Role.CUT
                && ((role != Role.PRETEXT && role != Role.TENTATIVE) || stacks.hasTrace());
    }

    CrashReport build() {
        Registers all = registers.values().isEmpty() ? Registers.NONE : new Registers(registers.values());
        ReportKind now = kind == null ? ReportKind.OTHER : kind;
        if (now == ReportKind.PAGE_FAULT) {
            FaultLines.fromRegisters(all, facts);
        }
        CpuLine known = task;
        CodeBytes bytes = code.length() == 0 ? null : CodeLine.parse(code.toString(), registers.set());
        return new CrashReport(
                now,
                headline,
                firstLine,
                lastLine,
                time,
                number,
                known == null || known.cpu() == null ? cpu : known.cpu(),
                pid(known),
                comm(known),
                known == null ? null : known.taint(),
                hardware,
                workqueue,
                known == null ? null : known.release(),
                known == null ? null : known.version(),
                known == null ? null : known.buildId(),
                registers.set() != null ? registers.set() : bytes == null ? null : bytes.set(),
                all,
                bytes,
                facts,
                stacks.build(),
                modules,
                origin,
                interleaved,
                cut || expectsEnd());
    }

    private @Nullable Integer pid(@Nullable CpuLine known) {
        if (known != null && known.pid() != null && kind != ReportKind.HUNG_TASK) {
            return known.pid();
        }
        String actor = stuck();
        int colon = actor == null ? -1 : actor.lastIndexOf(':');
        return actor != null
                        && colon > 0
                        && actor.length() - colon < 10
                        && Scan.isDecimal(actor, colon + 1, actor.length())
                ? Integer.valueOf(actor.substring(colon + 1))
                : known == null ? null : known.pid();
    }

    private @Nullable String comm(@Nullable CpuLine known) {
        if (known != null && known.comm() != null && kind != ReportKind.HUNG_TASK) {
            return known.comm();
        }
        String actor = stuck();
        int colon = actor == null ? -1 : actor.lastIndexOf(':');
        return actor != null && colon > 0 ? actor.substring(0, colon) : known == null ? null : known.comm();
    }

    /** The task in the headline of a hung task or a lockup: {@code comm:pid}. */
    private @Nullable String stuck() {
        return kind == ReportKind.HUNG_TASK
                ? facts.get(Fact.ACTOR)
                : kind == ReportKind.SOFT_LOCKUP ? Scan.between(headline, "[", "]") : null;
    }
}
