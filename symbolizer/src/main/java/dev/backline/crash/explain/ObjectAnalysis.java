package dev.backline.crash.explain;

import dev.backline.crash.Certainty;
import dev.backline.crash.CrashReport;
import dev.backline.crash.Explanation.Culprit;
import dev.backline.crash.Fault;
import dev.backline.crash.KmallocSizes;
import dev.backline.crash.ReportKind;
import dev.backline.crash.ValueClass;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import dev.backline.symbolize.LogFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names the object of a KASAN, KFENCE or SLUB report, and the member that was accessed: from the numbers of the report,
 * and from the types of the pointers in the functions that allocated, freed and accessed the object. Not thread-safe.
 */
final class ObjectAnalysis {
    private static final int MAX_OTHERS = 8;

    private final ObjectReport object;
    private final @Nullable Culprit culprit;
    private final @Nullable InstructionSet set;
    private final @Nullable ObjectTypes types;
    private final FrameCode.Problems problems;
    private final List<String> evidence = new ArrayList<>();
    private final Map<String, Known> known = new LinkedHashMap<>();
    private long asked;

    private ObjectAnalysis(
            CrashReport report, @Nullable InstructionSet set, @Nullable Culprit culprit, FrameCode.Problems problems) {
        this.object = ObjectReport.of(report, culprit == null ? null : culprit.function());
        this.culprit = culprit;
        this.set = set != null ? set : object.instructionSet();
        this.types = this.set == null ? null : new ObjectTypes(this.set, problems);
        this.problems = problems;
    }

    /** Where a type comes from. */
    private enum Source {
        ALLOCATION,
        FREE,
        ACCESS,
        /** A variable in scope where the access is: only with another source is this more than a coincidence. */
        SCOPE
    }

    /** A type that the object can have. */
    private record Known(Layout layout, long size, String pointer, Set<Source> sources) {
        String name() {
            return TypeNames.plain(layout.type());
        }

        /** A pointer of the type in C; the variables of the allocation are not those of the access. */
        String pointerAtAccess() {
            return sources.contains(Source.SCOPE) && sources.size() == 1 ? pointer : "(" + name() + " *)object";
        }
    }

    /**
     * The answer.
     *
     * @param fault what was accessed
     * @param sentence what happened, in one line; null if the report does not tell where in the object the access was
     */
    record Found(Fault fault, @Nullable String sentence) {}

    /** Whether reports of a kind are about an object of an allocator. */
    static boolean isAbout(CrashReport report) {
        return report.kind() == ReportKind.KASAN
                || report.kind() == ReportKind.KFENCE
                || report.kind() == ReportKind.SLUB;
    }

    /**
     * {@return what is known about the object; null if the report tells nothing about one}
     *
     * @param report of KASAN, KFENCE or SLUB
     * @param set the instruction set; null if unknown
     * @param culprit the function to blame; null if unknown
     * @param problems takes what cannot be read
     */
    static @Nullable Found of(
            CrashReport report, @Nullable InstructionSet set, @Nullable Culprit culprit, FrameCode.Problems problems) {
        return new ObjectAnalysis(report, set, culprit, problems).find();
    }

    private @Nullable Found find() {
        String place = object.place();
        String allocator = ObjectReport.nameOf(object.allocator());
        String freer = ObjectReport.nameOf(object.freer());
        if (place == null && allocator == null && freer == null) {
            return null;
        }
        numbers(place, allocator, freer);
        List<Candidate> accesses = accesses();
        try {
            collect(allocator, freer, accesses);
            return answer(place, accesses);
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
            known.clear();
            return new Found(fault(null, null, null, Certainty.POSSIBLE, List.of()), sentence(null, null, false));
        }
    }

    private void numbers(@Nullable String place, @Nullable String allocator, @Nullable String freer) {
        if (place != null) {
            evidence.add("According to the report, the address is " + place + ".");
        }
        if (object.overrun() > 0) {
            evidence.add("The access of " + ObjectReport.bytes(object.accessSize()) + " ends "
                    + ObjectReport.bytes(object.overrun()) + " beyond the end of the object.");
        }
        if (allocator != null || freer != null) {
            evidence.add("The object was "
                    + (allocator == null ? "" : "allocated by " + allocator + "()")
                    + (allocator != null && freer != null ? " and " : "")
                    + (freer == null ? "" : "freed by " + freer + "()") + ".");
        }
    }

    private List<Candidate> accesses() {
        LogFrame at = object.accessor();
        String access = object.access();
        String helper = object.helper();
        if (types == null || at == null || access == null || object.report().kind() == ReportKind.SLUB) {
            return List.of();
        }
        return helper == null
                ? types.accesses(at, access, object.accessSize())
                : types.passed(at, ObjectReport.bufferArgument(helper, access));
    }

    private void collect(@Nullable String allocator, @Nullable String freer, List<Candidate> accesses)
            throws IOException {
        ObjectTypes finder = types;
        if (finder == null) {
            return;
        }
        LogFrame allocated = object.allocator();
        if (allocated != null) {
            ObjectTypes.Allocation allocation = finder.allocation(allocated);
            asked = allocation.size();
            if (asked != 0 && object.size() != 0 && !KmallocSizes.canHold(object.size(), asked)) {
                problems.add("The size that " + allocator
                        + "() allocates is not the reported one; the file can be of another build.");
                return;
            }
            if (asked != 0) {
                evidence.add(allocator + "() allocates " + ObjectReport.bytes(asked) + ".");
            }
            for (ObjectTypes.Typed each : allocation.pointers()) {
                add(each, Source.ALLOCATION, allocator + "() keeps the new object in " + each.text() + ", a ");
            }
        }
        LogFrame freed = object.freer();
        if (freed != null) {
            for (ObjectTypes.Typed each : finder.freed(freed)) {
                add(each, Source.FREE, freer + "() frees " + each.text() + ", a ");
            }
        }
        LogFrame accessed = object.accessor();
        if (accessed != null && object.isFree()) {
            for (ObjectTypes.Typed each : finder.freed(accessed)) {
                add(each, Source.FREE, ObjectReport.nameOf(accessed) + "() frees " + each.text() + ", a ");
            }
        }
        if (accessed == null || object.report().kind() == ReportKind.SLUB) {
            return;
        }
        String accessor = ObjectReport.nameOf(accessed);
        for (Candidate each : accesses) {
            Layout target = each.object();
            if (target != null && object.offset() != null && each.offset() == object.offset()) {
                ObjectTypes.Typed typed = new ObjectTypes.Typed(each.text(), each.type(), target);
                add(typed, Source.ACCESS, accessor + "() accesses " + each.expression() + " through a ");
            }
        }
        boolean isAlone = known.isEmpty();
        for (ObjectTypes.Typed each : finder.inScope(accessed)) {
            Known before = known.get(TypeNames.plain(each.target().type()));
            boolean supports = before != null && !before.sources().contains(Source.ACCESS);
            if ((supports || isAlone) && hasMember(each.target())) {
                add(each, Source.SCOPE, "In " + accessor + "(), " + each.text() + " is a ");
            }
        }
    }

    private boolean hasMember(Layout layout) throws IOException {
        Long offset = object.offset();
        return !object.isInside()
                || (offset != null
                        && !Members.all(layout, offset, object.accessSize()).isEmpty());
    }

    private void add(ObjectTypes.Typed typed, Source source, String how) throws IOException {
        long size = typed.target().byteSize();
        if (!fits(size)) {
            return;
        }
        String name = TypeNames.plain(typed.target().type());
        Known before = known.computeIfAbsent(
                name, key -> new Known(typed.target(), size, typed.text(), EnumSet.noneOf(Source.class)));
        if (before.sources().add(source)) {
            evidence.add(how + typed.type() + ".");
        }
    }

    /** Whether an object of a type has the size that the allocation or the report states. */
    private boolean fits(long size) {
        if (size <= 0) {
            return false;
        }
        if (asked != 0) {
            return size == asked;
        }
        return isEqual(size)
                || (object.size() != 0
                        && object.cache() != null
                        && KmallocSizes.isKmalloc(object.cache())
                        && KmallocSizes.holding(size) == object.size());
    }

    private boolean isEqual(long size) {
        return size == (asked != 0 ? asked : object.size());
    }

    private Found answer(@Nullable String place, List<Candidate> accesses) throws IOException {
        List<Known> fitting = new ArrayList<>(known.values());
        List<Known> confirmed = new ArrayList<>();
        for (Known each : fitting) {
            if (each.sources().size() > 1) {
                confirmed.add(each);
            }
        }
        Known best = confirmed.size() == 1 ? confirmed.get(0) : fitting.isEmpty() ? null : fitting.get(0);
        if (best != null && best.sources().equals(EnumSet.of(Source.SCOPE))) {
            // A variable of the right type in the accessing function can point to another object
            best = null;
        }
        boolean sure = confirmed.size() == 1 || (best != null && fitting.size() == 1 && isEqual(best.size()));
        Candidate through = best == null ? null : through(best, accesses);
        List<String> others = new ArrayList<>();
        for (Known each : fitting) {
            boolean isBest = best != null && each.name().equals(best.name());
            String pointer = isBest && through != null ? through.text() : each.pointerAtAccess();
            for (MemberPath member : isBest ? alternatives(each) : members(each)) {
                add(Members.access(pointer, member.path(), false), others);
            }
            if (!isBest && members(each).isEmpty()) {
                add(pointer, others);
            }
        }
        if (best == null) {
            return new Found(
                    fault(null, null, null, Certainty.POSSIBLE, others),
                    place == null ? null : sentence(null, null, false));
        }
        MemberPath member = member(best);
        Certainty certainty = sure ? Certainty.LIKELY : Certainty.POSSIBLE;
        return new Found(fault(best, member, through, certainty, others), sentence(best, through, sure));
    }

    private static void add(String text, List<String> others) {
        if (others.size() < MAX_OTHERS && !others.contains(text)) {
            others.add(text);
        }
    }

    private @Nullable MemberPath member(Known type) throws IOException {
        List<MemberPath> found = members(type);
        return found.isEmpty() ? null : found.get(0);
    }

    /** The members that the access can be to: several of a union. */
    private List<MemberPath> members(Known type) throws IOException {
        Long offset = object.offset();
        if (offset == null || !object.isInside() || object.isFree()) {
            return List.of();
        }
        List<MemberPath> found = new ArrayList<>();
        for (MemberPath each : Members.all(type.layout(), offset, object.accessSize())) {
            MemberPath member = Members.withoutInside(type.layout(), each);
            found.add(object.helper() == null ? member : Members.wholeArray(type.layout(), member));
        }
        return found;
    }

    /** The members of the same type that the access can be to as well. */
    private List<MemberPath> alternatives(Known type) throws IOException {
        List<MemberPath> found = members(type);
        MemberPath first = found.isEmpty() ? null : found.get(0);
        List<MemberPath> others = new ArrayList<>();
        for (MemberPath each : found) {
            if (first != null && !each.path().equals(first.path())) {
                others.add(each);
            }
        }
        return others;
    }

    /** The access in C: through a pointer to the object, or through a pointer to one of its members. */
    private @Nullable Candidate through(Known type, List<Candidate> accesses) throws IOException {
        Long offset = object.offset();
        if (offset == null) {
            return null;
        }
        for (Candidate each : accesses) {
            Layout target = each.object();
            if (target == null) {
                continue;
            }
            String name = TypeNames.plain(target.type());
            if (each.offset() == offset ? name.equals(type.name()) : isPart(type.layout(), offset, each, name)) {
                return each;
            }
        }
        return null;
    }

    /** Whether a structure has a member of the type of a pointer, where the pointer points to. */
    private static boolean isPart(Layout layout, long offset, Candidate access, String name) throws IOException {
        MemberPath leaf = Members.leaf(layout, offset, 0);
        String path = leaf == null ? "" : leaf.path();
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            MemberPath outer = layout.member(path.substring(0, dot));
            if (outer != null
                    && outer.offset() == offset - access.offset()
                    && TypeNames.plain(outer.layout().type()).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private Fault fault(
            @Nullable Known type,
            @Nullable MemberPath member,
            @Nullable Candidate through,
            Certainty certainty,
            List<String> others) {
        return new Fault(
                address(),
                object.access(),
                object.accessSize(),
                null,
                null,
                null,
                object.isFreed() ? ValueClass.FREED : null,
                null,
                through == null ? null : new Fault.Holder(through.text(), through.type()),
                member == null || type == null
                        ? null
                        : new Fault.Touched(
                                type.name(),
                                member.path(),
                                member.offset(),
                                member.layout().type().resolved().byteSize()),
                through == null || member == null ? null : through.expression(),
                certainty,
                evidence,
                others);
    }

    private String sentence(@Nullable Known type, @Nullable Candidate through, boolean sure) {
        StringBuilder text = new StringBuilder();
        String state = object.isFreed() ? "a freed " : "a ";
        if (type != null) {
            String points = sure ? " points " : " can point ";
            text.append(
                            through == null
                                    ? "The object" + (sure ? " is " : " can be ")
                                    : through.text() + points + (through.offset() == offset() ? "to " : "into "))
                    .append(state)
                    .append(type.name())
                    .append(": ");
        }
        String member = type == null ? null : memberText(type);
        if (object.report().kind() == ReportKind.SLUB && !object.isFree()) {
            return text.append(type == null ? "T" : "t")
                    .append("he first changed byte is ")
                    .append(member == null ? String.valueOf(object.place()) : "in its member " + member + " at " + at())
                    .toString();
        }
        text.append(verb(type == null));
        String size = object.accessSize() > 0 ? " " + ObjectReport.bytes(object.accessSize()) : "";
        String into = object.overrun() > 0 ? size + " at " : " ";
        if (through != null && member != null) {
            text.append(into).append(through.expression());
        } else if (member != null) {
            text.append(into).append("its member ").append(member);
        } else if (object.isFree()) {
            text.append(" it");
        } else {
            text.append(size.isEmpty() ? " memory" : size + ",");
        }
        String place = object.place();
        if (member != null) {
            text.append(object.overrun() > 0 ? " (" + at() + ")" : " at " + at());
        } else if (place != null && !(object.isFree() && offset() == 0)) {
            text.append(' ').append(place);
        } else if (text.charAt(text.length() - 1) == ',') {
            text.setLength(text.length() - 1);
        }
        if (object.overrun() > 0) {
            text.append(", ").append(ObjectReport.bytes(object.overrun())).append(" beyond its end");
        }
        if (culprit != null && culprit.file() != null && object.report().kind() != ReportKind.SLUB) {
            text.append(", ").append(culprit.file());
            if (culprit.line() > 0) {
                text.append(':').append(culprit.line());
            }
        }
        return text.toString();
    }

    /** The address of the access, if it is one: printk's %p prints a hash of 32 bits. */
    private @Nullable Long address() {
        Long address = object.address();
        boolean canBeHash =
                set == InstructionSet.X86_64 || set == InstructionSet.ARM64 || set == InstructionSet.RISCV64;
        return address != null
                        && canBeHash
                        && address >>> 32 == 0
                        && object.report().kind() != ReportKind.KASAN
                ? null
                : address;
    }

    private String at() {
        return "+" + Hex.text(offset());
    }

    private long offset() {
        return object.offset() == null ? 0 : object.offset();
    }

    private @Nullable String memberText(Known type) {
        try {
            MemberPath member = member(type);
            return member == null ? null : member.path();
        } catch (IOException e) {
            problems.add("A type cannot be read: " + e.getMessage());
            return null;
        }
    }

    private String verb(boolean first) {
        String access = object.access();
        String verb = object.isFree()
                ? "freeing"
                : access == null ? "accessing" : access.equals("read") ? "reading" : "writing";
        return first ? Character.toUpperCase(verb.charAt(0)) + verb.substring(1) : verb;
    }
}
