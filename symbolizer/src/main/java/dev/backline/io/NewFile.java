package dev.backline.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that is written under a temporary name in the same folder and renamed when it is complete, so that no process
 * reads an incomplete file. If the process ends before, by a signal too, the temporary file is removed.
 */
@Internal
public final class NewFile extends OutputStream {
    private static final String SUFFIX = ".tmp";

    private final Path target;
    private final Path temporary;
    private final FileChannel channel;

    private NewFile(Path target, Path temporary, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
    }

    /**
     * Creates a temporary file in the folder of the name, and deletes temporary files that killed processes left there for
     * the same name. If the name is a symbolic link, the link's target will be replaced.
     *
     * @param name the name that the file gets when it is complete
     * @return the file, open for writing
     * @throws IOException if the file cannot be created, or the name belongs to a directory or a device
     */
    public static NewFile beside(Path name) throws IOException {
        Path target = name;
        if (Files.exists(name)) {
            target = name.toRealPath();
            if (!Files.isRegularFile(target)) {
                throw new FileSystemException(
                        name.toString(), null, Files.isDirectory(target) ? "is a directory" : "is not a regular file");
            }
        }
        clearLeftovers(target);
        // The process id keeps Leftovers of other processes from deleting the file; the random number distinguishes
        // threads.
        String number = ProcessHandle.current().pid() + "-"
                + Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
        Path temporary = target.resolveSibling(prefix(target) + number + SUFFIX);
        Unfinished.add(temporary);
        try {
            return new NewFile(
                    target,
                    temporary,
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
        } catch (IOException e) {
            Unfinished.remove(temporary);
            throw cannot(target, e);
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /**
     * Deletes the temporary files that killed processes left for a name more than a day ago.
     *
     * @param name as {@link #beside} had it
     */
    public static void clearLeftovers(Path name) {
        Leftovers.clear(name.resolveSibling(""), prefix(name), SUFFIX);
    }

    /** {@return the path of the temporary file} */
    public Path temporary() {
        return temporary;
    }

    private static IOException cannot(Path target, IOException e) {
        return e instanceof NoSuchFileException
                ? new FileSystemException(target.toString(), null, "cannot be written: no such directory")
                : new FileSystemException(target.toString(), null, "cannot be written: " + FailureReason.of(e));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw cannot(target, e);
        }
    }

    /**
     * Renames the file to its final name, and replaces an existing file.
     *
     * @throws IOException if the file cannot be written or renamed
     */
    public void commit() throws IOException {
        try {
            channel.close();
            replace(temporary, target);
        } catch (IOException e) {
            throw cannot(target, e);
        }
    }

    /**
     * Renames the file to its final name if no file has that name.
     *
     * @throws FileAlreadyExistsException if a file has that name
     * @throws IOException if the file cannot be written or renamed
     */
    public void commitUnlessPresent() throws IOException {
        try {
            channel.close();
            Files.move(temporary, target);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw cannot(target, e);
        }
    }

    /**
     * Renames a file and replaces an existing file, atomically if the file system can.
     *
     * @param from the file
     * @param to the new name
     * @throws IOException if the file cannot be renamed
     */
    public static void replace(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Deletes the temporary file unless it was renamed. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            Files.deleteIfExists(temporary);
            Unfinished.remove(temporary);
        }
    }
}
