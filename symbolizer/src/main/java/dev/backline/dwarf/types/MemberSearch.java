package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.DwarfConstants.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Searches the members of one type for those that an access touches, or for a path. Not thread-safe. */
final class MemberSearch {
    /** The greatest depth of structures in structures. */
    private static final int MAX_DEPTH = 32;

    /** The greatest number of members to look at in one search. */
    private static final int MAX_MEMBERS = 1 << 14;

    /** More than any union of the kernel has at one place. */
    private static final int MAX_FOUND = 64;

    private final long start;
    private final int size;
    private final List<Item> found = new ArrayList<>(4);
    private int seen;

    /**
     * @param offset of the access in the type, in bytes
     * @param size of the access in bytes; 0 if unknown
     */
    MemberSearch(long offset, int size) {
        start = offset;
        this.size = size;
    }

    /** A member, or an element of an array. */
    private static final class Item {
        /** From the outermost type; the path of an anonymous member is that of the structure around it. */
        final String path;

        final boolean anonymous;
        /** The entry with the type in DW_AT_type: the member, or the array of an element. */
        final Entry holder;

        final Attributes attributes;
        /** From the outermost type, in bits. */
        final long bits;

        final long bitSize;
        /** Null for void. */
        final @Nullable TypeEntry type;

        final long size;

        Item(String path, boolean anonymous, Entry holder, Attributes attributes, long bits, long bitSize)
                throws IOException {
            this.path = path;
            this.anonymous = anonymous;
            this.holder = holder;
            this.attributes = attributes;
            this.bits = bits;
            this.bitSize = bitSize;
            TypeEntry declared = TypeEntry.of(holder, attributes);
            type = declared == null ? null : declared.defined();
            size = type == null ? 0 : type.size();
        }

        long offset() {
            return bits >> 3;
        }

        boolean contains(long from, long to) {
            return bitSize == 0 && offset() <= from && to <= offset() + size;
        }

        boolean touches(long from, long to) {
            return bitSize == 0
                    ? offset() < to && from < offset() + size
                    : bits < to * Byte.SIZE && from * Byte.SIZE < bits + bitSize;
        }

        /** {@return this as a result} */
        MemberPath found() {
            return new MemberPath(path, Layout.of(holder, attributes), offset(), bitSize == 0 ? -1 : bits, bitSize);
        }
    }

    /** {@return the members that the access touches} */
    List<MemberPath> in(TypeEntry type) throws IOException {
        long end = start + Math.max(1, size);
        if (end < start) {
            return List.of();
        }
        TypeEntry defined = type.defined();
        if (type.isArray()) {
            addElement(type, "", 0, start, end, 0);
        } else if (type.isAggregate() && !addMembers(defined, "", 0, start, end, true, 0)) {
            addFlexible(defined, "", 0, end, 0);
        }
        List<MemberPath> sorted = new ArrayList<>(found.size());
        for (Item each : found) {
            if (isExact(each)) {
                sorted.add(each.found());
            }
        }
        for (Item each : found) {
            if (!isExact(each)) {
                sorted.add(each.found());
            }
        }
        return sorted;
    }

    private boolean isExact(Item item) {
        return item.bitSize == 0 && item.size == size && item.offset() == start;
    }

    /**
     * Adds the members of a structure or union that an access touches.
     *
     * @param prefix the path of the structure
     * @param base where the structure starts in the outermost type, in bytes
     * @param from where the access starts in the outermost type
     * @param to where it ends
     * @param nameless whether the structure has no name, so that it is no answer itself
     * @return whether there are any
     */
    private boolean addMembers(
            TypeEntry structure, String prefix, long base, long from, long to, boolean nameless, int depth)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw structure.entry.broken("structures nested more than " + MAX_DEPTH + " levels deep");
        }
        List<Item> touched = touched(structure, prefix, base, from, to);
        boolean contained = false;
        boolean bitFields = true;
        for (Item each : touched) {
            contained |= each.contains(from, to);
            bitFields &= each.bitSize != 0;
        }
        if (!contained && !bitFields && !nameless) {
            return false;
        }
        int before = found.size();
        for (Item each : touched) {
            if (!contained || each.contains(from, to) || each.bitSize != 0) {
                long itsFrom = Math.max(from, each.offset());
                add(each, itsFrom, contained ? to : Math.min(to, each.offset() + each.size), depth);
            }
        }
        return found.size() > before;
    }

    private void add(Item item, long from, long to, int depth) throws IOException {
        TypeEntry type = item.type;
        boolean inside = false;
        if (item.bitSize == 0 && type != null) {
            if (type.isAggregate()) {
                inside = addMembers(type, item.path, item.offset(), from, to, item.anonymous, depth + 1);
            } else if (type.isArray()) {
                inside = addElement(type, item.path, item.offset(), from, to, depth + 1);
            }
        }
        if (!inside && !item.anonymous && found.size() < MAX_FOUND) {
            found.add(item);
        }
    }

    /** Adds the element of an array that contains the access: {@return whether there is one} */
    private boolean addElement(TypeEntry array, String path, long base, long from, long to, int depth)
            throws IOException {
        TypeEntry element = array.target();
        long each = element == null ? 0 : element.defined().size();
        if (each <= 0 || depth > MAX_DEPTH) {
            return false;
        }
        long index = (from - base) / each;
        String place = place(array.dimensions(), index);
        if (place == null || base + (index + 1) * each < to) {
            return false;
        }
        Item item = new Item(path + place, false, array.entry, array.attributes, (base + index * each) * Byte.SIZE, 0);
        add(item, from, to, depth);
        return true;
    }

    /** {@return the indexes of an element, null if the array has fewer elements} */
    private static @Nullable String place(long[] dimensions, long index) {
        String place = "";
        long left = index;
        for (int i = dimensions.length - 1; i > 0; i--) {
            if (dimensions[i] == 0) {
                return null;
            }
            place = "[" + left % dimensions[i] + "]" + place;
            left /= dimensions[i];
        }
        boolean flexible = dimensions.length == 0 || dimensions[0] == 0;
        return flexible || left < dimensions[0] ? "[" + left + "]" + place : null;
    }

    /** Adds an element of an array without a length at the end of a structure: {@return whether there is one} */
    private boolean addFlexible(TypeEntry structure, String prefix, long base, long to, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            return false;
        }
        for (Item each : last(structure, prefix, base)) {
            TypeEntry type = each.type;
            if (type == null || each.bitSize != 0 || start < each.offset()) {
                continue;
            }
            boolean here = type.isArray()
                    ? isFlexible(type) && addElement(type, each.path, each.offset(), start, to, depth + 1)
                    : type.isAggregate() && addFlexible(type, each.path, each.offset(), to, depth + 1);
            if (here) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFlexible(TypeEntry array) throws IOException {
        long[] dimensions = array.dimensions();
        return dimensions.length == 0 || dimensions[0] == 0;
    }

    /** The members that the access touches. Of most members only the place is read. */
    private List<Item> touched(TypeEntry structure, String prefix, long base, long from, long to) throws IOException {
        boolean union = structure.tag == DW_TAG_union_type;
        List<Entry> candidates = new ArrayList<>(4);
        structure.entry.children(new Entry.Visitor() {
            private long lastOffset = -1;

            @Override
            public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                if (tag != DW_TAG_member || attributes.has(EXTERNAL)) {
                    return true;
                }
                count(child);
                if (attributes.has(BIT_SIZE)) {
                    long bits = base * Byte.SIZE + Member.bitOffset(child, attributes);
                    if (bits < to * Byte.SIZE && from * Byte.SIZE < bits + attributes.value(BIT_SIZE)) {
                        candidates.add(child);
                    }
                    return true;
                }
                long offset = base + (Member.bitOffset(attributes) >> 3);
                if (offset < to) {
                    // In a structure the members before one that starts before the access end there
                    if (!union && offset <= from && offset > lastOffset) {
                        candidates.clear();
                        lastOffset = offset;
                    }
                    candidates.add(child);
                }
                return true;
            }
        });
        List<Item> touched = new ArrayList<>(candidates.size());
        for (Entry each : candidates) {
            Item item = item(each, prefix, base);
            if (item.touches(from, to)) {
                touched.add(item);
            }
        }
        return touched;
    }

    /** The last member of a structure, all members of a union. */
    private List<Item> last(TypeEntry structure, String prefix, long base) throws IOException {
        List<Entry> members = new ArrayList<>(4);
        boolean union = structure.tag == DW_TAG_union_type;
        structure.entry.children(new Entry.Visitor() {
            @Override
            public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                if (tag == DW_TAG_member) {
                    count(child);
                    if (!union) {
                        members.clear();
                    }
                    members.add(child);
                }
                return true;
            }
        });
        List<Item> items = new ArrayList<>(members.size());
        for (Entry each : members) {
            items.add(item(each, prefix, base));
        }
        return items;
    }

    private void count(Entry member) throws DwarfException {
        if (++seen > MAX_MEMBERS) {
            throw member.broken("a structure with more than " + MAX_MEMBERS + " members");
        }
    }

    private static Item item(Entry member, String prefix, long base) throws IOException {
        Attributes attributes = new Attributes();
        member.read(attributes);
        String name = member.string(attributes, NAME);
        long bits = base * Byte.SIZE + Member.bitOffset(member, attributes);
        long bitSize = attributes.has(BIT_SIZE) ? attributes.value(BIT_SIZE) : 0;
        String path = name == null ? prefix : prefix.isEmpty() ? name : prefix + "." + name;
        return new Item(path, name == null && bitSize == 0, member, attributes, bits, bitSize);
    }

    /** {@return the member with the path, or null} */
    static @Nullable MemberPath byPath(TypeEntry type, String path) throws IOException {
        MemberSearch search = new MemberSearch(0, 0);
        TypeEntry at = type.defined();
        long base = 0;
        Item item = null;
        for (int from = 0; from < path.length(); ) {
            if (path.charAt(from) == '[') {
                int end = from;
                while (end < path.length() && path.charAt(end) == '[') {
                    end = path.indexOf(']', end) + 1;
                    if (end == 0) {
                        return null;
                    }
                }
                item = at == null || !at.isArray() ? null : element(at, path.substring(from, end), base);
                from = end;
            } else {
                int end = endOfName(path, from);
                item = at == null || !at.isAggregate() ? null : search.named(at, path.substring(from, end), base, 0);
                from = end;
            }
            if (item == null) {
                return null;
            }
            at = item.type;
            base = item.offset();
            if (from < path.length() && path.charAt(from) == '.') {
                from++;
            }
        }
        return item == null
                ? null
                : new MemberPath(
                        path,
                        Layout.of(item.holder, item.attributes),
                        item.offset(),
                        item.bitSize == 0 ? -1 : item.bits,
                        item.bitSize);
    }

    private static int endOfName(String path, int from) {
        int end = from;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        // An empty name is a name that no member has
        return Math.max(end, Math.min(from + 1, path.length()));
    }

    private static @Nullable Item element(TypeEntry array, String indexes, long base) throws IOException {
        TypeEntry element = array.target();
        long[] dimensions = array.dimensions();
        long index = 0;
        int dimension = 0;
        for (int from = 0; from < indexes.length(); dimension++) {
            int end = indexes.indexOf(']', from);
            long each;
            try {
                each = Long.parseLong(indexes.substring(from + 1, end));
            } catch (NumberFormatException e) {
                return null;
            }
            long length = dimension < dimensions.length ? dimensions[dimension] : 0;
            if (each < 0 || (length != 0 && each >= length)) {
                return null;
            }
            index = index * length + each;
            from = end + 1;
        }
        if (element == null || dimension != Math.max(1, dimensions.length)) {
            return null;
        }
        return new Item(
                indexes,
                false,
                array.entry,
                array.attributes,
                (base + index * element.defined().size()) * Byte.SIZE,
                0);
    }

    private @Nullable Item named(TypeEntry structure, String name, long base, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            return null;
        }
        List<Entry> candidates = new ArrayList<>(4);
        structure.entry.children(new Entry.Visitor() {
            @Override
            public boolean visit(int tag, Entry child, Attributes attributes) throws IOException {
                if (tag != DW_TAG_member) {
                    return true;
                }
                count(child);
                String its = child.string(attributes, NAME);
                if (name.equals(its)) {
                    candidates.clear();
                    candidates.add(child);
                    return false;
                }
                if (its == null && !attributes.has(BIT_SIZE)) {
                    candidates.add(child);
                }
                return true;
            }
        });
        for (Entry each : candidates) {
            Item item = item(each, "", base);
            if (!item.anonymous) {
                return item;
            }
            TypeEntry type = item.type;
            Item inner = type == null || !type.isAggregate() ? null : named(type, name, item.offset(), depth + 1);
            if (inner != null) {
                return inner;
            }
        }
        return null;
    }
}
