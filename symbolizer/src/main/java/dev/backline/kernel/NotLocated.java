package dev.backline.kernel;

import dev.backline.debugfiles.MissingFile;

/**
 * Why a frame reference has no place in a file.
 *
 * @param reason the kind of the reason, for programs
 * @param message one line for a person: what was looked for, where, and what to do next
 */
public record NotLocated(Reason reason, String message) implements Location {
    /** The kinds of reasons. */
    public enum Reason {
        /** There is no file for the module. */
        MODULE_NOT_FOUND,
        /** The files, or what is known of the boot, are of another build. */
        BUILD_MISMATCH,
        /** There is no readable file with debug information. */
        NO_DEBUG_INFO,
        /** The address is not in the code of the kernel or of a module. */
        NOT_CODE
    }

    /** {@return the same reason, where the file that a reference points into is missing} */
    static NotLocated of(MissingFile missing) {
        return new NotLocated(reason(missing), missing.message());
    }

    /** {@return the kind of reason that a missing file is for a place in it} */
    static Reason reason(MissingFile missing) {
        return switch (missing.reason()) {
            case MODULE_NOT_FOUND -> Reason.MODULE_NOT_FOUND;
            case BUILD_MISMATCH -> Reason.BUILD_MISMATCH;
            case KERNEL_NOT_FOUND, SEVERAL_KERNELS, NO_DEBUG_INFO, UNREADABLE -> Reason.NO_DEBUG_INFO;
        };
    }
}
