package dev.backline.probe;

import org.jspecify.annotations.Nullable;

/** Writes probe scripts. The same arguments give the same script, byte for byte. */
public final class ProbeScript {
    private ProbeScript() {}

    /**
     * Writes a script.
     *
     * @param tool the tool that runs it
     * @param options what it prints, and how much
     * @param kernel the kernel to write for; null for a script that finds out when it is compiled or started
     * @param fileName the name of the script, for the command line in its head; replaced where it is not a plain word
     * @return its text, which ends with a line feed
     */
    public static String of(
            ScriptTool tool, ScriptOptions options, @Nullable KernelProbes kernel, @Nullable String fileName) {
        String name = ScriptText.plainOr(fileName, "rst" + tool.suffix());
        return switch (tool) {
            case SYSTEMTAP -> SystemTapScript.of(options, kernel, name);
            case BPFTRACE -> BpftraceScript.of(options, kernel, name);
        };
    }
}
