package dev.backline.dwarf.types;

/**
 * A member of a structure, at any depth.
 *
 * @param path from the structure to the member, as in C: {@code stat.reads}, {@code berth[4].load}
 * @param layout the member's type
 * @param offset of the member in the structure, in bytes; of a bit-field, of the byte in which it starts
 * @param bitOffset of a bit-field from the structure's start, in bits; else -1
 * @param bitSize of a bit-field; else 0
 */
public record MemberPath(String path, Layout layout, long offset, long bitOffset, long bitSize) {}
