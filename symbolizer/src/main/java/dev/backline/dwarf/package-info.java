/**
 * The DWARF reader, versions 2 to 5.
 *
 * <p>In comes an {@link dev.backline.elf.ElfFile} with {@code .debug_*} sections; out go source
 * frames for an address: the inlined chain, each frame with its file, line and column, and the
 * call sites and labels of a function; and by name, what a unit says of functions, structures and
 * enumerations ({@link dev.backline.dwarf.Declarations}). Everything is decoded on demand, unit by
 * unit, and kept as columns of primitives. What a unit's tables cannot tell is an empty answer; bytes that break the
 * standard end in a {@link dev.backline.dwarf.DwarfException} that says where.
 *
 * <pre>{@code
 * try (ElfFile elf = ElfFile.open(vmlinux)) {
 *     Dwarf dwarf = Dwarf.of(elf);
 *     for (Frame frame : dwarf.framesAt(0xffffffff817e8285L)) System.out.println(frame);
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.dwarf;

import org.jspecify.annotations.NullMarked;
