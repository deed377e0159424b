/**
 * Decompression of formats that the JDK does not read, or reads more slowly (zlib), with bounded memory.
 *
 * <p>Input: a compressed stream, or an xz file. Output: its bytes, block by block, as an {@link java.io.InputStream} or in
 * one array. The decoders are written for the JVM's first compiler (C1): loops with their state in local variables.
 * Damaged data causes an {@link dev.backline.unpack.UnpackException} and no other exception.
 *
 * <pre>{@code
 * try (InputStream module = new ZstdInputStream(Files.newInputStream(Path.of("xfs.ko.zst")))) {
 *     byte[] elf = module.readAllBytes();
 * }
 * }</pre>
 */
@NullMarked
package dev.backline.unpack;

import org.jspecify.annotations.NullMarked;
