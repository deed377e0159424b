package dev.backline.symbolize;

import dev.backline.fixtures.LlvmSymbolizer;
import dev.backline.fixtures.ReadElf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Facts about the code of a vmlinux from nm, llvm-objdump and its bug table: instructions, calls, functions as kallsyms
 * names them.
 */
final class KernelCode {
    private static final int WINDOWS = 4;
    private static final int WINDOW = 1 << 17;
    private static final int BUGFLAG_WARNING = 1;

    private static final Pattern SYMBOL = Pattern.compile("([0-9a-f]+) [tTwW] ([A-Za-z_][A-Za-z0-9_.]*)");
    private static final Pattern INSTRUCTION = Pattern.compile("\\s*([0-9a-f]+):\\s+(\\S+)\\s*(.*)");

    private final Path vmlinux;
    private final String objdump;
    private final String machine;
    private final TreeMap<Long, String> names = new TreeMap<>(Long::compareUnsigned);
    private final Map<String, Integer> uses = new HashMap<>();

    /**
     * An instruction of a function with a unique name.
     *
     * @param address where the instruction starts
     * @param end the address of the next instruction
     * @param function the function's name
     * @param text mnemonic and operands
     */
    record Instruction(long address, long end, String function, String text) {
        boolean isCall() {
            return text.matches("(call[ql]?|bl|blr|blx|brasl) .*");
        }

        boolean isLoad() {
            return text.matches("(mov[a-z]*\\s.*\\(%.*,.*|ldr[a-z]* .*|lg .*|l .*)");
        }
    }

    private KernelCode(Path vmlinux, String objdump, String machine) {
        this.vmlinux = vmlinux;
        this.objdump = objdump;
        this.machine = machine;
    }

    static KernelCode of(Path vmlinux, LlvmSymbolizer llvm) throws IOException {
        String machine;
        try (RandomAccessFile file = new RandomAccessFile(vmlinux.toFile(), "r")) {
            byte[] header = new byte[20];
            file.readFully(header);
            ByteOrder order = header[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            int number = ByteBuffer.wrap(header).order(order).getShort(18);
            machine = switch (number) {
                case 62 -> "x86_64";
                case 183 -> "aarch64";
                case 40 -> "arm";
                case 22 -> "s390x";
                default -> throw new IOException(vmlinux + ": unknown machine " + number);
            };
        }
        KernelCode code = new KernelCode(vmlinux, llvm.toString().replace("symbolizer", "objdump"), machine);
        for (String line : code.run("nm", vmlinux.toString())) {
            Matcher found = SYMBOL.matcher(line);
            if (found.matches()) {
                code.names.putIfAbsent(Long.parseUnsignedLong(found.group(1), 16), found.group(2));
                code.uses.merge(found.group(2), 1, Integer::sum);
            }
        }
        return code;
    }

    String machine() {
        return machine;
    }

    /** Instructions from four windows of the code. */
    List<Instruction> instructions() throws IOException {
        ReadElf.Section text = section(".text");
        List<Instruction> found = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            long from = text.address() + (text.size() / (WINDOWS + 1) * (i + 1) & -0x1000L);
            Long start = names.ceilingKey(from);
            if (start != null) {
                found.addAll(disassembled(start, start + WINDOW));
            }
        }
        return found;
    }

    /** The calls of a function in the whole code. */
    List<Instruction> callsOf(String function) throws IOException {
        ReadElf.Section text = section(".text");
        return disassembled(text.address(), text.address() + text.size()).stream()
                .filter(each -> each.isCall() && each.text().contains("<" + function + ">"))
                .toList();
    }

    private List<Instruction> disassembled(long from, long to) throws IOException {
        List<String> lines = run(
                objdump,
                "-d",
                "--no-show-raw-insn",
                "--start-address=0x" + Long.toHexString(from),
                "--stop-address=0x" + Long.toHexString(to),
                vmlinux.toString());
        List<Instruction> found = new ArrayList<>();
        long address = 0;
        String text = null;
        for (String line : lines) {
            Matcher instruction = INSTRUCTION.matcher(line);
            if (instruction.matches()) {
                long next = Long.parseUnsignedLong(instruction.group(1), 16);
                String function = text == null ? null : nameAt(address);
                if (function != null) {
                    found.add(new Instruction(address, next, function, text));
                }
                address = next;
                text = instruction.group(2) + " " + instruction.group(3);
                if (text.startsWith("<unknown>") || text.startsWith(".")) {
                    text = null;
                }
            } else if (line.strip().equals("...")) {
                // Zeros follow: the end of this instruction is not on the next line.
                text = null;
            }
        }
        return found;
    }

    /** The name of the function at an address, if it is the only symbol with that name. */
    private @Nullable String nameAt(long address) {
        Map.Entry<Long, String> symbol = names.floorEntry(address);
        return symbol != null && uses.getOrDefault(symbol.getValue(), 0) == 1 ? symbol.getValue() : null;
    }

    /** The start of an instruction's function. */
    long start(Instruction instruction) {
        return names.floorKey(instruction.address());
    }

    boolean isStart(long address) {
        return names.containsKey(address);
    }

    /** The starts of functions with a symbol for the padding in front of them. */
    List<Long> paddedFunctions(int most) {
        return names.entrySet().stream()
                .filter(each -> each.getValue().startsWith("__pfx_") && uses.get(each.getValue()) == 1)
                .map(each -> names.higherKey(each.getKey()))
                .filter(start -> nameAt(start) != null
                        && ("__pfx_" + nameAt(start))
                                .equals(names.lowerEntry(start).getValue()))
                .limit(most)
                .toList();
    }

    /** The name of the function that contains the byte before an address. */
    @Nullable
    String functionBefore(long address) {
        return nameAt(address - 1);
    }

    /** An address as %pS prints it; null if the name is ambiguous. */
    @Nullable
    String place(long address) {
        return place(address, address);
    }

    /** A return address as %pB prints it: the function of the byte before. */
    @Nullable
    String placeBefore(long address) {
        return place(address - 1, address);
    }

    private @Nullable String place(long inside, long address) {
        String name = nameAt(inside);
        Long start = names.floorKey(inside);
        Long next = names.higherKey(inside);
        return name == null || start == null || next == null
                ? null
                : name + "+0x" + Long.toHexString(address - start) + "/0x" + Long.toHexString(next - start);
    }

    /** The addresses of the WARNs in the bug table (include/linux/bug.h: relative addresses, 12 bytes each). */
    List<Long> warnings() throws IOException {
        ReadElf.Section table = section("__bug_table");
        byte[] bytes = new byte[(int) table.size()];
        try (RandomAccessFile file = new RandomAccessFile(vmlinux.toFile(), "r")) {
            file.seek(table.offset());
            file.readFully(bytes);
        }
        ByteBuffer entries =
                ByteBuffer.wrap(bytes).order(machine.equals("s390x") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        List<Long> found = new ArrayList<>();
        for (int at = 0; at + 12 <= bytes.length; at += 12) {
            if ((entries.getShort(at + 10) & BUGFLAG_WARNING) != 0) {
                found.add(table.address() + at + entries.getInt(at));
            }
        }
        return found;
    }

    /** How the machine prints an interrupted instruction in its registers. */
    String register() {
        return switch (machine) {
            case "x86_64" -> "RIP: 0010:%s";
            case "aarch64" -> "pc : %s";
            case "arm" -> "PC is at %s";
            default -> "Krnl PSW : 0704c00180000000 0000000000000000 (%s)";
        };
    }

    /** The lines of a call trace with an exception entry above the interrupted instruction. */
    String[] entry() {
        return switch (machine) {
            case "x86_64" -> new String[] {" asm_exc_page_fault+0x22/0x30", " %s"};
            case "aarch64" -> new String[] {" el1h_64_irq_handler+0x18/0x24", " el1h_64_irq+0x64/0x68", " %s"};
            case "arm" -> new String[] {" __irq_svc from %s"};
            default -> new String[] {" [<00000000001264f4>] ext_int_handler+0xc4/0xf4", " [<00000000001264f4>] %s"};
        };
    }

    private ReadElf.Section section(String name) throws IOException {
        return ReadElf.sections(vmlinux).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException(vmlinux + ": no section " + name));
    }

    private List<String> run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            return in.lines().toList();
        } finally {
            process.destroy();
        }
    }
}
