package dev.backline.kernel;

import dev.backline.debugfiles.DebugFile;
import dev.backline.trace.FrameReference;
import org.jspecify.annotations.Nullable;

/**
 * A place in a debug file.
 *
 * @param file the debug file
 * @param reference the place in the file: the symbol as written in the trace, and the address in the address space of
 *     the file ({@link dev.backline.elf.ElfFile#address}); null if the address could not be translated and only the
 *     symbol identifies the place
 * @param note a caveat for a person, such as an estimated address; or null
 */
public record Located(
        DebugFile file, FrameReference reference, @Nullable String note) implements Location {}
