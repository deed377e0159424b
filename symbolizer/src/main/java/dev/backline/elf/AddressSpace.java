package dev.backline.elf;

import dev.backline.io.AddressOrder;
import dev.backline.io.Hex;
import dev.backline.io.Internal;
import dev.backline.io.Lazy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address of each section. In an ET_EXEC or ET_DYN that is sh_addr. In an ET_REL each SHF_ALLOC
 * section gets a different base address, so that an address identifies one place. Thread-safe.
 */
@Internal
public final class AddressSpace {
    /** Far above 0, which marks discarded code, and above any small tombstone value. */
    private static final long FIRST_BASE = 0x100_0000;

    /** The distance between sections, so that the end of one is not the start of the next. */
    private static final long GAP = 16;

    private static final long MAX_ALIGNMENT = 0x1_0000;

    private final List<Section> sections;
    private final long @Nullable [] bases;
    private final Lazy<Order, RuntimeException> order = new Lazy<>() {
        @Override
        protected Order compute() {
            return new Order();
        }
    };

    AddressSpace(String file, ElfHeader header, List<Section> sections) throws ElfException {
        this.sections = sections;
        this.bases = header.isRelocatable() ? lay(file, header.is64(), sections) : null;
    }

    /**
     * Creates a space in which each section is at its sh_addr.
     *
     * @param sections by their indexes
     */
    public AddressSpace(List<Section> sections) {
        this.sections = sections;
        this.bases = null;
    }

    private static long[] lay(String file, boolean is64, List<Section> sections) throws ElfException {
        long limit = is64 ? Long.MAX_VALUE : 0xffff_ffffL;
        long[] bases = new long[sections.size()];
        long next = FIRST_BASE;
        for (int i = 0; i < bases.length; i++) {
            Section s = sections.get(i);
            if (!s.isAllocated()) {
                continue;
            }
            long align =
                    Long.bitCount(s.alignment()) == 1 ? Math.min(s.alignment() & Long.MAX_VALUE, MAX_ALIGNMENT) : 0;
            long base = align == 0 ? next : (next + align - 1) & -align;
            if (s.size() < 0 || base > limit - GAP || s.size() > limit - GAP - base) {
                throw new ElfException(file + ": " + s.name() + " (section " + i + "): sh_size " + Hex.text(s.size())
                        + " does not fit in the address space with the other sections");
            }
            bases[i] = base;
            next = base + s.size() + GAP;
        }
        return bases;
    }

    /** Gives a section that is not SHF_ALLOC another base than 0, before the space is used. Only in an ET_REL. */
    void place(Section s, long base) {
        if (bases != null) {
            bases[s.index()] = base;
        }
    }

    long address(Section s) {
        return bases == null ? s.address() : bases[s.index()];
    }

    /** The address to which the st_value of the section's symbols is relative. */
    long base(int section) {
        return bases == null || section <= 0 || section >= bases.length ? 0 : bases[section];
    }

    /**
     * {@return the SHF_ALLOC section that holds the address, or null}
     *
     * @param address in this space
     */
    public @Nullable Section at(long address) {
        return order.get().at(address);
    }

    /** The sections that occupy addresses, by address. */
    private final class Order implements Comparator<Section> {
        private final List<Section> byAddress = new ArrayList<>();
        private final long[] starts;

        /** The highest last address of each section and the sections before it: sections may overlap. */
        private final long[] maxLasts;

        Order() {
            for (Section s : sections) {
                // .tbss, a TLS template, occupies no addresses: its sh_addr is that of the next section
                boolean isTbss = s.type() == Section.SHT_NOBITS && (s.flags() & Section.SHF_TLS) != 0;
                if (s.isAllocated() && s.size() != 0 && !isTbss) {
                    byAddress.add(s);
                }
            }
            byAddress.sort(this);
            starts = new long[byAddress.size()];
            maxLasts = new long[starts.length];
            long max = 0;
            for (int i = 0; i < starts.length; i++) {
                starts[i] = address(byAddress.get(i));
                long last = last(byAddress.get(i));
                max = Long.compareUnsigned(last, max) > 0 ? last : max;
                maxLasts[i] = max;
            }
        }

        @Override
        public int compare(Section a, Section b) {
            return Long.compareUnsigned(address(a), address(b));
        }

        /** The last address of the section, or of the address space if sh_size is too large. */
        private long last(Section s) {
            long last = address(s) + s.size() - 1;
            return Long.compareUnsigned(last, address(s)) < 0 ? -1 : last;
        }

        @Nullable
        Section at(long address) {
            for (int i = AddressOrder.lastAtOrBefore(starts, address);
                    i >= 0 && Long.compareUnsigned(maxLasts[i], address) >= 0;
                    i--) {
                Section s = byAddress.get(i);
                if (Long.compareUnsigned(last(s), address) >= 0) {
                    return s;
                }
            }
            return null;
        }
    }
}
