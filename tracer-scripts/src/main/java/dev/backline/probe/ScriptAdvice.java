package dev.backline.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Advice on known error messages of the tools. */
final class ScriptAdvice {
    private static final int SEGMENTATION_FAULT = 139;

    private ScriptAdvice() {}

    static String install(ScriptTool tool) {
        return switch (tool) {
            case SYSTEMTAP ->
                "install systemtap, and the headers and debug files of the kernel; or compile on a machine that"
                        + " has them (stap -p4 -r RELEASE) and run the module here with staprun; or use --tool bpftrace";
            case BPFTRACE -> "install bpftrace (0.17 or later); or use --tool systemtap";
        };
    }

    /** {@return advice, most likely first; empty for unknown messages} */
    static List<String> of(ScriptTool tool, int status, String output) {
        String said = output.toLowerCase(Locale.ROOT);
        List<String> advice = new ArrayList<>();
        if (tool == ScriptTool.SYSTEMTAP) {
            systemTap(said, advice);
        } else {
            bpftrace(said, status, advice);
        }
        return advice;
    }

    private static void systemTap(String said, List<String> advice) {
        if (said.contains("task_work_cancel")) {
            advice.add(
                    "this SystemTap is older than the kernel's renaming of task_work_cancel (6.11, and stable releases of"
                            + " older kernels): use a newer one; or copy /usr/share/systemtap/runtime, put task_work_cancel_func for"
                            + " task_work_cancel into the typeof and the kallsyms_lookup_name of its stp_task_work.c, and give the"
                            + " copy with -R");
        }
        if (said.contains("/build/.config\" failed") || said.contains("kernel-devel")) {
            advice.add("the headers of that kernel are missing: apt-get install linux-headers-RELEASE, or"
                    + " dnf install kernel-devel-RELEASE");
        }
        if (said.contains("debuginfo") || said.contains("no match") || said.contains("unable to find local")) {
            advice.add("the debug files of that kernel are missing: apt-get install linux-image-RELEASE-dbg, or"
                    + " dnf debuginfo-install kernel-RELEASE; backline kernel where RELEASE says what is there");
        }
        if (said.contains("build-id mismatch")) {
            advice.add(
                    "the debug files are of another build than the kernel: install those of the same package version");
        }
        if (said.contains("not permitted") || said.contains("permission denied")) {
            advice.add("run it as root, or as a member of stapdev and stapusr");
        }
        if (said.contains("no space left")) {
            advice.add("the temporary directory is full: the compiled module has some 10 MB, $TMPDIR names another");
        }
    }

    private static void bpftrace(String said, int status, List<String> advice) {
        if (said.contains("root user") || said.contains("not permitted") || said.contains("cap_")) {
            advice.add("run it as root");
        }
        if (said.contains("failed to resolve kernel symbol")) {
            advice.add(
                    "/proc/kallsyms of this machine does not show the symbol: check it as root, on a machine that runs the"
                            + " kernel that the script was written for; or write one without -e and -r, for any kernel");
        }
        if (said.contains("unknown struct")
                || said.contains("does not contain a field")
                || said.contains("file not found")) {
            advice.add(
                    "this kernel has no such structure or member: write the script for it with -e or -r; where it has no"
                            + " BTF (/sys/kernel/btf/vmlinux), install its headers");
        }
        if (said.contains("no valid attach points")) {
            advice.add("a function is in no module that is loaded: set " + BpftraceScript.MISSING_PROBES
                    + "=warn, as the script's head does");
        }
        if (said.contains("unknown function") || said.contains("syntax error")) {
            advice.add("this bpftrace is too old: 0.17 is the oldest that takes the script");
        }
        if (status == SEGMENTATION_FAULT || said.contains("available_filter_functions")) {
            advice.add("mount tracefs, which bpftrace wants: mount -t tracefs tracefs /sys/kernel/tracing");
        }
    }
}
