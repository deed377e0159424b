package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A debug file, as far as it tells its build. */
sealed interface BuiltFile permits DebugData, RejectedFile {
    /** {@return the file's name in messages} */
    String name();

    /** {@return the file's path; null if the file was given as bytes} */
    @Nullable
    Path path();

    /**
     * {@return the NT_GNU_BUILD_ID of the ELF file; null if it has none}
     *
     * @throws IOException if the notes cannot be read
     */
    @Nullable
    BuildId buildId() throws IOException;

    /** {@return the kernel's release and banner from the file; null where the file does not name them} */
    KernelRelease release();
}
