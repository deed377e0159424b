/**
 * One ELF file, read by position: header, sections, symbols, notes, relocations, decompression.
 *
 * <p>Input: a vmlinux, a kernel module (also .ko.xz, .ko.zst or .ko.gz), an object file or a shared
 * library, 32- or 64-bit, of either byte order. Output: the bytes of sections, decompressed and
 * relocated; symbols as columns; the build id. Only the requested parts are read, so no work is
 * proportional to the size of the file.
 *
 * <pre>{@code
 * try (ElfFile vmlinux = ElfFile.open(Path.of("vmlinux"))) {
 *     SymbolTable symbols = vmlinux.symbols();
 *     int[] found = symbols.named("tcp_v4_rcv");
 *     SectionData info = vmlinux.debugData(".debug_info");
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.elf;

import org.jspecify.annotations.NullMarked;
