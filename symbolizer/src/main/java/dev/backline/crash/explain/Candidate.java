package dev.backline.crash.explain;

import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.dwarf.types.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pointer in C that can have been used for an access, and what the access touched through it. Immutable.
 *
 * @param pointer where it comes from
 * @param text the pointer in C
 * @param type its C type
 * @param value the pointer's value; null if unknown
 * @param object what it points to; null if unknown
 * @param offset of the access from the value
 * @param member that was accessed; null if it is not a structure or no member is there
 * @param alternatives other members at the same place
 * @param fit how well the type explains the access
 * @param direct whether the debug information says that the register holds the variable
 * @param rank the position in the order of the search
 */
record Candidate(
        Pointer pointer,
        String text,
        String type,
        @Nullable Long value,
        @Nullable Layout object,
        long offset,
        @Nullable MemberPath member,
        List<MemberPath> alternatives,
        int fit,
        boolean direct,
        int rank) {
    /** The access is to a member. */
    static final int MEMBER = 3;
    /** The access is to the value that the pointer points to. */
    static final int VALUE = 2;
    /** The access is to an element of an array. */
    static final int ELEMENT = 1;
    /** The type explains nothing. */
    static final int NONE = 0;

    Candidate {
        alternatives = List.copyOf(alternatives);
    }

    /**
     * {@return the candidate of a pointer; null if it cannot be named}
     *
     * @param pointer where the register's value comes from
     * @param register the register's value
     * @param address that was accessed
     * @param size of the access
     * @param passedOn whether the pointer was passed to a helper, which takes arrays whole
     * @param direct whether the register holds a variable by the debug information
     * @param rank the position in the order of the search
     */
    static @Nullable Candidate of(
            Pointer pointer,
            @Nullable Long register,
            long address,
            int size,
            boolean passedOn,
            boolean direct,
            int rank)
            throws IOException {
        Pointer.Named named = pointer.named();
        if (named == null || pointer.isNumber()) {
            return null;
        }
        if (!pointer.isAddress() && isNoPointer(pointer, named.layout())) {
            return null;
        }
        Layout object = pointer.isAddress() ? named.layout() : named.target();
        Long value = register == null || pointer.indexed() ? null : Long.valueOf(register - pointer.delta());
        boolean isError = register != null && register < 0 && register >= -Errno.MAX;
        if (value == null && !isError && pointer.indexed() && object != null && isSmall(address, object)) {
            value = 0L;
        }
        String type = named.layout() == null
                ? "?"
                : pointer.isAddress()
                        ? named.layout().type().text() + " *"
                        : named.layout().type().text();
        if (object == null || value == null) {
            return new Candidate(pointer, named.text(), type, value, object, 0, null, List.of(), NONE, direct, rank);
        }
        long offset = address - value;
        Type to = object.type().resolved();
        if (Members.isAggregate(object)) {
            List<MemberPath> members = Members.all(object, offset, size);
            if (!members.isEmpty()) {
                MemberPath first = Members.withoutInside(object, members.get(0));
                first = passedOn ? Members.wholeArray(object, first) : first;
                List<MemberPath> others = new ArrayList<>();
                for (MemberPath each : members.subList(1, members.size())) {
                    MemberPath other = Members.withoutInside(object, each);
                    if (!other.path().equals(first.path())) {
                        others.add(other);
                    }
                }
                return new Candidate(
                        pointer, named.text(), type, value, object, offset, first, others, MEMBER, direct, rank);
            }
        }
        int fit = NONE;
        if (to.byteSize() > 0 && !Members.isAggregate(object) && offset % to.byteSize() == 0) {
            fit = offset == 0 && size == to.byteSize() ? VALUE : size <= to.byteSize() ? ELEMENT : NONE;
        }
        return new Candidate(pointer, named.text(), type, value, object, offset, null, List.of(), fit, direct, rank);
    }

    /** Whether a type is that of a number too small for an address, or of an element that was added to one. */
    private static boolean isNoPointer(Pointer pointer, @Nullable Layout layout) {
        Type type = layout == null ? null : layout.type().resolved();
        if (type == null || (type.kind() != Type.Kind.BASE && type.kind() != Type.Kind.ENUMERATION)) {
            return false;
        }
        List<Pointer.Load> loads = pointer.loads();
        boolean isElement = !loads.isEmpty() && loads.get(loads.size() - 1).index() != null;
        // unsigned long has the size of a pointer on every machine
        boolean isLong = type.name() != null && type.name().contains("long");
        return !isLong || pointer.indexed() || isElement;
    }

    private static boolean isSmall(long address, Layout object) {
        long size = object.type().resolved().byteSize();
        return address >= 0 && address < Math.max(size, 1);
    }

    /** The access in C. */
    String expression() {
        Layout to = object;
        if (member != null) {
            return Members.access(text, member.path(), pointer.isAddress());
        }
        if (to == null || fit == NONE) {
            return text;
        }
        long each = to.type().resolved().byteSize();
        return offset == 0 || each <= 0
                ? "*" + Pointer.operand(text)
                : Pointer.operand(text) + "[" + offset / each + "]";
    }

    /** This candidate with another member and other alternatives. */
    Candidate withMember(MemberPath chosen, List<MemberPath> others) {
        return new Candidate(pointer, text, type, value, object, offset, chosen, others, fit, direct, rank);
    }

    /** This candidate without the number of the array's element. */
    Candidate withAnyElement() {
        MemberPath known = member;
        return known == null
                ? this
                : withMember(
                        new MemberPath(
                                Members.anyElement(known.path()),
                                known.layout(),
                                known.offset(),
                                known.bitOffset(),
                                known.bitSize()),
                        List.of());
    }

    boolean isConstTarget() {
        return type.startsWith("const ");
    }
}
