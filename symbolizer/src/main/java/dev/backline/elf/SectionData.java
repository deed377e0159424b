package dev.backline.elf;

import java.io.IOException;

/**
 * A section's bytes by position, as their user means them: decompressed, and relocated where the
 * file leaves that to its reader. Thread-safe.
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

    /** {@return how many bytes there are, after decompression} */
    public long size() {
        return bytes.size();
    }

    /**
     * {@return exactly {@code length} bytes}
     *
     * @param offset of the first one in the section, from 0
     * @param length how many
     * @throws ElfException when they are not all in the section, or cannot be read
     */
    public byte[] read(long offset, int length) throws ElfException {
        check(offset, length);
        byte[] into = new byte[length];
        fill(offset, into, 0, length);
        return into;
    }

    /**
     * Reads exactly {@code length} bytes into an array that is there already.
     *
     * @param offset of the first one in the section, from 0
     * @param into where they go
     * @param at where the first one goes there
     * @param length how many
     * @throws ElfException when the bytes are not all in the section, or cannot be read
     */
    public void read(long offset, byte[] into, int at, int length) throws ElfException {
        check(offset, length);
        fill(offset, into, at, length);
    }

    private void check(long offset, int length) throws ElfException {
        if (!ByteSource.within(offset, length, bytes.size())) {
            throw new ElfException(file + ": " + name + "+" + Words.hex(offset) + ": " + Words.hex(length)
                    + " bytes do not fit in the section's " + Words.hex(bytes.size()));
        }
    }

    private void fill(long offset, byte[] into, int at, int length) throws ElfException {
        try {
            bytes.read(offset, into, at, length);
        } catch (ElfException e) {
            throw e;
        } catch (IOException e) {
            throw new ElfException(file + ": " + name + "+" + Words.hex(offset) + ": cannot be read: " + e, e);
        }
    }
}
