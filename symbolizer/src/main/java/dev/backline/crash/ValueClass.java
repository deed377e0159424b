package dev.backline.crash;

/** What a bad pointer or index looks like. The names in JSON are CONTRACT's. */
public enum ValueClass {
    /** NULL, or NULL plus or minus an offset. */
    NULL("null"),
    /** An error number in a pointer (ERR_PTR). */
    ERR_PTR("err-ptr"),
    /** LIST_POISON1 or LIST_POISON2: the entry was deleted from its list. */
    LIST_POISON("list-poison"),
    /** SLUB's poison: freed (0x6b), or not yet written (0x5a). */
    SLAB_POISON("slab-poison"),
    /** Not canonical on x86-64, or with a wrong top on others. */
    NON_CANONICAL("non-canonical"),
    /** Text in the place of a pointer. */
    ASCII("ascii"),
    /** An address of user space. */
    USER("user"),
    /** Memory that must not be written. */
    READ_ONLY("read-only"),
    /** Code. */
    TEXT("text"),
    /** Memory that must not be executed. */
    NO_EXECUTE("no-execute"),
    /** Memory that was freed and unmapped. */
    FREED("freed"),
    /** The guard page next to a vmalloc area or a stack. */
    VMALLOC_GUARD("vmalloc-guard"),
    /** The offset of a per-CPU variable in the place of its address. */
    PERCPU("percpu"),
    /** An address that is not aligned as the instruction needs it. */
    UNALIGNED("unaligned"),
    /** A good base with a bad index. */
    INDEX("index"),
    /** Any other address that is not mapped. */
    WILD("wild");

    private final String id;

    ValueClass(String id) {
        this.id = id;
    }

    /** {@return the name in JSON output} */
    public String id() {
        return id;
    }
}
