package dev.backline.cli.explain;

import dev.backline.cli.console.Count;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Disassembly;
import dev.backline.crash.Explanation;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.LiveVariable;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Fact;
import dev.backline.crash.Fault;
import dev.backline.crash.StackGroup;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import dev.backline.symbolize.Resolution.Unresolved;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees of one explanation, in the order of reading. Texts are as the log and the debug files have them: each
 * writer escapes them.
 *
 * @param title what happened, to what, where
 * @param about where the report is and what it says about the machine
 * @param headline the kernel's own line; null if the title has it
 * @param sentence what was touched and why that failed; null if unknown
 * @param place the function and its line; null if the report is not about one place
 * @param inlinedInto the functions around the place, from the inside out
 * @param blamed the function to blame and its line; null if that is the place
 * @param unknown why the place has no line and what to do; null if it has one
 * @param source the source lines around the place; null without them
 * @param touched what was accessed, each fact with its name; empty if the report is about no access
 * @param certainty of the variable and the member; null if neither is known
 * @param evidence why that is so
 * @param others other variables and members that fit as well
 * @param said what else the kernel prints about the report
 * @param codeTitle where the instructions come from; empty if there are none
 * @param instructions around the trap
 * @param variables that are live at the place
 * @param moreVariables how many variables are left out
 * @param frames folded to what matters
 * @param stacks other stacks of the report: who allocated, freed or queued
 * @param notes what is doubtful
 * @param advice what to do next
 * @param signature null if the report has no frame
 */
record CrashPage(
        String title,
        String about,
        @Nullable String headline,
        @Nullable String sentence,
        @Nullable String place,
        List<String> inlinedInto,
        @Nullable String blamed,
        @Nullable String unknown,
        @Nullable SourceLines source,
        List<Entry> touched,
        @Nullable String certainty,
        List<String> evidence,
        List<String> others,
        List<Entry> said,
        String codeTitle,
        List<Instruction> instructions,
        List<Live> variables,
        int moreVariables,
        List<FrameRows.Row> frames,
        List<Stack> stacks,
        List<String> notes,
        List<String> advice,
        @Nullable String signature) {
    private static final int INSTRUCTIONS_BEFORE = 4;
    private static final int INSTRUCTIONS_AFTER = 2;
    private static final int FEW_VARIABLES = 10;
    private static final int FEW_STACKS = 4;
    private static final int FEW_FRAMES = 5;

    /** More is not readable; a hostile report has any number. */
    private static final int MANY = 500;

    private static final String UNKNOWN = "unknown";

    CrashPage {
        inlinedInto = List.copyOf(inlinedInto);
        touched = List.copyOf(touched);
        evidence = List.copyOf(evidence);
        others = List.copyOf(others);
        said = List.copyOf(said);
        stacks = List.copyOf(stacks);
        instructions = List.copyOf(instructions);
        variables = List.copyOf(variables);
        frames = List.copyOf(frames);
        notes = List.copyOf(notes);
        advice = List.copyOf(advice);
    }

    /**
     * A fact.
     *
     * @param name such as {@code variable}
     * @param value code or a number; empty if there is none
     * @param meaning words after the value; empty if there are none
     */
    record Entry(String name, String value, String meaning) {}

    /**
     * An instruction.
     *
     * @param place its source line, empty if it is that of the instruction above
     */
    record Instruction(String place, String bytes, String text, boolean trapping) {}

    /** Another stack of a report. */
    record Stack(String title, List<FrameRows.Row> rows) {
        Stack {
            rows = List.copyOf(rows);
        }
    }

    /** A variable with its value. */
    record Live(String name, String type, String value, String register) {}

    /**
     * {@return the page of an explanation}
     *
     * @param input the log's name as given
     * @param source the source lines around the place; null without them
     * @param all whether nothing is left out
     */
    static CrashPage of(String input, Explanation explanation, @Nullable SourceLines source, boolean all) {
        CrashReport report = explanation.report();
        Fault fault = explanation.fault();
        Place place = explanation.place();
        Disassembly code = explanation.code();
        return new CrashPage(
                explanation.title(),
                about(input, report),
                explanation.title().contains(report.headline()) ? null : report.headline(),
                explanation.sentence(),
                place(explanation),
                place == null ? List.of() : few(place.inlinedInto(), MANY),
                blamed(explanation),
                place != null && place.file() != null ? null : reason(explanation),
                source,
                fault == null ? List.of() : touched(fault, report.set(), explanation),
                fault == null ? null : certainty(fault),
                fault == null ? List.of() : few(fault.evidence(), MANY),
                fault == null ? List.of() : few(fault.others(), MANY),
                said(explanation),
                code == null ? "" : codeTitle(code, explanation.fault()),
                code == null ? List.of() : instructions(code, all),
                variables(explanation, all ? MANY : FEW_VARIABLES),
                all ? 0 : Math.max(0, explanation.variables().size() - FEW_VARIABLES),
                FrameRows.of(ownFrames(explanation), explanation.culprit(), all),
                stacks(report, all),
                few(explanation.notes(), MANY),
                few(explanation.advice(), MANY),
                explanation.signature() == null ? null : explanation.signature().id());
    }

    private static <T> List<T> few(List<T> items, int most) {
        return items.subList(0, Math.min(most, items.size()));
    }

    private static String about(String input, CrashReport report) {
        List<String> parts = new ArrayList<>();
        boolean one = report.firstLine() == report.lastLine();
        parts.add((input.equals("-") ? one ? "line " : "lines " : input + ":")
                + report.firstLine()
                + (one ? "" : "-" + report.lastLine()));
        add(parts, "time ", report.time());
        if (report.number() > 0) {
            parts.add("oops #" + report.number());
        }
        add(parts, "CPU ", report.cpu());
        if (report.comm() != null) {
            parts.add(report.comm() + (report.pid() == null ? "" : " (PID " + report.pid() + ")"));
        } else {
            add(parts, "PID ", report.pid());
        }
        add(parts, "workqueue ", report.workqueue());
        if (report.release() != null) {
            parts.add("kernel " + report.release());
        }
        add(parts, "", architecture(report.set()));
        String taint = report.taint();
        if (taint != null) {
            parts.add(taint.isEmpty() ? "not tainted" : "tainted " + taint);
        }
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String name, @Nullable Object value) {
        if (value != null) {
            parts.add(name + value);
        }
    }

    private static @Nullable String architecture(@Nullable InstructionSet set) {
        return set == null ? null : set.architecture();
    }

    private static @Nullable String place(Explanation explanation) {
        Place place = explanation.place();
        LogFrame trap = trap(explanation.report());
        String module = trap == null || trap.module() == null ? "" : " [" + trap.module() + "]";
        if (place == null) {
            return trap == null ? null : FrameRows.text(trap);
        }
        return place.file() == null
                ? place.function() + module
                : place.function() + " at " + FrameRows.place(place.file(), place.line()) + module;
    }

    /** The frame of the program counter; null if the report has none, as that of a blocked task. */
    private static @Nullable LogFrame trap(CrashReport report) {
        for (StackGroup group : report.stacks()) {
            if (group.role() == StackGroup.Role.REGISTERS && !group.frames().isEmpty()) {
                return group.frames().get(0);
            }
        }
        return null;
    }

    /** {@return the function to blame, if it is not the one that trapped; null if it is, or if it is unknown} */
    private static @Nullable String blamed(Explanation explanation) {
        Culprit culprit = explanation.culprit();
        Place place = explanation.place();
        if (culprit == null || (place != null && culprit.function().equals(place.function()))) {
            return null;
        }
        return culprit.function()
                + (culprit.file() == null ? "" : " at " + FrameRows.place(culprit.file(), culprit.line()))
                + (culprit.module() == null ? "" : " [" + culprit.module() + "]");
    }

    /** What the kernel prints in addition to the fault. */
    private static List<Entry> said(Explanation explanation) {
        CrashReport report = explanation.report();
        List<Entry> said = new ArrayList<>();
        fact(said, report, "text", Fact.TEXT);
        if (explanation.fault() == null) {
            fact(said, report, "reason", Fact.REASON);
        }
        String cache = report.fact(Fact.CACHE);
        String size = report.fact(Fact.OBJECT_SIZE);
        String offset = report.fact(Fact.OBJECT_OFFSET);
        if (cache != null || size != null) {
            said.add(new Entry(
                    "object",
                    "",
                    (size == null ? "an object" : size + " bytes")
                            + (cache == null ? "" : " of " + cache)
                            + (offset == null ? "" : ", the access is at offset " + offset)));
        }
        fact(said, report, "waits for", Fact.WANTED_LOCK);
        fact(said, report, "holds", Fact.HELD_LOCK);
        fact(said, report, "held by", Fact.HOLDER);
        String seconds = report.fact(Fact.SECONDS);
        if (seconds != null) {
            said.add(new Entry("stuck for", "", seconds + " seconds"));
        }
        fact(said, report, "work", Fact.ACTOR);
        return said;
    }

    private static void fact(List<Entry> said, CrashReport report, String name, Fact fact) {
        String value = report.fact(fact);
        if (value != null && !value.isBlank() && !report.headline().contains(value)) {
            said.add(new Entry(name, "", value));
        }
    }

    /** Whether a stack is shown apart from the frames that lead to the report. */
    private static boolean isApart(StackGroup group) {
        return switch (group.role()) {
            case REGISTERS, TRACE, INTERRUPTED -> false;
            case ALLOCATED, FREED, ORIGIN, OTHER -> true;
        };
    }

    /** The frames without those of the stacks that are shown apart. */
    private static List<LogFrame> ownFrames(Explanation explanation) {
        Set<LogFrame> apart = Collections.newSetFromMap(new IdentityHashMap<>());
        for (StackGroup group : explanation.report().stacks()) {
            if (isApart(group)) {
                apart.addAll(group.frames());
            }
        }
        List<LogFrame> own = new ArrayList<>();
        for (LogFrame frame : explanation.frames()) {
            if (!apart.contains(frame)) {
                own.add(frame);
            }
        }
        // A report may have nothing but other stacks.
        return own.isEmpty() ? explanation.frames() : own;
    }

    private static List<Stack> stacks(CrashReport report, boolean all) {
        List<Stack> stacks = new ArrayList<>();
        boolean onlyApart = report.stacks().stream().allMatch(CrashPage::isApart);
        for (StackGroup group : report.stacks()) {
            if (!onlyApart
                    && isApart(group)
                    && !group.frames().isEmpty()
                    && stacks.size() < (all ? MANY : FEW_STACKS)) {
                stacks.add(new Stack(
                        group.heading(),
                        all
                                ? FrameRows.of(group.frames(), null, true)
                                : FrameRows.of(group.frames(), null, FEW_FRAMES)));
            }
        }
        return stacks;
    }

    /** Why there is no source line: the symboliser's message, which says what to do. */
    private static @Nullable String reason(Explanation explanation) {
        LogFrame trap = trap(explanation.report());
        return trap != null && trap.resolution() instanceof Unresolved unresolved ? unresolved.text() : null;
    }

    /** The register, if it holds the value itself; a variable can also be computed from a register. */
    private static String holder(@Nullable String register, long value, CrashReport report) {
        Long held = register == null ? null : report.registers().get(register);
        return register == null || (held != null && held != value) ? "value" : register;
    }

    private static List<Entry> touched(Fault fault, @Nullable InstructionSet set, Explanation explanation) {
        List<Entry> entries = new ArrayList<>();
        Long address = fault.address();
        String access = fault.access() == null
                ? "access"
                : fault.size() > 0 && !fault.access().equals("execute")
                        ? fault.access() + " of " + Count.of(fault.size(), "byte")
                        : fault.access();
        if (address != null || fault.access() != null) {
            entries.add(new Entry(
                    "access", "", access + (address == null ? ", address " + UNKNOWN : " at " + Hex.text(address))));
        }
        String reason = explanation.report().fact(Fact.REASON);
        if (reason != null) {
            entries.add(new Entry("reason", "", reason));
        }
        if (fault.instruction() != null) {
            entries.add(new Entry("instruction", fault.instruction(), ""));
        }
        Long value = fault.value();
        if (value != null) {
            String meaning = ValueText.of(value, fault.valueClass(), fault.errno(), set);
            entries.add(new Entry(
                    holder(fault.register(), value, explanation.report()),
                    Hex.text(value),
                    meaning == null ? "" : meaning));
        } else if (fault.register() != null) {
            entries.add(new Entry(fault.register(), "", "value " + UNKNOWN));
        }
        Fault.Holder holder = fault.variable();
        Fault.Touched member = fault.member();
        if (holder != null) {
            entries.add(new Entry("variable", holder.name(), "of type " + holder.type()));
        }
        if (member != null) {
            entries.add(new Entry(
                    "member",
                    member.path(),
                    "of " + member.struct() + ", offset " + Hex.text(member.offset())
                            + (member.offset() < 10 ? "" : " (" + member.offset() + ")")
                            + (member.size() > 0 ? ", " + Count.of(member.size(), "byte") : "")));
        }
        if (fault.expression() != null) {
            entries.add(new Entry("expression", fault.expression(), ""));
        }
        if (holder == null && member == null && fault.register() != null) {
            Place placed = explanation.place();
            boolean described = placed != null && placed.file() != null;
            entries.add(new Entry(
                    "variable",
                    "",
                    described
                            ? UNKNOWN + ": the debug information does not tell what " + fault.register() + " holds here"
                            : UNKNOWN + ": this needs the debug information of the code that trapped"));
        }
        return entries;
    }

    private static @Nullable String certainty(Fault fault) {
        return fault.variable() == null && fault.member() == null
                ? null
                : fault.certainty().id();
    }

    private static String codeTitle(Disassembly code, @Nullable Fault fault) {
        if (!code.fromLog()) {
            return fault != null && "execute".equals(fault.access())
                    ? "Instructions around the call, from the debug file"
                    : "Instructions around the trap, from the debug file";
        }
        Boolean matches = code.matchesFile();
        return "Instructions around the trap, from the log"
                + (matches == null ? "" : matches ? "; the debug file has the same" : "; THE DEBUG FILE HAS OTHERS");
    }

    private static List<Instruction> instructions(Disassembly code, boolean all) {
        List<Disassembly.Line> lines = code.instructions();
        int trap = -1;
        for (int i = 0; i < lines.size() && trap < 0; i++) {
            trap = lines.get(i).trapping() ? i : -1;
        }
        int from = all || trap < 0 ? 0 : Math.max(0, trap - INSTRUCTIONS_BEFORE);
        int to = all
                ? Math.min(MANY, lines.size())
                : Math.min(lines.size(), trap < 0 ? INSTRUCTIONS_BEFORE : trap + 1 + INSTRUCTIONS_AFTER);
        List<Instruction> instructions = new ArrayList<>();
        String above = "";
        for (Disassembly.Line line : lines.subList(from, Math.max(from, to))) {
            String file = line.file();
            String place = file == null ? "" : FrameRows.place(file.substring(file.lastIndexOf('/') + 1), line.line());
            instructions.add(new Instruction(
                    place.equals(above) ? "" : place, spaced(line.bytes()), line.text(), line.trapping()));
            above = place;
        }
        return instructions;
    }

    private static String spaced(String hex) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < hex.length(); i += 2) {
            text.append(i == 0 ? "" : " ").append(hex, i, Math.min(hex.length(), i + 2));
        }
        return text.toString();
    }

    /** {@return a line for each instruction, with columns: source line, bytes, text} */
    List<String> codeLines() {
        int places = 0;
        int bytes = 0;
        for (Instruction each : instructions) {
            places = Math.max(places, each.place().length());
            bytes = Math.max(bytes, each.bytes().length());
        }
        List<String> lines = new ArrayList<>();
        for (Instruction each : instructions) {
            lines.add((places == 0 ? "" : padded(each.place(), places) + "  ") + padded(each.bytes(), bytes) + "  "
                    + each.text());
        }
        return lines;
    }

    /** {@return a text with blanks after it, up to a width} */
    static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static List<Live> variables(Explanation explanation, int most) {
        List<Live> variables = new ArrayList<>();
        Place place = explanation.place();
        for (LiveVariable each : few(explanation.variables(), most)) {
            String function = each.function();
            boolean own = function == null || (place != null && function.equals(place.function()));
            variables.add(new Live(
                    own ? each.name() : each.name() + " (" + function + ")",
                    each.type(),
                    value(each),
                    each.register() == null ? "" : each.register()));
        }
        return variables;
    }

    /** Hexadecimal; small numbers in decimal too. */
    static String value(LiveVariable variable) {
        long value = variable.value();
        String hex = Hex.text(value);
        boolean pointer = variable.type().contains("*");
        return !pointer && value > 9 && value < 1_000_000 ? String.format(Locale.ROOT, "%s (%d)", hex, value) : hex;
    }
}
