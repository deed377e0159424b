package dev.backline.crash;

import dev.backline.io.Hex;
import dev.backline.machine.InstructionSet;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Names the instructions of arm, Thumb and powerpc with an objdump that is installed. The bytes go into an ELF file in a
 * new folder of this process; the arguments are fixed, and the tool has two seconds. Without a tool, or if it fails, the
 * words stay as they are. Thread-safe.
 */
final class ObjdumpText {
    private static final long SECONDS = 2;
    private static final long MAX_OUTPUT = 1 << 20;

    private static final List<String> ARM =
            List.of("arm-linux-gnueabihf-objdump", "arm-linux-gnueabi-objdump", "arm-none-eabi-objdump");
    private static final List<String> POWERPC =
            List.of("powerpc64le-linux-gnu-objdump", "powerpc64-linux-gnu-objdump", "powerpc-linux-gnu-objdump");
    private static final List<String> LLVM = List.of(
            "llvm-objdump",
            "llvm-objdump-21",
            "llvm-objdump-20",
            "llvm-objdump-19",
            "llvm-objdump-18",
            "llvm-objdump-17",
            "llvm-objdump-16",
            "llvm-objdump-15",
            "llvm-objdump-14");

    private ObjdumpText() {}

    /** {@return the listing with the tool's texts; the listing itself where backline or no tool knows the instructions} */
    static Disassembly named(CodeBytes code, Disassembly listing) {
        InstructionSet set = code.set();
        if (listing.instructions().isEmpty()
                || (set != InstructionSet.ARM && set != InstructionSet.THUMB && set != InstructionSet.POWERPC)) {
            return listing;
        }
        List<String> command = command(set);
        if (command.isEmpty()) {
            return listing;
        }
        StringBuilder hex = new StringBuilder();
        for (Disassembly.Line line : listing.instructions()) {
            hex.append(line.bytes());
        }
        Map<Long, String> texts;
        try {
            texts = run(command, elf(set, HexFormat.of().parseHex(hex)));
        } catch (IOException e) {
            return listing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return listing;
        }
        List<Disassembly.Line> lines = new ArrayList<>();
        long offset = 0;
        for (Disassembly.Line line : listing.instructions()) {
            String text = texts.get(offset);
            lines.add(new Disassembly.Line(
                    line.address(), line.bytes(), text == null ? line.text() : text, line.trapping(), null, 0));
            offset += line.bytes().length() / 2;
        }
        return new Disassembly(listing.bytes(), listing.trap(), listing.fromLog(), listing.matchesFile(), lines);
    }

    /** {@return the tool and its options; empty if none is installed} */
    private static List<String> command(InstructionSet set) {
        boolean thumb = set == InstructionSet.THUMB;
        String gnu = installed(set == InstructionSet.POWERPC ? POWERPC : ARM);
        if (gnu != null) {
            return thumb
                    ? List.of(gnu, "-d", "-z", "--no-show-raw-insn", "-M", "force-thumb")
                    : List.of(gnu, "-d", "-z", "--no-show-raw-insn");
        }
        String llvm = installed(LLVM);
        if (llvm == null) {
            return List.of();
        }
        return switch (set) {
            case THUMB -> List.of(llvm, "-d", "-z", "--no-show-raw-insn", "--triple=thumbv7");
            case ARM -> List.of(llvm, "-d", "-z", "--no-show-raw-insn", "--triple=armv7");
            default -> List.of(llvm, "-d", "-z", "--no-show-raw-insn");
        };
    }

    private static @Nullable String installed(List<String> names) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            // A relative folder could belong to whoever made the current one.
            if (!folder.startsWith(File.separator)) {
                continue;
            }
            for (String name : names) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program)) {
                    return program.toString();
                }
            }
        }
        return null;
    }

    private static Map<Long, String> run(List<String> command, byte[] elf) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("backline-code");
        Path in = folder.resolve("code.o");
        Path out = folder.resolve("text");
        try {
            Files.write(in, elf);
            List<String> words = new ArrayList<>(command);
            words.add(in.toString());
            Process process = new ProcessBuilder(words)
                    .redirectInput(new File(File.separatorChar == '/' ? "/dev/null" : "NUL"))
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Map.of();
            }
            return process.exitValue() == 0 && Files.size(out) <= MAX_OUTPUT
                    ? texts(Files.readString(out, StandardCharsets.ISO_8859_1))
                    : Map.of();
        } finally {
            Files.deleteIfExists(in);
            Files.deleteIfExists(out);
            Files.deleteIfExists(folder);
        }
    }

    /** Reads lines of the form {@code   4:\tldr r0, [r1]}. */
    private static Map<Long, String> texts(String listing) {
        Map<Long, String> texts = new HashMap<>();
        for (String line : listing.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon < 1 || colon > 20 || colon + 1 >= line.length() || line.charAt(0) != ' ') {
                continue;
            }
            long address = hex(line.substring(0, colon).strip());
            if (address >= 0) {
                texts.put(address, cleaned(line.substring(colon + 1)));
            }
        }
        return texts;
    }

    /** The number; -1 if the text is no short hex number. */
    private static long hex(String text) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = Hex.digit(text.charAt(i));
            if (digit < 0 || i == 15) {
                return -1;
            }
            value = (value << 4) | digit;
        }
        return text.isEmpty() ? -1 : value;
    }

    /** The text with one blank for each gap, without comments and without the names of targets. */
    private static String cleaned(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ';' || (c == '<' && out.length() > 0)) {
                break;
            }
            boolean blank = c == ' ' || c == '\t' || c < ' ' || c > '~';
            if (!blank) {
                out.append(c);
            } else if (out.length() > 0 && out.charAt(out.length() - 1) != ' ') {
                out.append(' ');
            }
        }
        return out.toString().strip();
    }

    /** An object file with one section of code: header, code, names, four section headers. */
    private static byte[] elf(InstructionSet set, byte[] code) {
        boolean wide = set == InstructionSet.POWERPC;
        byte[] names = "\0.text\0.shstrtab\0".getBytes(StandardCharsets.ISO_8859_1);
        int header = wide ? 64 : 52;
        int entry = wide ? 64 : 40;
        int namesAt = header + ((code.length + 7) & -8);
        int table = namesAt + ((names.length + 7) & -8);
        ByteBuffer file = ByteBuffer.allocate(table + (3 * entry));
        file.order(wide ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), (byte) (wide ? 2 : 1), 1});
        file.position(16);
        // A relocatable file of powerpc64, or of arm with version 5 of the ABI.
        file.putShort((short) 1).putShort((short) (wide ? 21 : 40)).putInt(1);
        word(file, wide, 0);
        word(file, wide, 0);
        word(file, wide, table);
        file.putInt(wide ? 1 : 0x05000000);
        file.putShort((short) header).putShort((short) 0).putShort((short) 0);
        file.putShort((short) entry).putShort((short) 3).putShort((short) 2);
        file.put(header, code);
        file.put(namesAt, names);
        file.position(table + entry);
        section(file, wide, 1, 1, 6, header, code.length, 4);
        section(file, wide, 7, 3, 0, namesAt, names.length, 1);
        return file.array();
    }

    private static void section(
            ByteBuffer file, boolean wide, int name, int type, int flags, int offset, int size, int alignment) {
        file.putInt(name).putInt(type);
        word(file, wide, flags);
        word(file, wide, 0);
        word(file, wide, offset);
        word(file, wide, size);
        file.putInt(0).putInt(0);
        word(file, wide, alignment);
        word(file, wide, 0);
    }

    private static void word(ByteBuffer file, boolean wide, int value) {
        if (wide) {
            file.putLong(value);
        } else {
            file.putInt(value);
        }
    }
}
