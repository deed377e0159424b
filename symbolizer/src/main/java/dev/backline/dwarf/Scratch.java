package dev.backline.dwarf;

import dev.backline.dwarf.DebugSections.Kind;
import dev.backline.elf.SectionData;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that one thread reuses from unit to unit of one file. Cleared arrays for each unit would cost more than
 * decoding it. Not thread-safe.
 */
final class Scratch {
    /** A larger buffer is not kept for smaller units. */
    private static final int MOST_KEPT = 1 << 22;

    final RangeLists.Window ranges = new RangeLists.Window();
    final LineTable.Rows rows = new LineTable.Rows();
    final SpanCutter cutter = new SpanCutter(0);
    final FunctionTable.Columns functions = new FunctionTable.Columns(cutter);
    /** The attributes of the entries of the current {@link EntryWalk}. */
    final Attributes attributes = new Attributes();

    /** The entries of the unit that was read last, since successive look-ups often need the same unit. */
    private @Nullable Cursor entries;

    private byte[] buffer = {};
    private Kind kind = Kind.INFO;

    /**
     * A cursor for an {@link EntryWalk} over {@code length} bytes of a section, which must be in it. The bytes are
     * overwritten when others are asked for.
     */
    Cursor entries(SectionData section, Kind kind, boolean bigEndian, long offset, int length) throws IOException {
        Cursor known = entriesIfRead(kind, offset, length);
        if (known != null) {
            return known.at(0);
        }
        Cursor.checkCapacity(section, offset, length);
        entries = null;
        if (buffer.length < length || buffer.length > MOST_KEPT) {
            buffer = new byte[length];
        }
        Cursor read = Cursor.over(section, bigEndian, offset, length, buffer);
        entries = read;
        this.kind = kind;
        return read.at(0);
    }

    /** A cursor over these bytes if they are what {@link #entries} was asked for last, else null. */
    @Nullable
    Cursor entriesIfRead(Kind kind, long offset, long length) {
        Cursor last = entries;
        return last != null && this.kind == kind && last.offsetOf(0) == offset && last.end == length ? last : null;
    }
}
