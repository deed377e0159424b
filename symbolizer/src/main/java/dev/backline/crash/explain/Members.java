package dev.backline.crash.explain;

import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.dwarf.types.Type;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the members that accesses touch, and writes them in C. */
final class Members {
    /**
     * Types whose own members are nobody's business: the kernel's functions for them take the address of the whole
     * (linux/types.h, linux/refcount.h, linux/spinlock_types.h, linux/mutex.h, linux/rwsem.h, linux/kref.h).
     */
    private static final Set<String> OPAQUE = Set.of(
            "atomic_t",
            "atomic64_t",
            "atomic_long_t",
            "refcount_t",
            "refcount_struct",
            "kref",
            "spinlock_t",
            "spinlock",
            "raw_spinlock_t",
            "raw_spinlock",
            "rwlock_t",
            "arch_spinlock_t",
            "qspinlock",
            "qrwlock",
            "seqcount_t",
            "seqcount",
            "seqlock_t",
            "mutex",
            "rw_semaphore",
            "semaphore",
            "local_t",
            "local64_t",
            "u64_stats_t",
            "percpu_counter",
            "lockref");

    private Members() {}

    /**
     * {@return the member that holds the first byte of an access; null if none does}
     *
     * @param object the structure
     * @param offset of the access
     * @param size of the access, 0 if unknown
     */
    static @Nullable MemberPath leaf(Layout object, long offset, int size) throws IOException {
        List<MemberPath> found = all(object, offset, size);
        return found.isEmpty() ? null : found.get(0);
    }

    /** The member that an access with an index touches: an element of an array, if one is there. */
    static @Nullable MemberPath element(Layout object, long offset, int size) throws IOException {
        List<MemberPath> found = all(object, offset, size);
        for (MemberPath each : found) {
            if (each.path().endsWith("]") && each.layout().type().resolved().byteSize() == size) {
                return each;
            }
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** The members that hold the first byte of an access, the likeliest first. */
    static List<MemberPath> all(Layout object, long offset, int size) throws IOException {
        if (offset < 0 || offset >= limit(object)) {
            return List.of();
        }
        for (int bytes = Math.max(size, 1); bytes >= 1; bytes /= 2) {
            List<MemberPath> found = object.membersAt(offset, bytes);
            if (!found.isEmpty() && !isAggregate(found.get(0).layout())) {
                return found;
            }
        }
        return object.membersAt(offset, 1);
    }

    private static long limit(Layout object) {
        long size = object.type().resolved().byteSize();
        // A structure can end in an array without a bound.
        return size <= 0 ? Long.MAX_VALUE : size + (1 << 20);
    }

    static boolean isAggregate(Layout layout) {
        Type.Kind kind = layout.type().resolved().kind();
        return kind == Type.Kind.STRUCTURE || kind == Type.Kind.UNION || kind == Type.Kind.ARRAY;
    }

    /** The member that the source names: without the inside of types like atomic_t. */
    static MemberPath withoutInside(Layout object, MemberPath member) throws IOException {
        String path = member.path();
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            MemberPath outer = object.member(path.substring(0, dot));
            if (outer != null && isOpaque(outer.layout().type())) {
                return outer;
            }
        }
        return member;
    }

    /**
     * {@return the outermost member that starts at an offset; null if none does}
     *
     * @param object the structure
     * @param offset of the member
     * @param wanted what the name of its type begins with; another type is taken if no member has it
     */
    static @Nullable MemberPath startingAt(Layout object, long offset, String wanted) throws IOException {
        MemberPath leaf = leaf(object, offset, 0);
        if (leaf == null) {
            return null;
        }
        MemberPath outermost = null;
        String path = leaf.path();
        for (int dot = path.indexOf('.'); ; dot = path.indexOf('.', dot + 1)) {
            MemberPath each = dot < 0 ? leaf : object.member(path.substring(0, dot));
            if (each != null && each.offset() == offset) {
                String name = each.layout().type().resolved().name();
                if (!wanted.isEmpty() && name != null && name.startsWith(wanted)) {
                    return each;
                }
                outermost = outermost == null ? each : outermost;
            }
            if (dot < 0) {
                break;
            }
        }
        if (outermost == null || !outermost.path().endsWith("]")) {
            return outermost;
        }
        MemberPath array =
                object.member(outermost.path().substring(0, outermost.path().lastIndexOf('[')));
        return array == null ? outermost : array;
    }

    /** The array for its first element. */
    static MemberPath wholeArray(Layout object, MemberPath member) throws IOException {
        String path = member.path();
        if (!path.endsWith("[0]")) {
            return member;
        }
        MemberPath array = object.member(path.substring(0, path.length() - 3));
        return array == null ? member : array;
    }

    private static boolean isOpaque(Type type) {
        for (Type at = type; at != null; at = at.kind() == Type.Kind.TYPEDEF ? at.target() : null) {
            if (at.name() != null && OPAQUE.contains(at.name())) {
                return true;
            }
        }
        return false;
    }

    /** A member in C. */
    static String access(String pointer, String path, boolean isAddress) {
        if (path.startsWith("[")) {
            return Pointer.operand(pointer) + path;
        }
        if (isAddress) {
            return pointer + "." + path;
        }
        if (pointer.startsWith("&") && isSimple(pointer.substring(1))) {
            return pointer.substring(1) + "." + path;
        }
        return Pointer.operand(pointer) + "->" + path;
    }

    private static boolean isSimple(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '*' || c == '&' || c == '(') {
                return false;
            }
        }
        return true;
    }

    /** A path with an ellipsis for the number in its first brackets. */
    static String anyElement(String path) {
        int open = path.indexOf('[');
        int close = path.indexOf(']', open + 1);
        return open < 0 || close < 0 ? path : path.substring(0, open + 1) + "…" + path.substring(close);
    }

    /** A path with another text in its last brackets. */
    static String indexed(String path, String index) {
        int open = path.lastIndexOf('[');
        int close = path.indexOf(']', open + 1);
        return open < 0 || close < 0 ? path : path.substring(0, open + 1) + index + path.substring(close);
    }
}
