/**
 * What the debug information declares by name: types, members of structures, enumerations and functions.
 *
 * <p>In come a {@link dev.backline.dwarf.Dwarf} and an address of code; out comes what the unit with that code declares
 * ({@link dev.backline.dwarf.types.Declarations}): a member and its offset, an enumerator and its value, the parameters
 * of a function and each place where its code is. Only the entries that an answer needs are read. A name that the unit
 * does not declare is null; bytes that break the standard end in a {@link dev.backline.dwarf.DwarfException} with their
 * place.
 *
 * <pre>{@code
 * try (ElfFile elf = ElfFile.open(vmlinux)) {
 *     Declarations unit = Declarations.at(Dwarf.of(elf), 0xffffffff817e8285L);
 *     Member state = unit.member("sock", "__sk_common.skc_state");
 *     System.out.println(state.type() + " at offset " + state.offset());
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.dwarf.types;

import org.jspecify.annotations.NullMarked;
