package dev.backline.crash.summary;

import dev.backline.demangle.RustDemangler;
import org.jspecify.annotations.Nullable;

/** Names of functions as all builds of a kernel have them. Thread-safe. */
final class FunctionNames {
    /** The wrappers of system calls by architecture and age (include/linux/syscalls.h, arch/.../syscall_wrapper.h). */
    private static final String[] SYSCALLS = {
        "__x64_compat_sys_",
        "__ia32_compat_sys_",
        "__arm64_compat_sys_",
        "__se_compat_sys_",
        "__do_compat_sys_",
        "compat_sys_",
        "compat_SyS_",
        "C_SYSC_",
        "__x64_sys_",
        "__ia32_sys_",
        "__arm64_sys_",
        "__riscv_sys_",
        "__s390x_sys_",
        "__s390_sys_",
        "__powerpc_sys_",
        "__se_sys_",
        "__do_sys_",
        "SYSC_",
        "SyS_",
        "ksys_",
        "sys_"
    };

    private FunctionNames() {}

    /** {@return the name without what compilers add, such as .isra.0, .constprop.0, .part.0, .cold, .llvm.123; the path of a Rust function} */
    static String base(String name) {
        String path = name.startsWith("_R") ? RustDemangler.demangle(name) : null;
        if (path != null) {
            // A mangled name has hashes of the crates, which change with each build.
            return path;
        }
        int dot = name.indexOf('.', 1);
        String base = dot > 0 ? name.substring(0, dot) : name;
        if (base.startsWith("__pfx_") || base.startsWith("__cfi_")) {
            base = base.substring(6);
        }
        if (base.startsWith("__pi_")) {
            // arm64's second name of string functions.
            base = base.substring(5);
        }
        if (base.startsWith("bpf_prog_")) {
            // The program's tag is stable, but it changes with the program: its name remains.
            int end = base.indexOf('_', 9);
            return end > 0 && end + 1 < base.length() ? "bpf_prog_" + base.substring(end + 1) : "bpf_prog";
        }
        if (base.startsWith("bpf_trampoline_")) {
            return "bpf_trampoline";
        }
        return base;
    }

    /** {@return the function in func+0x12/0x34 [module]} */
    static String printed(String text) {
        int to = 0;
        while (to < text.length() && text.charAt(to) != '+' && text.charAt(to) != ' ') {
            to++;
        }
        return text.substring(0, to);
    }

    /** {@return the module at the end of a text; null if there is none} */
    static @Nullable String printedModule(String text) {
        int open = text.lastIndexOf('[');
        return open > 0 && text.endsWith("]") ? text.substring(open + 1, text.length() - 1) : null;
    }

    /** {@return the name for a signature: each wrapper of a system call is the call} */
    static String stable(String name) {
        String base = base(name);
        for (String prefix : SYSCALLS) {
            if (base.startsWith(prefix) && base.length() > prefix.length()) {
                return "sys_" + base.substring(prefix.length());
            }
        }
        return base;
    }
}
