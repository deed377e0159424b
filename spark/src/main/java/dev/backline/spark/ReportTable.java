package dev.backline.spark;

import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Explanation.LiveVariable;
import dev.backline.crash.Explanation.Place;
import dev.backline.crash.Explanation.Signature;
import dev.backline.crash.Fault;
import dev.backline.crash.StackGroup;
import dev.backline.crash.triage.TriagedReport;
import dev.backline.io.Hex;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The columns of crash reports, with the names and values of {@code backline explain --format json}. */
final class ReportTable {
    private static final Table<CrashReport> CIRCUMSTANCES = new Table<CrashReport>()
            .number("cpu", "the CPU", CrashReport::cpu)
            .number("pid", "of the task", CrashReport::pid)
            .text("comm", "the name of the task", CrashReport::comm)
            .text("taint", "the letters; empty if not tainted", CrashReport::taint)
            .text("hardware", "the machine's name", CrashReport::hardware);

    private static final Table<CrashReport> KERNEL = new Table<CrashReport>()
            .text("release", "as `uname -r` prints it", CrashReport::release)
            .text("build_id", "of vmlinux", CrashReport::buildId)
            .text("version", "the text after the release", CrashReport::version)
            .text("arch", "`x86_64`, `i386`, `arm64`, `riscv64`, `arm`, `powerpc` or `s390`", ReportTable::arch);

    private static final Table<Fault.Holder> VARIABLE = new Table<Fault.Holder>()
            .textAlways("name", "a C expression, such as `slot->sensor`", Fault.Holder::name)
            .textAlways("type", "its C type", Fault.Holder::type);

    private static final Table<Fault.Touched> MEMBER = new Table<Fault.Touched>()
            .textAlways("struct", "the C type that has it", Fault.Touched::struct)
            .textAlways("path", "as in C, such as `stat.reads`", Fault.Touched::path)
            .bigAlways("offset", "in bytes", Fault.Touched::offset)
            .big("size", "in bytes", of -> of.size() > 0 ? (Long) of.size() : null);

    private static final Table<Fault> FAULT = new Table<Fault>()
            .text("address", "that was accessed, hexadecimal", of -> hex(of.address()))
            .text("access", "`read`, `write` or `execute`", Fault::access)
            .number("size", "of the access, in bytes", of -> positive(of.size()))
            .text("instruction", "that trapped", Fault::instruction)
            .text("register", "with the bad pointer or index", Fault::register)
            .text("value", "the bad value, hexadecimal", of -> hex(of.value()))
            .text(
                    "value_class",
                    "what the value looks like: `null`, `list-poison`, `user`, ...",
                    of -> of.valueClass() == null ? null : of.valueClass().id())
            .text("errno", "the error of an error pointer", Fault::errno)
            .struct("variable", "what holds the bad value", VARIABLE, Fault::variable)
            .struct("member", "what was accessed through it", MEMBER, Fault::member)
            .text("expression", "the access in C", Fault::expression)
            .textAlways(
                    "certainty",
                    "`certain`, `likely` or `possible`",
                    of -> of.certainty().id())
            .texts("evidence", "sentences", Fault::evidence)
            .texts("others", "other variables and members that fit as well", Fault::others);

    private static final Table<Place> PLACE = new Table<Place>()
            .textAlways("function", "the innermost function", Place::function)
            .text("file", "relative to the source root", Place::file)
            .number("line", "from 1", of -> positive(of.line()))
            .texts("inlined_into", "the functions around it, from the inside out", Place::inlinedInto);

    private static final Table<LiveVariable> LIVE = new Table<LiveVariable>()
            .textAlways("name", "the variable", LiveVariable::name)
            .textAlways("type", "its C type", LiveVariable::type)
            .textAlways("value", "hexadecimal", of -> Hex.text(of.value()))
            .text("register", "that holds it", LiveVariable::register);

    private static final Table<Culprit> CULPRIT = new Table<Culprit>()
            .textAlways("function", "the function to blame", Culprit::function)
            .text("file", "relative to the source root", Culprit::file)
            .number("line", "from 1", of -> positive(of.line()))
            .text("module", "null for the kernel itself", Culprit::module);

    private static final Table<Signature> SIGNATURE = new Table<Signature>()
            .textAlways("id", "equal for reports of one fault with the same callers", Signature::id)
            .textAlways("group", "the bug: equal for its reports in all builds", Signature::group)
            .texts("functions", "what it is made of, innermost first", Signature::functions);

    /** The explained reports of a log. */
    static final Table<Explanation> EXPLAINED = new Table<Explanation>()
            .bigAlways(
                    "line",
                    "the first line in the log, from 1",
                    of -> of.report().firstLine())
            .bigAlways("last_line", "the last line", of -> of.report().lastLine())
            .text("time", "as the log prints it", of -> of.report().time())
            .textAlways("kind", "such as `null-pointer-dereference`", Explanation::kind)
            .textAlways("title", "one line, equal for reports of one fault", Explanation::title)
            .text("sentence", "what was touched and why that failed", Explanation::sentence)
            .textAlways("severity", "`panic`, `oops`, `bug`, `warning` or `info`", Explanation::severity)
            .all(CIRCUMSTANCES, Explanation::report)
            .structAlways("kernel", "the kernel, as the log tells", KERNEL, Explanation::report)
            .struct("fault", "the access that failed; null if the report is about none", FAULT, Explanation::fault)
            .struct("place", "where it happened", PLACE, Explanation::place)
            .structs("variables", "live at the place, with a known value", LIVE, Explanation::variables)
            .structs(
                    "frames", "the frames that matter, in the order of the log", FrameTable.NESTED, Explanation::frames)
            .struct("culprit", "the function to blame", CULPRIT, Explanation::culprit)
            .struct("signature", "what groups reports of one fault", SIGNATURE, Explanation::signature)
            .texts("notes", "what is doubtful", Explanation::notes)
            .texts("advice", "what to do next", Explanation::advice);

    /** A report, and what of it counts in a comparison with others. */
    record Counted(TriagedReport counted, CrashReport report) {}

    private static final Table<StackGroup> STACK = new Table<StackGroup>()
            .textAlways(
                    "heading", "what the frames are, such as `Call Trace` or `Freed by task 12`", StackGroup::heading)
            .textAlways(
                    "role",
                    "`registers`, `trace`, `interrupted`, `allocated`, `freed`, `origin`, or `other` for other contexts",
                    of -> of.role().name().toLowerCase(Locale.ROOT))
            .structs("frames", "in the order of the log", FrameTable.NESTED, StackGroup::frames);

    private static final Table<TriagedReport> TRIAGED = new Table<TriagedReport>()
            .text(
                    "time",
                    "ISO 8601; `Z` at its end if the zone is known, `--` in front if the year is not",
                    TriagedReport::time)
            .text("host", "that logged it", TriagedReport::host)
            .text("release", "of the kernel, as `uname -r` prints it", TriagedReport::release)
            .textAlways("kind", "such as `refcount-warning`", TriagedReport::kind)
            .textAlways("title", "one line, equal for reports of one fault", TriagedReport::title)
            .textAlways("severity", "`panic`, `oops`, `bug`, `warning` or `info`", TriagedReport::severity)
            .textAlways(
                    "group",
                    "the bug: `class:function[module]`; ends with `~` if debug information was missing",
                    TriagedReport::group)
            .textAlways("printed_group", "the bug by the functions that the log prints", TriagedReport::printedGroup)
            .text(
                    "id",
                    "the signature: the group and eight digits; null if no function is known",
                    TriagedReport::variant)
            .texts("functions", "what the signature is made of, innermost first", TriagedReport::functions)
            .text("culprit", "the source line to blame, `FILE:LINE`", TriagedReport::culprit)
            .flagAlways(
                    "sure", "whether the report is whole and reliable frames name the function", TriagedReport::sure)
            .flagAlways("follows", "whether an earlier oops had damaged the kernel", TriagedReport::follows);

    /** The reports of a log with their signatures. */
    static final Table<Counted> COUNTED = new Table<Counted>()
            .bigAlways(
                    "line",
                    "the first line in the log, from 1",
                    of -> of.counted().line())
            .bigAlways("last_line", "the last line", of -> of.report().lastLine())
            .all(TRIAGED, Counted::counted)
            .all(CIRCUMSTANCES, Counted::report)
            .text("version", "the text after the release", of -> of.report().version())
            .text("build_id", "of vmlinux", of -> of.report().buildId())
            .text("arch", "`x86_64`, `i386`, `arm64`, `riscv64`, `arm`, `powerpc` or `s390`", of -> arch(of.report()))
            .structs(
                    "stacks",
                    "the frames by what they mean",
                    STACK,
                    of -> of.report().stacks());

    private ReportTable() {}

    private static @Nullable String arch(CrashReport report) {
        return report.set() == null ? null : report.set().architecture();
    }

    private static @Nullable String hex(@Nullable Long value) {
        return value == null ? null : Hex.text(value);
    }

    private static @Nullable Integer positive(int number) {
        return number > 0 ? number : null;
    }
}
