package dev.backline.debugfiles;

import dev.backline.elf.BuildId;
import dev.backline.elf.ElfBuilder;
import dev.backline.elf.Section;
import dev.backline.elf.SymbolTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes vmlinux files and modules of a few hundred bytes that identify their build: banner, vermagic, build id. */
public final class SmallKernels {
    public static final long TEXT = 0xffffffff81000000L;
    public static final BuildId ID = BuildId.parse("11223344556677889900aabbccddeeff00112233");
    public static final BuildId OTHER_ID = BuildId.parse("99223344556677889900aabbccddeeff00112233");
    public static final String RELEASE = "6.1.0-9-amd64";

    private SmallKernels() {}

    /** A vmlinux: 0x2000 bytes of code from TEXT, with first at 0x100 and second at 0x1000. */
    public static byte[] vmlinux(@Nullable String release, @Nullable BuildId id, boolean debugInfo) {
        return vmlinux(release, "#1 SMP", id, debugInfo);
    }

    /** A vmlinux whose banner ends with a version. */
    public static byte[] vmlinux(@Nullable String release, String version, @Nullable BuildId id, boolean debugInfo) {
        ElfBuilder elf = ElfBuilder.executable();
        int text = elf.text(".text", TEXT, 0x2000);
        elf.symbol("_stext", TEXT, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_GLOBAL, text);
        elf.symbol("_etext", TEXT + 0x2000, 0, SymbolTable.STT_NOTYPE, SymbolTable.STB_GLOBAL, text);
        elf.function("first", TEXT + 0x100, 0xf00, text);
        elf.function("second", TEXT + 0x1000, 0x1000, text);
        if (release != null) {
            byte[] banner = ("Linux version " + release + " (debian-kernel@lists.debian.org) " + version + "\n\0")
                    .getBytes(StandardCharsets.ISO_8859_1);
            long at = TEXT + 0x10000;
            int rodata = elf.add(".rodata", Section.SHT_PROGBITS, Section.SHF_ALLOC, at, banner, 0, 0, 1, 0);
            elf.symbol("linux_banner", at, banner.length, SymbolTable.STT_OBJECT, SymbolTable.STB_GLOBAL, rodata);
        }
        finish(elf, id, debugInfo);
        return elf.build();
    }

    /** A module: .text of 0x500 bytes with run at 0x40, .exit.text of 0x20, .text.unlikely of 0x80 with fail at 0x10. */
    public static byte[] module(@Nullable String release, @Nullable BuildId id, boolean debugInfo) {
        ElfBuilder elf = ElfBuilder.object();
        int text = elf.text(".text", 0, 0x500);
        int init = elf.text(".init.text", 0, 0x60);
        int exit = elf.text(".exit.text", 0, 0x20);
        int unlikely = elf.text(".text.unlikely", 0, 0x80);
        elf.function("run", 0x40, 0x4c0, text);
        elf.function("start", 0, 0x60, init);
        elf.function("stop", 0, 0x20, exit);
        elf.function("fail", 0x10, 0x70, unlikely);
        if (release != null) {
            byte[] info =
                    ("license=GPL\0vermagic=" + release + " SMP mod_unload \0").getBytes(StandardCharsets.ISO_8859_1);
            elf.add(".modinfo", Section.SHT_PROGBITS, Section.SHF_ALLOC, 0, info, 0, 0, 1, 0);
        }
        finish(elf, id, debugInfo);
        return elf.build();
    }

    private static void finish(ElfBuilder elf, @Nullable BuildId id, boolean debugInfo) {
        if (id != null) {
            elf.add(".note.gnu.build-id", Section.SHT_NOTE, Section.SHF_ALLOC, 0, note(id), 0, 0, 4, 0);
        }
        if (debugInfo) {
            elf.debug(".debug_info", new byte[0]);
        }
    }

    /** A stripped module with a .gnu_debuglink. */
    public static byte[] linked(String name, int crc, Consumer<ElfBuilder> more) {
        ElfBuilder elf = ElfBuilder.object();
        elf.text(".text", 0, 0x500);
        int size = (name.length() + 4) & ~3;
        ByteBuffer link = ByteBuffer.allocate(size + 4).order(ByteOrder.LITTLE_ENDIAN);
        link.put(name.getBytes(StandardCharsets.ISO_8859_1)).putInt(size, crc);
        elf.debug(".gnu_debuglink", link.array());
        more.accept(elf);
        return elf.build();
    }

    /** An ELF file with one more section, at the end: a note with a build id. */
    public static byte[] withBuildId(byte[] elf, BuildId id) {
        boolean is64 = elf[4] == 2;
        ByteOrder order = elf[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer old = ByteBuffer.wrap(elf).order(order);
        int count = old.getShort(is64 ? 60 : 48);
        int entry = is64 ? 64 : 40;
        int table = is64 ? (int) old.getLong(40) : old.getInt(32);
        byte[] note = note(id, order);
        int noteAt = elf.length + 7 & ~7;
        int tableAt = noteAt + note.length + 7 & ~7;
        ByteBuffer all = ByteBuffer.allocate(tableAt + (count + 1) * entry).order(order);
        all.put(0, elf).put(noteAt, note).put(tableAt, elf, table, count * entry);
        int last = tableAt + count * entry;
        all.putInt(last + 4, Section.SHT_NOTE);
        if (is64) {
            all.putLong(last + 24, noteAt).putLong(last + 32, note.length).putLong(last + 48, 4);
            all.putLong(40, tableAt).putShort(60, (short) (count + 1));
        } else {
            all.putInt(last + 16, noteAt).putInt(last + 20, note.length).putInt(last + 32, 4);
            all.putInt(32, tableAt).putShort(48, (short) (count + 1));
        }
        return all.array();
    }

    /** An NT_GNU_BUILD_ID note, little-endian. */
    public static byte[] note(BuildId id) {
        return note(id, ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] note(BuildId id, ByteOrder order) {
        byte[] bytes = id.bytes();
        ByteBuffer note = ByteBuffer.allocate(16 + (bytes.length + 3 & ~3)).order(order);
        note.putInt(4)
                .putInt(bytes.length)
                .putInt(3)
                .put("GNU\0".getBytes(StandardCharsets.ISO_8859_1))
                .put(bytes);
        return note.array();
    }

    public static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }
}
