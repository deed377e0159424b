package dev.backline.debugfiles;

/**
 * Why no usable file was found.
 *
 * @param reason the kind of the reason, for programs
 * @param message one line for a person: what was looked for, where, and what to do next
 */
public record MissingFile(Reason reason, String message) implements DebugFileLookup {
    /** The kinds of reasons. */
    public enum Reason {
        /** There is no vmlinux. */
        KERNEL_NOT_FOUND,
        /** There are several kernels, and nothing says which one is meant. */
        SEVERAL_KERNELS,
        /** There is no file for the module. */
        MODULE_NOT_FOUND,
        /** All files that were found are of other builds. */
        BUILD_MISMATCH,
        /** All files that were found lack debug information. */
        NO_DEBUG_INFO,
        /** A file was found and cannot be read. */
        UNREADABLE
    }
}
