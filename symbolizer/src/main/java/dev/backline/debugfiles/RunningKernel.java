package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The release and build ids of the running kernel, which any user may read. */
final class RunningKernel {
    private static final int NT_GNU_BUILD_ID = 3;
    private static final int MAX_NOTES = 1 << 16;

    private final Path root;

    /** @param root the directory that contains proc and sys */
    RunningKernel(Path root) {
        this.root = root;
    }

    /** {@return the build id of the wanted file if it belongs to the running kernel; else null} */
    @Nullable
    BuildId buildId(Wanted wanted) {
        String release = wanted.release();
        if (release == null || !release.equals(release())) {
            return null;
        }
        String module = wanted.module();
        if (module == null) {
            return ofNotes(root.resolve("sys/kernel/notes"));
        }
        return ModuleNames.isModule(module)
                ? ofNotes(root.resolve("sys/module/" + module + "/notes/.note.gnu.build-id"))
                : null;
    }

    /** {@return the output of uname -r; null if there is no /proc} */
    @Nullable
    String release() {
        try {
            return Files.readString(root.resolve("proc/sys/kernel/osrelease")).strip();
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable BuildId ofNotes(Path file) {
        try (var in = Files.newInputStream(file)) {
            return find(in.readNBytes(MAX_NOTES));
        } catch (IOException e) {
            return null;
        }
    }

    /** Reads notes (gABI ch. 5, "Note Section") in this machine's byte order. */
    static @Nullable BuildId find(byte[] notes) {
        ByteBuffer in = ByteBuffer.wrap(notes).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + 12 <= notes.length) {
            long nameSize = in.getInt(at) & 0xffff_ffffL;
            long size = in.getInt(at + 4) & 0xffff_ffffL;
            long name = at + 12L;
            long descriptor = name + (nameSize + 3 & ~3L);
            long end = descriptor + (size + 3 & ~3L);
            if (end > notes.length) {
                return null;
            }
            boolean gnu =
                    nameSize == 4 && "GNU\0".equals(new String(notes, (int) name, 4, StandardCharsets.ISO_8859_1));
            if (gnu && in.getInt(at + 8) == NT_GNU_BUILD_ID && size >= 1 && size <= 64) {
                return BuildId.of(Arrays.copyOfRange(notes, (int) descriptor, (int) (descriptor + size)));
            }
            at = (int) end;
        }
        return null;
    }
}
