package dev.backline.crash;

/**
 * A range of code that the kernel may change at boot or run time. Immutable.
 *
 * @param kind why it may change
 * @param address of its first byte, in the file
 * @param length in bytes
 */
record PatchSite(Kind kind, long address, int length) {
    /** Why code may change. */
    enum Kind {
        /** {@code __mcount_loc}: the call or the nops at a function's entry. */
        FTRACE("ftrace entry"),
        /** {@code .return_sites}: a jump to the return thunk. */
        RETURN("return"),
        /** {@code .retpoline_sites}, s390's {@code .s390_indirect*}: an indirect call or jump through a thunk. */
        INDIRECT("indirect call"),
        /** {@code .altinstructions}, {@code .alternative}, {@code .init.smpalt}. */
        ALTERNATIVE("alternative instruction"),
        /** {@code .parainstructions}. */
        PARAVIRT("paravirt call"),
        /** {@code __jump_table}. */
        JUMP_LABEL("jump label"),
        /** {@code .static_call_sites}, and the trampolines. */
        STATIC_CALL("static call"),
        /** {@code .smp_locks}. */
        LOCK("lock prefix"),
        /** {@code .ibt_endbr_seal}. */
        ENDBR("ENDBR instruction"),
        /** {@code .cfi_sites}. */
        CFI("CFI check"),
        /** {@code .call_sites}: changed for call depth tracking only. */
        CALL("call"),
        /** {@code runtime_ptr_*}, {@code runtime_shift_*}: an immediate operand. */
        RUNTIME_CONSTANT("runtime constant"),
        /** {@code .init.pv_table}: arm's offset between physical and virtual addresses. */
        PHYSICAL_OFFSET("physical address offset"),
        /** A relocation of a module. */
        RELOCATION("relocation");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** {@return what a message calls it} */
        String text() {
            return text;
        }
    }

    /** {@return the address after the last byte} */
    long end() {
        return address + length;
    }
}
