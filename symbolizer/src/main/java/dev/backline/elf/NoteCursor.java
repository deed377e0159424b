package dev.backline.elf;

import java.util.Arrays;

/**
 * Steps over the notes of a section or segment (gABI ch. 5, "Note Section"). It ends at the first note that does not
 * fit: some producers pad a note section with other bytes.
 */
final class NoteCursor {
    private static final int HEADER = 12;

    private final byte[] b;
    private final int align;
    private final boolean big;
    private int name;
    private int nameSize;
    private int description;
    private int descriptionSize;
    private int type;
    private long next;

    /**
     * Before the first note.
     *
     * @param alignment sh_addralign or p_align; notes are padded to 8 bytes if it is 8, else to 4
     */
    NoteCursor(byte[] b, long alignment, boolean big) {
        this.b = b;
        this.align = alignment == 8 ? 8 : 4;
        this.big = big;
    }

    /** Moves to the next note; false if there is none. */
    boolean next() {
        if (next + HEADER > b.length) {
            return false;
        }
        int at = (int) next;
        long nameLength = Words.u32(b, at, big);
        long length = Words.u32(b, at + 4, big);
        long start = roundUp(at + HEADER + nameLength);
        if (start + length > b.length) {
            next = b.length;
            return false;
        }
        name = at + HEADER;
        nameSize = (int) nameLength;
        description = (int) start;
        descriptionSize = (int) length;
        type = Words.i32(b, at + 8, big);
        next = roundUp(start + length);
        return true;
    }

    /** n_type. */
    int type() {
        return type;
    }

    /** n_namesz bytes, with the NUL that ends the name. */
    byte[] name() {
        return Arrays.copyOfRange(b, name, name + nameSize);
    }

    /** Whether the name is this ASCII text followed by NUL. */
    boolean isNamed(String text) {
        if (nameSize != text.length() + 1 || b[name + text.length()] != 0) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (b[name + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** n_descsz, in bytes. */
    int descriptionSize() {
        return descriptionSize;
    }

    /** n_descsz bytes. */
    byte[] description() {
        return Arrays.copyOfRange(b, description, description + descriptionSize);
    }

    private long roundUp(long value) {
        return (value + align - 1) & -align;
    }
}
