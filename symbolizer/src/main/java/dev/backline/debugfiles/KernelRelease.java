package dev.backline.debugfiles;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SectionData;
import dev.backline.elf.SymbolTable;
import dev.backline.gsym.GsymFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel that a file belongs to: from vmlinux's banner ("Linux version …") or the vermagic in a module's .modinfo,
 * else from the file's path.
 *
 * @param release the output of uname -r on that kernel; null if unknown
 * @param banner the text that contains the release; null if there is none
 */
public record KernelRelease(
        @Nullable String release, @Nullable String banner) {
    private static final int MAX_BANNER = 512;
    private static final int MAX_MODINFO = 1 << 20;
    /** .../vmlinux-RELEASE and .../modules/RELEASE/... */
    private static final Pattern NAME =
            Pattern.compile("(?:/vmlinux-|/modules/)(\\d[^/]*?)(?:\\.debug)?(?:\\.gsym)?(?:$|/)");

    private static final KernelRelease UNKNOWN = new KernelRelease(null, null);

    /**
     * {@return the release of a file; unknown if the file cannot be read, because the release only improves messages}
     *
     * @param elf a vmlinux or a module
     */
    public static KernelRelease of(ElfFile elf) {
        try {
            KernelRelease release = fromModinfo(elf);
            if (release == null) {
                release = fromBanner(elf);
            }
            return release != null ? release : ofName(elf.path());
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** {@return the release in an index, copied from the indexed file} */
    static KernelRelease of(GsymFile gsym) {
        try {
            String release = gsym.release();
            return release == null ? ofName(gsym.path()) : new KernelRelease(release, gsym.banner());
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static @Nullable KernelRelease fromModinfo(ElfFile elf) throws IOException {
        String magic = modinfo(elf, "vermagic=");
        return magic == null ? null : new KernelRelease(word(magic), magic);
    }

    /**
     * {@return a value in a module's .modinfo; null if there is none}
     *
     * @param key with =
     */
    static @Nullable String modinfo(ElfFile elf, String key) throws IOException {
        Section section = elf.section(".modinfo");
        if (section == null) {
            return null;
        }
        SectionData data = elf.data(section);
        String text = text(data.read(0, (int) Math.min(data.size(), MAX_MODINFO)));
        for (String entry : text.split("\0", -1)) {
            if (entry.startsWith(key)) {
                return entry.substring(key.length());
            }
        }
        return null;
    }

    private static @Nullable KernelRelease fromBanner(ElfFile elf) throws IOException {
        SymbolTable symbols = elf.symbols();
        for (int symbol : symbols.named("linux_banner")) {
            int index = symbols.sectionIndex(symbol);
            if (index > 0 && index < elf.sections().size()) {
                Section section = elf.sections().get(index);
                SectionData data = elf.data(section);
                long offset = symbols.address(symbol) - elf.address(section);
                if (offset >= 0 && offset < data.size()) {
                    String text = text(data.read(offset, (int) Math.min(data.size() - offset, MAX_BANNER)));
                    String banner = text.split("[\0\n]", 2)[0];
                    String prefix = "Linux version ";
                    if (banner.startsWith(prefix)) {
                        return new KernelRelease(word(banner.substring(prefix.length())), banner);
                    }
                }
            }
        }
        return null;
    }

    /** {@return the release in the path of a file} */
    static KernelRelease ofName(@Nullable Path path) {
        Matcher name = NAME.matcher(path == null ? "" : path.toString());
        return name.find() ? new KernelRelease(name.group(1), null) : UNKNOWN;
    }

    private static String word(String text) {
        return text.split(" ", 2)[0];
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
