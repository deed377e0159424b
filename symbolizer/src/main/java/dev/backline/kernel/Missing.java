package dev.backline.kernel;

/**
 * Why there is no file, or no place in one.
 *
 * @param reason its kind, for programs
 * @param message one line for a person: what was looked for, what was tried, what to do
 */
public record Missing(Reason reason, String message) implements DebugFileLookup, Location {
    /** The kinds of reasons. */
    public enum Reason {
        /** There is no vmlinux. */
        KERNEL_NOT_FOUND,
        /** There are several, and nothing says which is meant. */
        SEVERAL_KERNELS,
        /** There is no file for the module. */
        MODULE_NOT_FOUND,
        /** There are files, of other builds. */
        BUILD_MISMATCH,
        /** There are files, without debug information. */
        NO_DEBUG_INFO,
        /** There is a file that cannot be read. */
        UNREADABLE,
        /** The address is in no code of the kernel or of a module. */
        NOT_CODE
    }
}
