package dev.backline.crash;

import dev.backline.io.Ascii;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what KASAN, KFENCE, SLUB, lockdep, the watchdogs and the scheduler state about objects, locks and tasks
 * (mm/kasan/report.c, mm/kfence/report.c, mm/slub.c, kernel/locking/lockdep.c, kernel/hung_task.c). Not thread-safe.
 */
final class DetailLines {
    private enum Next {
        NOTHING,
        WANTED,
        HELD
    }

    private final Map<Fact, String> facts;
    private Next next = Next.NOTHING;
    /** Bytes from the object's end to KASAN's bad address, in decimal, until the line with the object's size. */
    private @Nullable String beyond;
    /** Bytes from the slab's start to the first byte that SLUB found changed, in decimal. */
    private @Nullable String changed;

    DetailLines(Map<Fact, String> facts) {
        this.facts = facts;
    }

    /** {@return whether the line states a detail} */
    boolean read(ReportKind kind, String text) {
        return switch (kind) {
            case KASAN -> kasan(text);
            case KFENCE -> kfence(text);
            case SLUB -> slub(text);
            case KMSAN -> kmsan(text);
            case KCSAN -> text.startsWith("value changed: ");
            case LOCKDEP -> lockdep(text);
            case HUNG_TASK -> hung(text);
            case ATOMIC -> atomic(text);
            case LEAK -> text.startsWith("comm \"") || text.startsWith("hex dump") || text.startsWith("backtrace");
            case WORKQUEUE -> workqueue(text);
            case RCU_STALL ->
                text.startsWith("rcu: ")
                        || text.startsWith("(detected by")
                        || text.startsWith("(t=")
                        || text.contains("kthread starved");
            case MEMORY ->
                text.startsWith("page:")
                        || text.startsWith("flags: ")
                        || text.startsWith("raw: ")
                        || text.startsWith("page dumped because");
            default -> false;
        };
    }

    private boolean kasan(String text) {
        if (text.startsWith("Read of size ") || text.startsWith("Write of size ") || text.startsWith("Free of addr ")) {
            put(Fact.ACCESS, text.startsWith("Read") ? "read" : text.startsWith("Write") ? "write" : "free");
            put(Fact.SIZE, Scan.decimal(text, "of size "));
            put(Fact.ADDRESS, Scan.hex(text, " addr "));
            return true;
        }
        if (text.startsWith("The buggy address belongs to the object at ")) {
            put(Fact.OBJECT, Scan.hex(text, "object at "));
            return true;
        }
        if (text.startsWith("which belongs to the cache ")) {
            put(Fact.CACHE, Scan.word(text, "the cache "));
            put(Fact.OBJECT_SIZE, Scan.decimal(text, "of size "));
            return true;
        }
        if (text.startsWith("The buggy address is located ")) {
            String bytes = Scan.decimal(text, "is located ");
            if (bytes != null) {
                put(Fact.OBJECT_OFFSET, offset(text, bytes));
            }
            region(text);
            return true;
        }
        if (text.contains("-byte region [")) {
            region(text);
            put(Fact.OBJECT, Scan.hex(text, "region ["));
            return true;
        }
        return text.startsWith("The buggy address ")
                || text.startsWith("Memory state around")
                || text.startsWith("Pointer tag:")
                || text.startsWith(">ffff")
                || text.startsWith("page:")
                || text.startsWith("This frame has");
    }

    private @Nullable String offset(String text, String bytes) {
        if (text.contains(" to the left of") || text.contains(" before ")) {
            return "-" + bytes;
        }
        if (text.contains(" inside of")) {
            return bytes;
        }
        beyond = bytes;
        return null;
    }

    /** The region is what was asked for; the objects of its cache can be greater (mm/kasan/report.c, 6.4 and later). */
    private void region(String text) {
        String size = sizeOfRegion(text);
        if (size == null) {
            return;
        }
        facts.put(Fact.OBJECT_SIZE, size);
        put(Fact.OBJECT_OFFSET, sum(size, beyond, 1));
        beyond = null;
    }

    /** a + sign * b of decimal numbers; null if one is missing or too long. */
    private static @Nullable String sum(@Nullable String a, @Nullable String b, int sign) {
        return a == null || b == null || a.length() > 15 || b.length() > 15
                ? null
                : Long.toString(Long.parseLong(a) + sign * Long.parseLong(b));
    }

    private static @Nullable String sizeOfRegion(String text) {
        int to = text.indexOf("-byte region");
        int from = to;
        while (from > 0 && Ascii.isDigit(text.charAt(from - 1))) {
            from--;
        }
        return to <= 0 || from == to ? null : text.substring(from, to);
    }

    private boolean kfence(String text) {
        if (text.contains("kfence-#")) {
            int at = text.indexOf(" at 0x");
            put(Fact.ADDRESS, at > 0 ? Scan.hexAt(text, at + 4) : Scan.hex(text, "free of "));
            if (text.startsWith("kfence-#")) {
                put(Fact.OBJECT, Scan.hex(text, ": "));
                put(Fact.OBJECT_SIZE, Scan.decimal(text, "size="));
                put(Fact.CACHE, Scan.between(text, "cache=", ",", " "));
            } else {
                String bytes = Scan.decimal(text, "(");
                if (bytes != null && text.contains("B left of")) {
                    put(Fact.OBJECT_OFFSET, "-" + bytes);
                } else if (text.contains("B right of")) {
                    // Counted from the object's start (mm/kfence/report.c)
                    put(Fact.OBJECT_OFFSET, bytes);
                }
            }
            return true;
        }
        if (text.startsWith("Invalid ") && text.contains(" at 0x")) {
            put(Fact.ADDRESS, Scan.hex(text, " at "));
            return true;
        }
        return false;
    }

    private boolean slub(String text) {
        String rest = text.startsWith("INFO: ") ? text.substring(6) : text;
        if (rest.startsWith("Object 0x")) {
            put(Fact.OBJECT, Scan.hexAt(rest, 7));
            put(Fact.OBJECT_OFFSET, sum(changed, Scan.decimal(rest, "@offset="), -1));
            return true;
        }
        if (rest.startsWith("0x") && rest.contains("-0x")) {
            put(Fact.ADDRESS, Scan.hexAt(rest, 0));
            changed = changed == null ? Scan.decimal(rest, "@offset=") : changed;
            return true;
        }
        return rest.startsWith("Slab 0x")
                || rest.startsWith("FIX ")
                || text.startsWith("Redzone")
                || text.startsWith("Padding")
                || text.startsWith("Object ")
                || text.startsWith("Bytes b4")
                || text.startsWith("Disabling lock debugging");
    }

    private boolean kmsan(String text) {
        if (text.startsWith("Bytes ") && text.contains("uninitialized")) {
            put(Fact.SIZE, Scan.decimal(text, " of "));
            return true;
        }
        return text.startsWith("Memory access of size ") || text.startsWith("Data copied to user");
    }

    private boolean lockdep(String text) {
        Next now = next;
        next = Next.NOTHING;
        if (text.endsWith("is trying to acquire lock:")
                || text.endsWith("is trying to lock:")
                || text.contains(" is trying to release lock (")
                || text.contains(" is freeing memory ")
                || text.endsWith(" takes:")
                || text.contains(" just changed the state of lock:")) {
            next = Next.WANTED;
            task(text);
            int paren = text.indexOf("release lock (");
            if (paren > 0) {
                put(Fact.WANTED_LOCK, Scan.between(text, "release lock (", ")"));
            }
            return true;
        }
        if (text.startsWith("but task is already holding")
                || text.startsWith("and this task is already holding")
                || text.startsWith("but this lock")) {
            next = Next.HELD;
            return true;
        }
        if (now != Next.NOTHING && text.indexOf('(') >= 0) {
            put(now == Next.WANTED ? Fact.WANTED_LOCK : Fact.HELD_LOCK, text);
            return true;
        }
        return text.startsWith("-> #")
                || text.startsWith("#")
                || text.contains("locks held by")
                || text.contains("lock held by")
                || text.contains("stack backtrace")
                || text.startsWith("Possible ")
                || text.startsWith("*** ")
                || text.startsWith("lock(")
                || text.startsWith("CPU0")
                || text.startsWith("----")
                || text.startsWith("Chain exists")
                || text.startsWith("other info")
                || text.startsWith("which lock already")
                || text.startsWith("the existing")
                || text.startsWith("{")
                || text.startsWith("the dependencies")
                || text.startsWith("irq event stamp")
                || text.contains("irqs last")
                || text.startsWith("<Interrupt>")
                || text.startsWith("...");
    }

    private void task(String text) {
        for (String verb : new String[] {" is ", " just changed ", " takes:"}) {
            int end = text.indexOf(verb);
            if (end > 0) {
                put(Fact.ACTOR, text.substring(0, end));
                return;
            }
        }
    }

    private boolean hung(String text) {
        if (text.startsWith("INFO: task ") && text.contains("likely owned by task ")) {
            put(Fact.HOLDER, Scan.between(text, "owned by task ", ".", " "));
            return true;
        }
        return text.startsWith("\"echo 0 >")
                || text.startsWith("task:")
                || text.contains(" state:")
                || text.startsWith("Blocked by");
    }

    private boolean atomic(String text) {
        return text.startsWith("in_atomic()")
                || text.startsWith("preempt_count: ")
                || text.startsWith("RCU nest depth")
                || text.startsWith("caller is ");
    }

    private boolean workqueue(String text) {
        if (text.contains("last function: ")) {
            put(Fact.ACTOR, Scan.word(text, "last function: "));
            return true;
        }
        if (text.contains("in-flight: ") || text.startsWith("in-flight:")) {
            String flight = Scan.word(text, "in-flight:");
            int colon = flight == null ? -1 : flight.indexOf(':');
            if (flight != null && colon > 0) {
                put(Fact.ACTOR, flight.substring(colon + 1).replace(",", ""));
            }
            return true;
        }
        return text.startsWith("workqueue ")
                || text.startsWith("pwq ")
                || text.startsWith("pending:")
                || text.startsWith("pool ")
                || text.startsWith("Showing busy workqueues");
    }

    private void put(Fact fact, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.putIfAbsent(fact, value);
        }
    }
}
