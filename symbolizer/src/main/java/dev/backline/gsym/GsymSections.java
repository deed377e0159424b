package dev.backline.gsym;

import dev.backline.elf.Section;
import java.io.IOException;
import java.util.List;

/** The section that stands for those of a GSYM without an extension, where nothing is known of sections. */
final class GsymSections {
    /** Its index. */
    static final int CODE = 1;

    private GsymSections() {}

    /** From the first function's start to the last one's end. */
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
