package dev.backline.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is written under another name beside its own, and takes its own when it is whole. */
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
     * Starts a file, below a temporary name in the same folder.
     *
     * @param name the name that {@link #commit} gives it
     * @return the file, open for writing
     * @throws IOException when it cannot be created
     */
    public static NewFile beside(Path name) throws IOException {
        Path target = name;
        if (Files.exists(name)) {
            // What a symbolic link leads to takes the bytes, and a device is never replaced.
            target = name.toRealPath();
            if (!Files.isRegularFile(target)) {
                throw new FileSystemException(
                        name.toString(), null, Files.isDirectory(target) ? "is a directory" : "is not a regular file");
            }
        }
        String before = "." + target.getFileName() + ".";
        Leftovers.clear(target.resolveSibling(""), before, SUFFIX);
        Path temporary = target.resolveSibling(before + ProcessHandle.current().pid() + SUFFIX);
        try {
            return new NewFile(
                    target,
                    temporary,
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING));
        } catch (IOException e) {
            throw cannot(target, e);
        }
    }

    private static IOException cannot(Path target, IOException e) {
        return new FileSystemException(target.toString(), null, "cannot be written: " + reason(e));
    }

    /** What is wrong; the class library's messages for missing and unreadable files are their bare names. */
    private static String reason(IOException e) {
        return e instanceof FileSystemException named && named.getReason() == null
                ? e.getClass().getSimpleName().replace("Exception", "")
                : e instanceof FileSystemException named
                        ? String.valueOf(named.getReason())
                        : String.valueOf(e.getMessage());
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
     * Gives the file its name.
     *
     * @throws IOException when it cannot be written or renamed
     */
    public void commit() throws IOException {
        try {
            channel.close();
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw cannot(target, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(temporary);
    }
}
