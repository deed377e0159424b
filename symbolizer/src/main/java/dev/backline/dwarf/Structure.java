package dev.backline.dwarf;

import java.util.List;

/**
 * A structure or union with its members.
 *
 * @param name its tag; empty for one without
 * @param union whether all members begin at 0
 * @param byteSize of a value
 * @param members in the order of the declaration; those of an anonymous structure or union in it are not among them, but
 *     that one is, without a name
 */
public record Structure(String name, boolean union, long byteSize, List<Member> members) {
    public Structure {
        members = List.copyOf(members);
    }
}
