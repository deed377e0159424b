package dev.backline.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Says in a few words why something failed, never with the name of a Java class: the class library's exceptions about files
 * often have no message but the file's name.
 */
@Internal
public final class FailureReason {
    private FailureReason() {}

    /**
     * {@return the reason on one line, without the name of the file that a file operation was about}
     *
     * @param failure any exception
     */
    public static String of(Throwable failure) {
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : null;
        Throwable e = cause == null ? failure : cause;
        String stated = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        if (stated != null && !stated.isBlank() && !isJavas(e)) {
            return stated.lines().findFirst().orElse("").strip();
        }
        if (e instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file of this name exists already";
        }
        if (e instanceof NotDirectoryException) {
            return "is not a directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (e instanceof FileSystemLoopException) {
            return "a loop of links";
        }
        if (e instanceof EOFException) {
            return "ends too early";
        }
        if (e instanceof ClosedChannelException) {
            return "was closed";
        }
        return e instanceof OutOfMemoryError ? "there is not enough memory" : "its content is not valid";
    }

    /**
     * {@return what failed, on one line: the file that the failure names, if it names one, and the reason}
     *
     * @param failure of a file operation
     */
    public static String withFile(IOException failure) {
        if (failure instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + of(failure);
        }
        String message = failure.getMessage();
        return message == null ? of(failure) : message;
    }

    /** Whether the message was written by a check of the Java runtime, for programmers. */
    private static boolean isJavas(Throwable e) {
        return e instanceof OutOfMemoryError
                || e instanceof IndexOutOfBoundsException
                || e instanceof NullPointerException
                || e instanceof ClassCastException
                || e instanceof NegativeArraySizeException;
    }
}
