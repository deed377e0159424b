package dev.backline.gsym;

import dev.backline.elf.Section;
import java.io.IOException;
import java.util.List;

/** The one section of a GSYM file without an extension, which does not describe sections. */
final class GsymSections {
    /** The index of this section. */
    static final int CODE = 1;

    private GsymSections() {}

    /** The null section, and a code section from the start of the first function to the end of the last. */
    static List<Section> ofFunctions(GsymFile file) throws IOException {
        int last = file.size() - 1;
        long start = last < 0 ? 0 : file.address(0);
        long size = last < 0 ? 0 : file.address(last) + Math.max(1, file.functionSize(last)) - start;
        return List.of(
                GsymExtension.section(0, "", Section.SHT_NULL, 0, 0, 0, 0),
                GsymExtension.section(
                        CODE,
                        ".text",
                        Section.SHT_PROGBITS,
                        Section.SHF_ALLOC | Section.SHF_EXECINSTR,
                        start,
                        size,
                        1));
    }
}
