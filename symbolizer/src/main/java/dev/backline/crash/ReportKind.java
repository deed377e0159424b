package dev.backline.crash;

/** The kinds of reports, by what the kernel prints. */
public enum ReportKind {
    /** A page fault, also of a NULL pointer; arm64's and others' data and instruction aborts. */
    PAGE_FAULT("page-fault"),
    /** A general protection fault. */
    GENERAL_PROTECTION("general-protection"),
    /** BUG(). */
    BUG("bug"),
    /** Another trap without a memory operand: divide error, invalid opcode, int3, alignment, bounds. */
    TRAP("trap"),
    /** The stack guard page was hit, or a double fault. */
    STACK_OVERFLOW("stack-overflow"),
    /** The stack protector's check. */
    STACK_SMASHING("stack-smashing"),
    /** WARN(). */
    WARNING("warning"),
    /** KASAN. */
    KASAN("kasan"),
    /** KFENCE. */
    KFENCE("kfence"),
    /** KMSAN. */
    KMSAN("kmsan"),
    /** KCSAN. */
    KCSAN("kcsan"),
    /** UBSAN. */
    UBSAN("ubsan"),
    /** A list that a check found corrupt. */
    LIST_CORRUPTION("list-corruption"),
    /** A reference count that a check found wrong. */
    REFCOUNT("refcount"),
    /** FORTIFY's checks of string functions. */
    FORTIFY("fortify"),
    /** The check of copies to and from user space. */
    USERCOPY("usercopy"),
    /** SLUB's debugging. */
    SLUB("slub"),
    /** lockdep. */
    LOCKDEP("lockdep"),
    /** An RCU stall. */
    RCU_STALL("rcu-stall"),
    /** A soft lockup. */
    SOFT_LOCKUP("soft-lockup"),
    /** A hard lockup. */
    HARD_LOCKUP("hard-lockup"),
    /** A task that is blocked for long. */
    HUNG_TASK("hung-task"),
    /** A workqueue that makes no progress, or leaks a lock. */
    WORKQUEUE("workqueue"),
    /** Sleeping or preemption where it is forbidden. */
    ATOMIC("atomic"),
    /** A panic that is not the end of another report. */
    PANIC("panic"),
    /** A failed allocation, the OOM killer, a bad page. */
    MEMORY("memory"),
    /** Machine checks, PCIe errors, NMIs. */
    HARDWARE("hardware"),
    /** kmemleak. */
    LEAK("leak"),
    /** A network device's transmit queue that timed out. */
    NETDEV_WATCHDOG("netdev-watchdog"),
    /** Any other report. */
    OTHER("other");

    private final String id;

    ReportKind(String id) {
        this.id = id;
    }

    /** {@return the name in JSON output} */
    public String id() {
        return id;
    }
}
