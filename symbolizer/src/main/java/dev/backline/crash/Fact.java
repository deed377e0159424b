package dev.backline.crash;

/** What only some kinds of reports state. Numbers are in hexadecimal with 0x, unless a fact says decimal. */
public enum Fact {
    /** The address that the kernel names as the fault's: CR2, FAR, badaddr, DAR, or the computed address of a GPF. */
    ADDRESS,
    /** {@code read}, {@code write} or {@code execute}: what the kernel says the access was. */
    ACCESS,
    /** Why it failed, in the kernel's words: {@code not-present page}, {@code level 1 translation fault}. */
    REASON,
    /** The error code of a page fault, or arm64's ESR, or riscv's cause. */
    ERROR_CODE,
    /** The last page table entry for the address: x86's PTE or PMD, arm64's pte or pmd. */
    PAGE_ENTRY,
    /** The size of the access, in decimal: KASAN. */
    SIZE,
    /** The sub-kind in the kernel's words: {@code slab-use-after-free}, {@code array-index-out-of-bounds}. */
    TYPE,
    /** {@code file.c:123}, as BUG, WARN, UBSAN print it. */
    PLACE,
    /** The function that the headline names, without its offset. */
    FUNCTION,
    /** The free text of WARN(), BUG, panic, UBSAN, list or refcount checks. */
    TEXT,
    /** The cache or region of the object: {@code kmalloc-64}. */
    CACHE,
    /** The size of the object, in decimal. */
    OBJECT_SIZE,
    /** The first address of the object. */
    OBJECT,
    /** Bytes from the object's start to the bad address, in decimal; negative before the object. */
    OBJECT_OFFSET,
    /** The lock that a task wants, as lockdep prints it. */
    WANTED_LOCK,
    /** The lock that it holds. */
    HELD_LOCK,
    /** Seconds that something was stuck, in decimal. */
    SECONDS,
    /** The task that is said to hold the lock: {@code comm:pid}. */
    HOLDER,
    /** The work function, timer or driver that the report is about. */
    ACTOR,
    /** The text of the panic that ended the report. */
    PANIC
}
