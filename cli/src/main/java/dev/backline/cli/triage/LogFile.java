package dev.backline.cli.triage;

import dev.backline.archive.ArchiveMembers;
import dev.backline.intake.FileKind;
import dev.backline.intake.LogInput;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a file is: a log, an archive of logs, or neither, also if it is compressed. Archives are read as streams; nothing
 * is unpacked to a disk. Immutable; as thread-safe as its sink.
 */
final class LogFile {
    /** The name of a member follows its archive's, after this. */
    static final char IN = '!';

    /** Bytes that tell the kind of a file. */
    private static final int HEAD = 4096;

    /** Archives in an archive in an archive. */
    private static final int MAX_DEPTH = 3;

    /** A member up to this size is read at once, so that another thread can go through it. */
    private static final int SMALL = 128 << 10;

    /** Names in an archive are hostile. */
    private static final int MAX_NAME = 1024;

    /** Takes what is in a file. */
    interface Sink {
        /**
         * Takes a log.
         *
         * @param name the log's name
         * @param text its text, decompressed; it can only be read during the call
         */
        void log(String name, InputStream text);

        /**
         * Takes a small member of an archive, which can be read after the call, on another thread.
         *
         * @param reading reads the member, and calls this sink for what is in it
         */
        default void small(Runnable reading) {
            reading.run();
        }

        /** {@return whether the rest of an archive can be left out} */
        default boolean enough() {
            return false;
        }

        /**
         * Takes note of a file that is not text.
         *
         * @param sentence what it is
         * @param member whether it is in an archive
         */
        void other(String sentence, boolean member);

        /**
         * Takes note of a file or a member that cannot be read.
         *
         * @param sentence why
         * @param member whether it is in an archive
         */
        void unreadable(String sentence, boolean member);
    }

    private final Sink sink;
    private final Expansion expansion;

    private LogFile(Sink sink, Expansion expansion) {
        this.sink = sink;
        this.expansion = expansion;
    }

    /**
     * Reads a file.
     *
     * @param name the file's name
     * @param in the file; the caller closes it
     * @param sink takes what is in it
     */
    static void read(String name, InputStream in, Sink sink) {
        Expansion expansion = new Expansion();
        new LogFile(sink, expansion).read(name, expansion.packed(in), 0);
    }

    /** {@return the file that holds a log: the log itself, or the archive that it is in; null if no such file exists} */
    static @Nullable String file(String log) {
        for (int at = log.length(); at > 0; at = log.lastIndexOf(IN, at - 1)) {
            String file = log.substring(0, at);
            if (isFile(file)) {
                return file;
            }
        }
        return null;
    }

    private static boolean isFile(String name) {
        try {
            return Files.exists(Path.of(name));
        } catch (InvalidPathException e) {
            // The name of a member need not be a path.
            return false;
        }
    }

    private void read(String name, InputStream in, int depth) {
        boolean member = depth > 0;
        try {
            BufferedInputStream plain =
                    new BufferedInputStream(expansion.unpacked(name, LogInput.decompressed(name, in)), 2 * HEAD);
            plain.mark(HEAD);
            byte[] head = plain.readNBytes(HEAD);
            plain.reset();
            FileKind kind = FileKind.of(head, head.length);
            switch (kind) {
                // Decodes UTF-16.
                case TEXT, EMPTY -> sink.log(name, LogInput.open(name, plain).text());
                case TAR, ZIP -> {
                    if (depth >= MAX_DEPTH) {
                        sink.unreadable(name + ": an archive in more than " + MAX_DEPTH + " others", true);
                    } else if (kind == FileKind.TAR) {
                        ArchiveMembers.tar(name, plain, new Members(name, depth + 1));
                    } else {
                        ArchiveMembers.zip(name, plain, new Members(name, depth + 1));
                    }
                }
                default -> sink.other(kind.sentence(name), member);
            }
        } catch (IOException e) {
            sink.unreadable(Fleet.sentence(name, e), member);
        }
    }

    /** The members of one archive. */
    private final class Members implements ArchiveMembers.Visitor {
        private final String archive;
        private final int depth;

        Members(String archive, int depth) {
            this.archive = archive;
            this.depth = depth;
        }

        private String name(String member) {
            String cut = member.length() > MAX_NAME ? member.substring(0, MAX_NAME) + "…" : member;
            return archive + IN + cut;
        }

        @Override
        public void member(String member, InputStream content) throws IOException {
            if (sink.enough()) {
                throw new IOException("enough was read");
            }
            String name = name(member);
            byte[] start = content.readNBytes(SMALL + 1);
            InputStream begin = new ByteArrayInputStream(start);
            if (start.length <= SMALL) {
                // Its decompressor, which can need 64 MB, is opened only when the member is read.
                sink.small(() -> read(name, begin, depth));
            } else {
                read(name, new SequenceInputStream(begin, content), depth);
            }
            expansion.check();
        }

        @Override
        public void unreadable(String member, String reason) {
            sink.unreadable(name(member) + ": " + reason, true);
        }
    }
}
