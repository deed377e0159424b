package dev.backline.kernel;

import dev.backline.debugfiles.MissingFile;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a frame reference has no place in a debug file.
 *
 * @param reason the kind of reason, for programs
 * @param message one line for a person: what is wrong, where, and what to do; equal for all places with this reason
 * @param detail what is special about this place; null if nothing is
 */
public record NotLocated(
        Reason reason, String message, @Nullable String detail) implements Location {
    NotLocated(Reason reason, String message) {
        this(reason, message, null);
    }

    /** The kinds of reasons. */
    public enum Reason {
        /** There is no file for the module. */
        MODULE_NOT_FOUND,
        /** The debug files or the load map are from another build. */
        BUILD_MISMATCH,
        /** There is no readable file with debug information. */
        NO_DEBUG_INFO,
        /** The address is not in the code of the kernel or of a module. */
        NOT_CODE
    }

    /** {@return the reason and message of a missing file} */
    static NotLocated of(MissingFile missing) {
        return new NotLocated(reason(missing), missing.message());
    }

    /** {@return the kind of reason for a missing file} */
    static Reason reason(MissingFile missing) {
        return switch (missing.reason()) {
            case MODULE_NOT_FOUND -> Reason.MODULE_NOT_FOUND;
            case BUILD_MISMATCH -> Reason.BUILD_MISMATCH;
            case KERNEL_NOT_FOUND, SEVERAL_KERNELS, NO_DEBUG_INFO, UNREADABLE -> Reason.NO_DEBUG_INFO;
        };
    }
}
