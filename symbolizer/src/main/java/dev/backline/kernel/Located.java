package dev.backline.kernel;

import dev.backline.debugfiles.DebugFile;
import dev.backline.trace.FrameReference;
import org.jspecify.annotations.Nullable;

/**
 * A place in a file.
 *
 * @param file which file
 * @param reference the place in it: the symbol as the trace has it; the address, where there is one, as the file has it
 *     ({@link dev.backline.elf.ElfFile#address}), null where it could not be translated and the symbol has to do
 * @param note what a person should know of how sure this is, or null
 */
public record Located(
        DebugFile file, FrameReference reference, @Nullable String note) implements Location {}
