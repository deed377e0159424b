package dev.backline.benchmarks.titles;

import dev.backline.crash.ReportKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What syzkaller's titles mean in backline's kinds, by the beginning of the title. */
final class ExpectedKinds {
    private record Row(String start, Set<ReportKind> kinds) {}

    private static final List<Row> ROWS = new ArrayList<>();

    static {
        row("KASAN: ", ReportKind.KASAN);
        row("KFENCE: ", ReportKind.KFENCE);
        row("KMSAN: ", ReportKind.KMSAN);
        row("KCSAN: ", ReportKind.KCSAN);
        row("UBSAN: ", ReportKind.UBSAN);
        row("BUG: unable to handle", ReportKind.PAGE_FAULT);
        row("BUG: soft lockup", ReportKind.SOFT_LOCKUP);
        row("INFO: rcu detected", ReportKind.RCU_STALL);
        row("INFO: task hung", ReportKind.HUNG_TASK);
        row("INFO: task can't die", ReportKind.HUNG_TASK);
        row("general protection fault", ReportKind.GENERAL_PROTECTION);
        row("possible deadlock", ReportKind.LOCKDEP);
        row("inconsistent lock state", ReportKind.LOCKDEP);
        row("WARNING: possible circular", ReportKind.LOCKDEP);
        row("WARNING: suspicious RCU", ReportKind.LOCKDEP);
        row("INFO: suspicious RCU", ReportKind.LOCKDEP);
        row("INFO: trying to register", ReportKind.LOCKDEP);
        row("WARNING: bad unlock", ReportKind.LOCKDEP);
        row("BUG: bad unlock", ReportKind.LOCKDEP);
        row("WARNING: held lock", ReportKind.LOCKDEP);
        row("BUG: held lock", ReportKind.LOCKDEP);
        row("WARNING: still has", ReportKind.LOCKDEP);
        row("BUG: still has", ReportKind.LOCKDEP);
        row("WARNING: nested lock", ReportKind.LOCKDEP);
        row("WARNING: lock held", ReportKind.LOCKDEP);
        row("BUG: lock held", ReportKind.LOCKDEP);
        row("BUG: MAX_", ReportKind.LOCKDEP);
        row("BUG: spinlock", ReportKind.LOCKDEP);
        row("BUG: rwlock", ReportKind.LOCKDEP);
        row("WARNING: locking bug", ReportKind.WARNING, ReportKind.LOCKDEP);
        row("WARNING: refcount bug", ReportKind.REFCOUNT);
        row("WARNING: bad usercopy", ReportKind.WARNING, ReportKind.USERCOPY);
        row("BUG: bad usercopy", ReportKind.USERCOPY);
        row("BUG: corrupted list", ReportKind.LIST_CORRUPTION);
        row("kernel BUG in", ReportKind.BUG, ReportKind.FORTIFY);
        row("WARNING: kernel stack", ReportKind.OTHER);
        row("WARNING: zero-size vmalloc", ReportKind.WARNING, ReportKind.MEMORY);
        row("WARNING", ReportKind.WARNING, ReportKind.FORTIFY, ReportKind.NETDEV_WATCHDOG);
        row("BUG: scheduling while atomic", ReportKind.ATOMIC);
        row("BUG: sleeping function", ReportKind.ATOMIC);
        row("BUG: using ", ReportKind.ATOMIC);
        row("BUG: workqueue", ReportKind.WORKQUEUE);
        row("BUG: Bad page", ReportKind.MEMORY);
        row("BUG: Bad rss", ReportKind.MEMORY);
        row("BUG: stack guard", ReportKind.STACK_OVERFLOW);
        row("PANIC: double fault", ReportKind.STACK_OVERFLOW);
        row("kernel stack overflow", ReportKind.STACK_OVERFLOW);
        row("kernel panic: corrupted stack end", ReportKind.STACK_OVERFLOW);
        row("kernel panic: stack is corrupted", ReportKind.STACK_SMASHING);
        row("kernel panic: stack overflow", ReportKind.STACK_OVERFLOW);
        row("kernel panic: ", ReportKind.PANIC);
        row("memory leak", ReportKind.LEAK);
        row("divide error", ReportKind.TRAP);
        row("invalid opcode", ReportKind.TRAP);
        row("stack segment fault", ReportKind.TRAP);
        row("int3 ", ReportKind.TRAP);
        row("Alignment trap", ReportKind.TRAP);
        row("Unhandled fault", ReportKind.PAGE_FAULT);
        row("Internal error", ReportKind.TRAP, ReportKind.PAGE_FAULT);
        row("BUG: Object already free", ReportKind.SLUB);
        row("BUG: Poison overwritten", ReportKind.SLUB);
        row("INFO: Freed in", ReportKind.SLUB);
        row("INFO: Allocated in", ReportKind.SLUB);
        row("BUG: Dentry still in use", ReportKind.OTHER);
        row("unregister_netdevice: waiting", ReportKind.OTHER);
    }

    private ExpectedKinds() {}

    private static void row(String start, ReportKind first, ReportKind... others) {
        ROWS.add(new Row(start, EnumSet.of(first, others)));
    }

    /** {@return the kinds that a title can mean; null if it is not of a kernel's report} */
    static @Nullable Set<ReportKind> of(String title) {
        for (Row each : ROWS) {
            if (title.startsWith(each.start())) {
                return each.kinds();
            }
        }
        return null;
    }

    /** {@return the class of a title, for the table} */
    static String classOf(String title) {
        for (Row each : ROWS) {
            if (title.startsWith(each.start())) {
                return each.start().strip();
            }
        }
        return "not of a kernel's report";
    }
}
