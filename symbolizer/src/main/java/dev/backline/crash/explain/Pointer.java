package dev.backline.crash.explain;

import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.dwarf.types.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a value comes from: a root, then loads from memory at known offsets, then a last sum. {@code
 * port->rxq->hint + 16} is the root {@code port}, loads at the offsets of {@code rxq} and {@code hint}, and the sum 16.
 *
 * @param root what the value starts from
 * @param loads from memory, in their order
 * @param delta what is added last
 * @param index what was added a multiple of, as a text: an array's index; null if nothing was
 */
record Pointer(
        Root root, List<Load> loads, long delta, @Nullable String index) {
    Pointer {
        loads = List.copyOf(loads);
    }

    /** The kinds of roots. */
    enum Kind {
        /** A variable or parameter. */
        VARIABLE,
        /** A register at the function's entry that no variable is known for. */
        ARGUMENT,
        /** The address of a global variable. */
        GLOBAL,
        /** What a function returned. */
        RESULT,
        /** A number. */
        CONSTANT,
        /** A number that can be an address of the file. */
        ADDRESS
    }

    /**
     * What a value starts from.
     *
     * @param kind of the root
     * @param name in C; of a function for RESULT
     * @param layout of the root's value; null if unknown
     * @param function that declares the variable; null if it is none
     * @param number of the register for ARGUMENT and VARIABLE at entry, else -1
     * @param constant the value of CONSTANT, the address of GLOBAL
     */
    record Root(
            Kind kind,
            String name,
            @Nullable Layout layout,
            @Nullable String function,
            int number,
            long constant) {}

    /**
     * A load.
     *
     * @param displacement from the pointer
     * @param size in bytes
     * @param index text of an array's index if the load has an index register; else null
     */
    record Load(long displacement, int size, @Nullable String index) {}

    static Pointer of(Root root) {
        return new Pointer(root, List.of(), 0, null);
    }

    Pointer plus(long added) {
        return new Pointer(root, loads, delta + added, index);
    }

    Pointer plusIndex(String added) {
        return new Pointer(root, loads, delta, added);
    }

    /** Whether it starts from a number, which is no name. */
    boolean isNumber() {
        return root.kind() == Kind.CONSTANT || root.kind() == Kind.ADDRESS;
    }

    /** Whether an unknown multiple of something was added. */
    boolean indexed() {
        return index != null;
    }

    Pointer load(long displacement, int size, @Nullable String by) {
        List<Load> longer = new ArrayList<>(loads);
        longer.add(new Load(delta + displacement, size, by != null ? by : index));
        return new Pointer(root, longer, 0, null);
    }

    /** This pointer with another pointer in the place of the root's value. */
    Pointer withRoot(Pointer other) {
        if (loads.isEmpty()) {
            return new Pointer(other.root, other.loads, other.delta + delta, index != null ? index : other.index);
        }
        List<Load> all = new ArrayList<>(other.loads);
        Load first = loads.get(0);
        all.add(new Load(first.displacement() + other.delta, first.size(), first.index()));
        all.addAll(loads.subList(1, loads.size()));
        return new Pointer(other.root, all, delta, index);
    }

    /**
     * A pointer in C.
     *
     * @param text the expression
     * @param layout its type; null if unknown
     * @param owner the structure that holds it as a member; null if it is no member
     * @param member the member; null if it is none
     */
    record Named(
            String text,
            @Nullable Layout layout,
            @Nullable Layout owner,
            @Nullable MemberPath member) {
        /** The layout that it points to; null if unknown. */
        @Nullable
        Layout target() throws IOException {
            return layout == null ? null : layout.target();
        }
    }

    /** {@return the pointer in C, without the last sum; null if a type does not fit} */
    @Nullable
    Named named() throws IOException {
        Named at = new Named(root.name() + (root.kind() == Kind.RESULT ? "()" : ""), root.layout(), null, null);
        boolean isAddress = root.kind() == Kind.GLOBAL;
        for (Load load : loads) {
            Layout object = isAddress ? at.layout() : at.target();
            if (object == null) {
                return null;
            }
            at = loaded(at.text(), object, load, isAddress);
            if (at == null) {
                return null;
            }
            isAddress = false;
        }
        if (isAddress) {
            return new Named("&" + at.text(), at.layout(), null, null);
        }
        return at;
    }

    /** Whether {@link #named} is the address of a variable, so that its layout is the target's. */
    boolean isAddress() {
        return loads.isEmpty() && root.kind() == Kind.GLOBAL;
    }

    private static @Nullable Named loaded(String text, Layout object, Load load, boolean isAddress) throws IOException {
        if (load.displacement() == 0 && isScalar(object)) {
            return new Named(isAddress ? text : "*" + operand(text), object, null, null);
        }
        int each = (int) Math.min(object.type().resolved().byteSize(), 1 << 10);
        boolean isElement = load.displacement() > 0 && each > 0 && load.displacement() % each == 0;
        if (isScalar(object) && isElement && each == load.size()) {
            return new Named(operand(text) + "[" + load.displacement() / each + "]", object, null, null);
        }
        MemberPath member = load.index() == null
                ? Members.leaf(object, load.displacement(), load.size())
                : Members.element(object, load.displacement(), load.size());
        if (member == null) {
            return null;
        }
        String path = load.index() == null ? member.path() : Members.indexed(member.path(), load.index());
        return new Named(Members.access(text, path, isAddress), member.layout(), object, member);
    }

    private static boolean isScalar(Layout layout) {
        Type.Kind kind = layout.type().resolved().kind();
        return kind == Type.Kind.POINTER || kind == Type.Kind.BASE || kind == Type.Kind.ENUMERATION;
    }

    /** A text as an operand of {@code ->} or {@code *}. */
    static String operand(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '*' || (c == '&' && i == 0)) {
                return "(" + text + ")";
            }
        }
        return text;
    }
}
