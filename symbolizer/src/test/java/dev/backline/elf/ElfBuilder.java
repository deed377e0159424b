package dev.backline.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Builds small ELF files, valid and invalid ones. */
public final class ElfBuilder {
    private static final int SHN_XINDEX = 0xffff;

    final boolean is64;
    final boolean big;
    private final int type;
    private final int machine;
    private final List<Entry> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private boolean extended;
    private boolean dynamic;

    private record Entry(
            String name,
            int type,
            long flags,
            long address,
            byte[] content,
            long size,
            int link,
            int info,
            long align,
            long entrySize) {}

    private record Symbol(String name, long value, long size, int type, int binding, int section) {}

    public ElfBuilder(boolean is64, boolean big, int type, int machine) {
        this.is64 = is64;
        this.big = big;
        this.type = type;
        this.machine = machine;
        add("", 0, 0, 0, new byte[0], 0, 0, 0, 0);
    }

    public static ElfBuilder executable() {
        return new ElfBuilder(true, false, ElfHeader.ET_EXEC, ElfHeader.EM_X86_64);
    }

    public static ElfBuilder object() {
        return new ElfBuilder(true, false, ElfHeader.ET_REL, ElfHeader.EM_X86_64);
    }

    /** Stores the counts in section 0, and the section indexes of symbols in SHT_SYMTAB_SHNDX. */
    ElfBuilder extendedNumbering() {
        extended = true;
        return this;
    }

    /** Stores the symbols in SHT_DYNSYM, as in a stripped file. */
    ElfBuilder stripped() {
        dynamic = true;
        return this;
    }

    public int add(
            String name, int type, long flags, long address, byte[] content, int link, int info, long align, int size) {
        sections.add(new Entry(name, type, flags, address, content, content.length, link, info, align, size));
        return sections.size() - 1;
    }

    /** Adds a section with code. */
    public int text(String name, long address, int size) {
        long flags = Section.SHF_ALLOC | Section.SHF_EXECINSTR;
        return add(name, Section.SHT_PROGBITS, flags, address, new byte[size], 0, 0, 16, 0);
    }

    /** Adds a section that is not SHF_ALLOC. */
    public int debug(String name, byte[] content) {
        return add(name, Section.SHT_PROGBITS, 0, 0, content, 0, 0, 1, 0);
    }

    /** Adds a section whose header has a wrong size. */
    public int sized(String name, int type, long flags, long size) {
        sections.add(new Entry(name, type, flags, 0, new byte[0], size, 0, 0, 1, 0));
        return sections.size() - 1;
    }

    /** Adds a symbol; returns its index. */
    public int symbol(String name, long value, long size, int type, int binding, int section) {
        symbols.add(new Symbol(name, value, size, type, binding, section));
        return symbols.size();
    }

    public int function(String name, long value, long size, int section) {
        return symbol(name, value, size, SymbolTable.STT_FUNC, SymbolTable.STB_GLOBAL, section);
    }

    /** Adds relocations of a section; each is {offset, symbol, type, addend}. */
    public int relocations(int target, boolean withAddend, long[]... entries) {
        Bytes b = new Bytes();
        for (long[] e : entries) {
            b.word(e[0]);
            if (is64 && !big && machine == ElfHeader.EM_MIPS) {
                // r_sym, r_ssym, r_type3, r_type2, r_type
                b.u32(e[1]).u32(Integer.reverseBytes((int) e[2]) & 0xffff_ffffL);
            } else {
                b.word(is64 ? e[1] << 32 | e[2] : e[1] << 8 | e[2]);
            }
            if (withAddend) {
                b.word(e[3]);
            }
        }
        // The symbol table follows the added sections
        return add(
                (withAddend ? ".rela" : ".rel") + sections.get(target).name(),
                withAddend ? Section.SHT_RELA : Section.SHT_REL,
                0,
                0,
                b.bytes(),
                SYMTAB,
                target,
                8,
                (is64 ? 8 : 4) * (withAddend ? 3 : 2));
    }

    /**
     * Adds relocations in LLVM's compact form; each is {offset, symbol, type, addend}.
     *
     * @param shift the number of low bits that all offsets lack
     */
    public int compactRelocations(int target, boolean withAddend, int shift, long[]... entries) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        unsigned(b, entries.length * 8L + (withAddend ? 4 : 0) + shift);
        long[] last = new long[4];
        for (long[] e : entries) {
            int flagBits = withAddend ? 3 : 2;
            long step = (e[0] >>> shift) - last[0];
            int flags = (e[1] != last[1] ? 1 : 0) | (e[2] != last[2] ? 2 : 0);
            flags |= withAddend && e[3] != last[3] ? 4 : 0;
            int room = 7 - flagBits;
            int low = (int) (step & ((1 << room) - 1)) << flagBits | flags;
            if (step >>> room == 0) {
                b.write(low);
            } else {
                b.write(low | 0x80);
                unsigned(b, step >>> room);
            }
            for (int i = 1; i < (withAddend ? 4 : 3); i++) {
                if ((flags & 1 << (i - 1)) != 0) {
                    signed(b, (i == 3 || is64 ? e[i] - last[i] : (int) (e[i] - last[i])));
                }
            }
            last = new long[] {e[0] >>> shift, e[1], e[2], withAddend ? e[3] : 0};
        }
        return compactRelocations(target, b.toByteArray());
    }

    /** Adds a SHT_CREL section with these bytes. */
    int compactRelocations(int target, byte[] content) {
        String name = ".crel" + sections.get(target).name();
        return add(name, Section.SHT_CREL, 0, 0, content, SYMTAB, target, 1, 1);
    }

    private static void unsigned(ByteArrayOutputStream b, long value) {
        long rest = value;
        for (; rest >>> 7 != 0; rest >>>= 7) {
            b.write((int) rest | 0x80);
        }
        b.write((int) rest);
    }

    private static void signed(ByteArrayOutputStream b, long value) {
        long rest = value;
        for (; rest >> 6 != 0 && rest >> 6 != -1; rest >>= 7) {
            b.write((int) rest | 0x80);
        }
        b.write((int) rest & 0x7f);
    }

    /** A placeholder for the index of the symbol table, which is unknown at this point. */
    private static final int SYMTAB = -7;

    Bytes bytes() {
        return new Bytes();
    }

    public byte[] build() {
        List<Entry> all = new ArrayList<>(sections);
        int symtab = all.size();
        Bytes table = new Bytes().zeros(is64 ? 24 : 16);
        Bytes shndx = new Bytes().u32(0);
        Bytes strings = new Bytes().u8(0);
        for (Symbol s : symbols) {
            boolean reserved = s.section < 0;
            int index = extended && !reserved ? SHN_XINDEX : s.section & 0xffff;
            int info = s.binding << 4 | s.type;
            table.u32(strings.size());
            if (is64) {
                table.u8(info).u8(0).u16(index).word(s.value).word(s.size);
            } else {
                table.word(s.value).word(s.size).u8(info).u8(0).u16(index);
            }
            shndx.u32(s.section);
            strings.text(s.name);
        }
        all.add(new Entry(
                dynamic ? ".dynsym" : ".symtab",
                dynamic ? Section.SHT_DYNSYM : Section.SHT_SYMTAB,
                0,
                0,
                table.bytes(),
                table.size(),
                symtab + 1,
                1,
                8,
                is64 ? 24 : 16));
        all.add(new Entry(".strtab", Section.SHT_STRTAB, 0, 0, strings.bytes(), strings.size(), 0, 0, 1, 0));
        if (extended) {
            all.add(new Entry(
                    ".symtab_shndx", Section.SHT_SYMTAB_SHNDX, 0, 0, shndx.bytes(), shndx.size(), symtab, 0, 4, 4));
        }
        int shstrndx = all.size();
        Bytes names = new Bytes();
        List<Integer> nameStarts = new ArrayList<>();
        for (Entry e : all) {
            nameStarts.add(names.size());
            names.text(e.name);
        }
        nameStarts.add(names.size());
        names.text(".shstrtab");
        all.add(new Entry(".shstrtab", Section.SHT_STRTAB, 0, 0, names.bytes(), names.size(), 0, 0, 1, 0));

        int headerSize = is64 ? 64 : 52;
        Bytes body = new Bytes();
        List<Integer> offsets = new ArrayList<>();
        for (Entry e : all) {
            offsets.add(headerSize + body.size());
            body.raw(e.content);
        }
        body.zeros(-body.size() & 7);
        long shoff = headerSize + body.size();
        Bytes file = new Bytes().raw(new byte[] {0x7f, 'E', 'L', 'F'});
        file.u8(is64 ? 2 : 1)
                .u8(big ? 2 : 1)
                .u8(1)
                .zeros(9)
                .u16(type)
                .u16(machine)
                .u32(1);
        file.word(0).word(0).word(shoff).u32(0).u16(headerSize).u16(0).u16(0);
        file.u16(is64 ? 64 : 40).u16(extended ? 0 : all.size()).u16(extended ? SHN_XINDEX : shstrndx);
        file.raw(body.bytes());
        for (int i = 0; i < all.size(); i++) {
            Entry e = all.get(i);
            boolean counts = i == 0 && extended;
            file.u32(nameStarts.get(i)).u32(e.type).word(e.flags).word(e.address);
            file.word(i == 0 ? 0 : offsets.get(i)).word(counts ? all.size() : e.size);
            file.u32(counts ? shstrndx : e.link == SYMTAB ? symtab : e.link).u32(e.info);
            file.word(e.align).word(e.entrySize);
        }
        return file.bytes();
    }

    public ElfFile open() throws ElfException {
        return ElfFile.of("f", build());
    }

    /** Builds bytes in the byte order and with the address size of this file. */
    final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private Bytes fixed(long value, int width) {
            byte[] b = new byte[width];
            Words.put(b, 0, width, big, value);
            return raw(b);
        }

        Bytes u8(int value) {
            return fixed(value, 1);
        }

        Bytes u16(int value) {
            return fixed(value, 2);
        }

        Bytes u32(long value) {
            return fixed(value, 4);
        }

        Bytes u64(long value) {
            return fixed(value, 8);
        }

        Bytes word(long value) {
            return is64 ? u64(value) : u32(value);
        }

        Bytes raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Bytes zeros(int count) {
            return raw(new byte[count]);
        }

        /** Appends a NUL-terminated string. */
        Bytes text(String text) {
            return raw(text.getBytes(UTF_8)).u8(0);
        }

        int size() {
            return out.size();
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
