/**
 * The DWARF reader, versions 2 to 5.
 *
 * <p>In comes an {@link dev.backline.elf.ElfFile} with {@code .debug_*} sections; out come the source frames of an
 * address (the inlined chain, each frame with its file, line and column), and the call sites and labels of a function.
 * Everything is decoded on demand, unit by unit, and kept as columns of primitives. An address that the debug
 * information does not cover has no frames; bytes that break the standard end in a {@link
 * dev.backline.dwarf.DwarfException} with their place. Types and declarations are in {@code dev.backline.dwarf.types}.
 *
 * <pre>{@code
 * try (ElfFile elf = ElfFile.open(vmlinux)) {
 *     Dwarf dwarf = Dwarf.of(elf);
 *     for (Frame frame : dwarf.framesAt(0xffffffff817e8285L)) {
 *         System.out.println(frame.function() + " " + frame.file() + ":" + frame.line());
 *     }
 * }
 * }</pre>
 *
 * <p>{@link dev.backline.dwarf.Dwarf} owns the units, and a unit owns its tables. A line table, range list or function
 * table is handed a {@code UnitContext} (sections, header, abbreviations, bases) and knows neither of them.
 */
@NullMarked
package dev.backline.dwarf;

import org.jspecify.annotations.NullMarked;
