package dev.backline.dwarf.types;

import static dev.backline.dwarf.Attributes.*;
import static dev.backline.dwarf.types.Operation.*;

import dev.backline.dwarf.Attributes;
import dev.backline.dwarf.Cursor;
import dev.backline.dwarf.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads where the variables of a function are at one address. Not thread-safe. */
final class LocationReader {
    private static final Location UNAVAILABLE = new Location.Unavailable();

    /** A pointer to a pointer to a variable, none of which is stored. */
    private static final int MAX_POINTERS = 4;

    private static final int MAX_PIECES = 256;

    private final LocationLists lists;
    private final List<Operation> frameBase;

    /**
     * @param function the entry of the function that is not inlined
     * @param address in the function
     */
    LocationReader(Entry function, long address) {
        lists = new LocationLists(function, address);
        frameBase = frameBase(function);
    }

    /** Without its frame base a function still has variables in registers. */
    private List<Operation> frameBase(Entry function) {
        try {
            Attributes attributes = new Attributes();
            function.read(attributes);
            byte[] expression = attributes.has(FRAME_BASE) ? expression(function, attributes, FRAME_BASE) : null;
            return expression == null ? List.of() : Operation.decode(expression, function);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** {@return the expression in an attribute for the address, or null} */
    private byte @Nullable [] expression(Entry entry, Attributes attributes, int slot) throws IOException {
        return attributes.isBlock(slot) ? attributes.block(slot) : lists.find(entry.locationList(attributes, slot));
    }

    /**
     * {@return where a variable is; unavailable if its entry is damaged}
     *
     * @param entry of the variable
     * @param attributes of the entry
     * @param typed the entry with the variable's type
     * @param its the attributes of that entry
     */
    Location of(Entry entry, Attributes attributes, Entry typed, Attributes its) {
        try {
            return of(entry, attributes, new Size(typed, its, 0), 0);
        } catch (IOException e) {
            return UNAVAILABLE;
        }
    }

    private Location of(Entry entry, Attributes attributes, Size size, int depth) throws IOException {
        if (attributes.has(LOCATION)) {
            byte[] expression = expression(entry, attributes, LOCATION);
            return expression == null ? UNAVAILABLE : location(entry, expression, size, false, depth);
        }
        if (!attributes.has(CONST_VALUE)) {
            return UNAVAILABLE;
        }
        if (attributes.isBlock(CONST_VALUE)) {
            return constant(Cursor.of(attributes.block(CONST_VALUE), entry.isBigEndian()));
        }
        return attributes.isNumber(CONST_VALUE) ? new Location.Constant(attributes.value(CONST_VALUE)) : UNAVAILABLE;
    }

    /**
     * {@return what a call passes; unavailable if the entry is damaged}
     *
     * @param entry of the call's parameter
     * @param attributes of the entry
     */
    Location passed(Entry entry, Attributes attributes) {
        try {
            if (attributes.has(CALL_VALUE) && attributes.isBlock(CALL_VALUE)) {
                return location(
                        entry, attributes.block(CALL_VALUE), new Size(null, null, entry.addressSize()), true, 0);
            }
            return attributes.has(CALL_VALUE) && attributes.isNumber(CALL_VALUE)
                    ? new Location.Constant(attributes.value(CALL_VALUE))
                    : UNAVAILABLE;
        } catch (IOException e) {
            return UNAVAILABLE;
        }
    }

    private Location location(Entry entry, byte[] expression, Size size, boolean isValue, int depth)
            throws IOException {
        List<Operation> operations = Operation.decode(expression, entry);
        List<Location.Piece> pieces = new ArrayList<>();
        long bits = 0;
        int from = 0;
        for (int i = 0; i < operations.size(); i++) {
            Operation each = operations.get(i);
            if (each.code == PIECE) {
                if (pieces.size() == MAX_PIECES) {
                    throw entry.broken("a variable in more than " + MAX_PIECES + " pieces");
                }
                long bytes = (each.first + Byte.SIZE - 1) / Byte.SIZE;
                Location part =
                        location(entry, operations.subList(from, i), new Size(null, null, (int) bytes), isValue, depth);
                pieces.add(new Location.Piece(bits / Byte.SIZE, bytes, part));
                bits += each.first;
                from = i + 1;
            }
        }
        return pieces.isEmpty() ? location(entry, operations, size, isValue, depth) : new Location.Pieces(pieces);
    }

    private Location location(Entry entry, List<Operation> operations, Size size, boolean isValue, int depth)
            throws IOException {
        if (operations.isEmpty()) {
            return UNAVAILABLE;
        }
        Operation first = operations.get(0);
        if (operations.size() == 1) {
            switch (first.code) {
                case REGX -> {
                    return new Location.Register((int) first.first);
                }
                case IMPLICIT_VALUE -> {
                    return constant(first.value(entry.isBigEndian()));
                }
                case IMPLICIT_POINTER -> {
                    return new Location.ImplicitPointer(pointee(entry, first.first, depth), first.second);
                }
                default -> {
                    // An expression, below.
                }
            }
        }
        boolean value = isValue || operations.get(operations.size() - 1).code == STACK_VALUE;
        Location simple = new Sum(frameBase).location(operations, size, value);
        return simple != null
                ? simple
                : new Location.Computed(
                        new StackExpression(operations, frameBase, entry.addressSize()), !value, size.bytes());
    }

    /** A value of more than 8 bytes as pieces. */
    private static Location constant(Cursor value) {
        int all = value.remaining();
        if (all == 0) {
            return UNAVAILABLE;
        }
        if (all <= Long.BYTES) {
            return new Location.Constant(value.unsigned(all));
        }
        List<Location.Piece> pieces = new ArrayList<>();
        while (value.remaining() > 0 && pieces.size() < MAX_PIECES) {
            int at = value.position();
            int size = Math.min(Long.BYTES, value.remaining());
            pieces.add(new Location.Piece(at, size, new Location.Constant(value.unsigned(size))));
        }
        return new Location.Pieces(pieces);
    }

    private @Nullable Location pointee(Entry pointer, long at, int depth) throws IOException {
        if (depth >= MAX_POINTERS || at == 0) {
            return null;
        }
        Entry entry = pointer.inFile(at);
        Attributes attributes = new Attributes();
        entry.read(attributes);
        Location found = of(entry, attributes, new Size(entry, attributes, 0), depth + 1);
        return found instanceof Location.Unavailable ? null : found;
    }

    /** The size of a variable, which is read only if it is needed. */
    private static final class Size {
        private final @Nullable Entry typed;
        private final @Nullable Attributes attributes;
        private final int known;

        /**
         * @param typed the entry with the variable's type, or null
         * @param attributes of that entry
         * @param known the size if there is no such entry
         */
        Size(@Nullable Entry typed, @Nullable Attributes attributes, int known) {
            this.typed = typed;
            this.attributes = attributes;
            this.known = known;
        }

        int bytes() {
            if (typed == null || attributes == null) {
                return known;
            }
            try {
                return (int) Math.min(Integer.MAX_VALUE, TypeEntry.sizeOf(typed, attributes));
            } catch (IOException e) {
                return 0;
            }
        }
    }

    /** The sum of one register, address or frame base and of constants, as most expressions are. */
    private static final class Sum {
        private final List<Operation> frameBase;
        /** The code of what the constants are added to; CONST if there is nothing else. */
        private int base = UNKNOWN;

        private int register;
        private long constant;

        Sum(List<Operation> frameBase) {
            this.frameBase = frameBase;
        }

        /** {@return the location that the expression describes, or null if it is no such sum} */
        @Nullable
        Location location(List<Operation> operations, Size size, boolean isValue) {
            int count = operations.size();
            int end = operations.get(count - 1).code == STACK_VALUE ? count - 1 : count;
            if (end == 0 || !start(operations.get(0))) {
                return null;
            }
            for (int i = 1; i < end; i++) {
                Operation each = operations.get(i);
                Operation next = i + 1 < end ? operations.get(i + 1) : each;
                if (each.code == PLUS_UCONST) {
                    constant += each.first;
                } else if (each.code == CONST && each.type == null && next.code == PLUS) {
                    constant += each.first;
                    i++;
                } else if (each.code == CONST && each.type == null && next.code == MINUS) {
                    constant -= each.first;
                    i++;
                } else {
                    return null;
                }
            }
            return isValue ? value() : memory(size);
        }

        private boolean start(Operation first) {
            base = first.code;
            switch (base) {
                case BREGX -> add(first);
                case CONST -> {
                    constant = first.first;
                    return first.type == null;
                }
                case ADDR -> constant = first.first;
                case CALL_FRAME_CFA -> constant = 0;
                case FBREG -> {
                    constant = first.second;
                    return addFrameBase();
                }
                case ENTRY_VALUE -> {
                    if (first.nested.size() != 1 || first.nested.get(0).code != REGX) {
                        return false;
                    }
                    register = (int) first.nested.get(0).first;
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void add(Operation operation) {
            register = (int) operation.first;
            constant += operation.second;
        }

        private boolean addFrameBase() {
            if (frameBase.size() != 1) {
                return false;
            }
            Operation at = frameBase.get(0);
            base = at.code == REGX ? BREGX : at.code;
            if (base == BREGX) {
                add(at);
            }
            return base == BREGX || base == CALL_FRAME_CFA;
        }

        private @Nullable Location value() {
            return switch (base) {
                case BREGX -> new Location.RegisterPlus(register, constant);
                case CONST -> new Location.Constant(constant);
                case ENTRY_VALUE -> constant == 0 ? new Location.EntryValue(register) : null;
                default -> null;
            };
        }

        private @Nullable Location memory(Size size) {
            return switch (base) {
                case BREGX -> new Location.InMemory(register, constant, size.bytes());
                case CALL_FRAME_CFA -> new Location.OnStack(constant, size.bytes());
                case ADDR, CONST -> new Location.Global(constant, size.bytes());
                default -> null;
            };
        }
    }
}
