package dev.backline.gsym;

import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;

/** Names of code without a symbol: the names of its sections. Immutable, thread-safe. */
final class SectionNames {
    private final ElfFile elf;
    private final int[] names;

    SectionNames(ElfFile elf, StringPool strings) throws ElfException {
        this.elf = elf;
        names = new int[elf.sections().size()];
        for (Section section : elf.sections()) {
            if (section.isExecutable()) {
                String name = section.name();
                names[section.index()] = strings.add(name.isEmpty() ? "section " + section.index() : name);
            }
        }
    }

    /** The string table offset of the name of the section with the address. */
    int of(long address) {
        Section section = elf.sectionAt(address);
        return section == null ? 0 : names[section.index()];
    }
}
