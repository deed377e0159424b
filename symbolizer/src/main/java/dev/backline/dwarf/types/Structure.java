package dev.backline.dwarf.types;

import java.util.List;

/**
 * A structure or union with its members.
 *
 * @param name the name after {@code struct} or {@code union}
 * @param union whether this is a union
 * @param byteSize the size of a value
 * @param members in the order of the declaration. An anonymous structure or union is a member without a name; its
 *     members are not in this list
 */
public record Structure(String name, boolean union, long byteSize, List<Member> members) {
    public Structure {
        members = List.copyOf(members);
    }
}
