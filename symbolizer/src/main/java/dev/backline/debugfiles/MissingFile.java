package dev.backline.debugfiles;

import java.util.List;

/**
 * Why no usable file was found.
 *
 * @param reason the kind of the reason, for programs
 * @param message one line: what was searched for, where, and what to do next
 * @param searched each place that was searched, and what was wrong with a file there
 */
public record MissingFile(Reason reason, String message, List<String> searched) implements DebugFileLookup {
    public MissingFile {
        searched = List.copyOf(searched);
    }

    /** The kinds of reasons. */
    public enum Reason {
        /** No vmlinux was found. */
        KERNEL_NOT_FOUND,
        /** Several kernels were found, and nothing selects one. */
        SEVERAL_KERNELS,
        /** No file was found for the module. */
        MODULE_NOT_FOUND,
        /** All files found are from other builds. */
        BUILD_MISMATCH,
        /** All files found lack debug information. */
        NO_DEBUG_INFO,
        /** A file was found but cannot be read. */
        UNREADABLE
    }
}
