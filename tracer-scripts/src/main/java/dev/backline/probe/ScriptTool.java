package dev.backline.probe;

import org.jspecify.annotations.Nullable;

/** A tool that runs probe scripts. */
public enum ScriptTool {
    /** 4.8 to 5.x, for kernels from 3.10 on; needs the kernel's headers and debug files where it compiles. */
    SYSTEMTAP("systemtap", ".stp"),
    /** 0.17 to 0.23, for kernels with BTF, or with their headers installed. */
    BPFTRACE("bpftrace", ".bt");

    private final String word;
    private final String suffix;

    ScriptTool(String word, String suffix) {
        this.word = word;
        this.suffix = suffix;
    }

    /** {@return the name on the command line and in the output of scripts} */
    public String word() {
        return word;
    }

    /** {@return the suffix of its scripts' names} */
    public String suffix() {
        return suffix;
    }

    /**
     * {@return the tool of that name, or null}
     *
     * @param word as {@link #word()}
     */
    public static @Nullable ScriptTool named(String word) {
        for (ScriptTool tool : values()) {
            if (tool.word.equals(word)) {
                return tool;
            }
        }
        return null;
    }
}
