package dev.backline.cli.console;

import dev.backline.debugfiles.DebugFiles;
import dev.backline.intake.FileKind;
import dev.backline.io.FailureReason;
import dev.backline.io.Suggestions;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Checks the debug files and directories that options name, before a command prints anything. */
public final class NamedFiles {
    /** The most names of a directory that are compared with a missing one. */
    private static final int NAMES = 10_000;

    /** The number of bytes that tell the kind of a file. */
    private static final int HEAD = 4096;

    private static final byte[] NONE = {};

    private NamedFiles() {}

    /**
     * Opens the named file and looks at the named directories.
     *
     * @throws IOException when one of them cannot be used; the message is one line that says what to do
     */
    public static void check(DebugFiles files) throws IOException {
        try {
            files.check();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    asGiven(e.getFile()) + ": " + missing(e.getFile())
                            + "; -e needs a vmlinux with debug info (backline kernel list shows those on this machine)",
                    e);
        } catch (FileSystemException e) {
            throw new IOException(FailureReason.withFile(e), e);
        }
    }

    /**
     * {@return the first bytes of a file that is to be read as text; none for a pipe or a device, which can be read only once}
     *
     * @param what the file should be
     * @throws IOException when there is no such file, or it cannot be read
     */
    public static byte[] head(String name, String what) throws IOException {
        Path file = Path.of(name);
        if (Files.isDirectory(file)) {
            throw new IOException(name + ": is a directory, not " + what);
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(name, null, missing(name) + similar(file));
        }
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD);
        } catch (AccessDeniedException e) {
            throw new IOException(name + ": you may not read this file", e);
        }
    }

    /**
     * {@return a stream of a file, a pipe or a device} Files.newInputStream asks for the position in a pipe, which has none.
     *
     * @throws IOException when the file cannot be opened
     */
    public static InputStream open(String name) throws IOException {
        Path file = Path.of(name);
        return Files.isRegularFile(file) ? Files.newInputStream(file) : new FileInputStream(file.toFile());
    }

    /** {@return the name of a file beside a missing one, as a question} */
    private static String similar(Path missing) {
        Path parent = missing.getParent();
        Suggestions suggestions = new Suggestions(String.valueOf(missing.getFileName()), 1);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(parent == null ? Path.of("") : parent)) {
            int left = NAMES;
            for (Path each : files) {
                if (left-- == 0) {
                    break;
                }
                suggestions.consider(String.valueOf(each.getFileName()));
            }
        } catch (IOException e) {
            return "";
        }
        return suggestions.names().isEmpty()
                ? ""
                : " (did you mean " + missing.resolveSibling(suggestions.names().get(0)) + "?)";
    }

    /**
     * Fails if a file is not text, compressed or not.
     *
     * @param expected what the file should be
     */
    public static void requireText(String name, FileKind kind, String expected) throws IOException {
        if (kind != FileKind.TEXT && kind != FileKind.EMPTY && !kind.isCompressed()) {
            throw new IOException(kind.sentence(name, expected));
        }
    }

    /** {@return why there is no such file, for names of other systems what to do} */
    private static String missing(String name) {
        String start = name.substring(0, Math.min(8, name.length())).toLowerCase(Locale.ROOT);
        if (start.startsWith("http:/") || start.startsWith("https:/") || start.startsWith("ftp:/")) {
            return "this is a URL; download it first (curl -LO " + Printable.word(asGiven(name)) + ")";
        }
        if (name.length() > 2 && name.charAt(1) == ':' && name.charAt(2) == '\\') {
            return "there is no such file; this is a path of Windows (in WSL: "
                    + Printable.word(
                            "/mnt/" + start.charAt(0) + name.substring(2).replace('\\', '/')) + ")";
        }
        return "there is no such file";
    }

    /** A path has lost one of the slashes of a URL. */
    private static String asGiven(String name) {
        int colon = name.indexOf(":/");
        return missingSlash(name, colon) ? name.substring(0, colon) + "://" + name.substring(colon + 2) : name;
    }

    private static boolean missingSlash(String name, int colon) {
        return colon > 2 && colon < 6 && !name.startsWith("//", colon + 1);
    }
}
