package dev.backline.cli.console;

import dev.backline.io.NewFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file of {@code -o}: it must not exist, and it gets its name once it is complete. */
public final class OutputFile {
    private OutputFile() {}

    /** Writes the whole content. */
    @FunctionalInterface
    public interface Writing {
        void writeTo(Output out) throws IOException;
    }

    /**
     * Writes a file under another name until it is complete.
     *
     * @throws IOException when a file of that name exists, or the file cannot be written
     */
    public static void write(Path file, Writing content) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw isThere(file, null);
        }
        try (NewFile next = NewFile.beside(file)) {
            Output output = new Output(next);
            content.writeTo(output);
            output.flush();
            next.commitUnlessPresent();
        } catch (FileAlreadyExistsException e) {
            throw isThere(file, e);
        }
    }

    /** {@return the complaint about a file that exists} */
    public static IOException isThere(Path file, @Nullable IOException cause) {
        return new IOException(
                file + " is there already, and nothing is overwritten; remove it or name another", cause);
    }
}
