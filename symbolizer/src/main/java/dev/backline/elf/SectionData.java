package dev.backline.elf;

import dev.backline.io.FailureReason;
import dev.backline.io.Hex;
import java.io.IOException;

/**
 * The bytes of a section by position: decompressed, and relocated in an ET_REL. Thread-safe.
 */
public final class SectionData {
    private final String file;
    private final String name;
    private final ByteSource bytes;

    SectionData(String file, String name, ByteSource bytes) {
        this.file = file;
        this.name = name;
        this.bytes = bytes;
    }

    /** {@return the section's name, for messages} */
    public String name() {
        return name;
    }

    /** {@return the file's name, for messages} */
    public String file() {
        return file;
    }

    ByteSource bytes() {
        return bytes;
    }

    /** {@return the number of bytes after decompression} */
    public long size() {
        return bytes.size();
    }

    /**
     * {@return exactly {@code length} bytes}
     *
     * @param offset of the first byte in the section, from 0
     * @param length the number of bytes
     * @throws ElfException if they are not all in the section, or cannot be read
     */
    public byte[] read(long offset, int length) throws ElfException {
        check(offset, length);
        byte[] into = new byte[length];
        fill(offset, into, 0, length);
        return into;
    }

    /**
     * Reads exactly {@code length} bytes into an array.
     *
     * @param offset of the first byte in the section, from 0
     * @param into the destination
     * @param at the index of the first byte in the destination
     * @param length the number of bytes
     * @throws ElfException if the bytes are not all in the section, or cannot be read
     */
    public void read(long offset, byte[] into, int at, int length) throws ElfException {
        check(offset, length);
        fill(offset, into, at, length);
    }

    private void check(long offset, int length) throws ElfException {
        if (!ByteSource.within(offset, length, bytes.size())) {
            throw new ElfException(file + ": " + name + "+" + Hex.text(offset) + ": " + Hex.text(length)
                    + " bytes extend past the end of the section (" + Hex.text(bytes.size()) + " bytes)");
        }
    }

    private void fill(long offset, byte[] into, int at, int length) throws ElfException {
        try {
            bytes.read(offset, into, at, length);
        } catch (ElfException e) {
            throw e;
        } catch (IOException e) {
            throw new ElfException(
                    file + ": " + name + "+" + Hex.text(offset) + ": cannot be read: " + FailureReason.of(e), e);
        }
    }
}
