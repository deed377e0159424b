package dev.backline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class X86DecoderTest {
    private static final long ADDRESS_64 = 0xffff_ffff_8100_0000L;
    private static final long ADDRESS_32 = 0xc100_0000L;
    private static final Path OBJDUMP = Path.of("/usr/bin/objdump");

    /** The bytes come from llvm-mc, the texts from objdump, the rest from Intel's manual. */
    static Stream<String> instructions() throws IOException {
        try (InputStream in = Objects.requireNonNull(X86DecoderTest.class.getResourceAsStream("x86.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.startsWith("#")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void decodesAsTheTableSays(String line) {
        String[] fields = (line + "\t\t\t\t").split("\t", -1);
        InstructionSet set = InstructionSet.valueOf(fields[0]);
        byte[] code = HexFormat.of().parseHex(fields[1]);
        Decoder decoder = set.decoder();
        int length = decoder.decode(code, 0, code.length, set == InstructionSet.X86_64 ? ADDRESS_64 : ADDRESS_32);
        assertThat(length).isEqualTo(code.length);
        assertThat(decoder.length()).isEqualTo(length);
        assertThat(decoder.isValid()).isTrue();
        assertThat(decoder.text()).isEqualTo(fields[2]);
        assertThat(operands(decoder)).isEqualTo(fields[3]);
        assertThat(flow(decoder)).isEqualTo(fields[4]);
        assertThat(effect(decoder)).isEqualTo(fields[5]);
    }

    @ParameterizedTest
    @MethodSource("instructions")
    void findsEachCutInstructionBad(String line) {
        String[] fields = line.split("\t", -1);
        byte[] code = HexFormat.of().parseHex(fields[1]);
        Decoder decoder = InstructionSet.valueOf(fields[0]).decoder();
        for (int end = 1; end < code.length; end++) {
            assertThat(decoder.decode(code, 0, end, ADDRESS_64)).isBetween(1, end);
            // Some instructions start with others.
            if (!decoder.isValid()) {
                assertThat(decoder.text()).isEqualTo("(bad)");
                assertThat(decoder.operands()).isZero();
            }
        }
    }

    @Test
    void tellsWhichRegistersAreReadAndChanged() {
        assertThat(registers("480fb14f08")).isEqualTo("reads rax rcx rdi, changes rax");
        assertThat(registers("4889d8")).isEqualTo("reads rbx, changes rax");
        assertThat(registers("48f7f3")).isEqualTo("reads rax rdx rbx, changes rax rdx");
        assertThat(registers("0fa2")).isEqualTo("reads rax rcx, changes rax rdx rcx rbx");
        assertThat(registers("f348a5")).isEqualTo("reads rcx rsi rdi, changes rcx rsi rdi");
        assertThat(registers("88e0")).isEqualTo("reads rax, changes rax");
        assertThat(registers("55")).isEqualTo("reads rbp rsp, changes rsp");
        assertThat(registers("0f30")).isEqualTo("reads rax rdx rcx, changes");
        assertThat(registers("4a8b44e010")).isEqualTo("reads rax r12, changes rax");
        assertThat(registers("c4e279e04a08")).isEqualTo("reads rax rdx rcx, changes rcx");
        assertThat(registers("488b442408")).isEqualTo("reads rsp, changes rax");
    }

    private static String registers(String hex) {
        byte[] code = HexFormat.of().parseHex(hex);
        Decoder decoder = InstructionSet.X86_64.decoder();
        assertThat(decoder.decode(code, 0, code.length, 0)).isEqualTo(code.length);
        return "reads" + names(decoder, decoder.readRegisters()) + ", changes"
                + names(decoder, decoder.changedRegisters());
    }

    private static String names(Decoder decoder, long registers) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            if (((registers >> i) & 1) != 0) {
                names.append(' ').append(decoder.registerName(i));
            }
        }
        return names.toString();
    }

    @ParameterizedTest
    @EnumSource(names = {"X86_64", "I386"})
    void staysInsideAnyBytes(InstructionSet set) {
        Decoder decoder = set.decoder();
        SplittableRandom random = new SplittableRandom(1);
        byte[] code = new byte[64];
        for (int i = 0; i < 200_000; i++) {
            random.nextBytes(code);
            int from = random.nextInt(40);
            int to = from + 1 + random.nextInt(20);
            int length = decoder.decode(code, from, to, random.nextLong());
            assertThat(length).isBetween(1, Math.min(15, to - from));
            assertThat(decoder.length()).isEqualTo(length);
            assertThat(decoder.text()).isNotEmpty();
            assertThat(decoder.operands()).isBetween(0, 2);
        }
    }

    /** Random bytes, in which one-byte opcodes are frequent. */
    @ParameterizedTest
    @EnumSource(names = {"X86_64", "I386"})
    void findsTheSameInstructionsAsObjdump(InstructionSet set, @TempDir Path folder) throws Exception {
        assumeThat(OBJDUMP).exists();
        byte[] code = new byte[60_000];
        new SplittableRandom(7).nextBytes(code);
        for (int i = 0; i < code.length; i++) {
            // Neither EVEX, VEX and XOP nor objdump's own reading of wait.
            code[i] = switch (code[i] & 0xff) {
                case 0x62, 0xc4, 0xc5, 0x8f, 0x9b -> (byte) 0x8b;
                default -> code[i];
            };
        }
        Path file = folder.resolve("code");
        Files.write(file, code);
        String machine = set == InstructionSet.X86_64 ? "i386:x86-64" : "i386";
        Process process = new ProcessBuilder(
                        OBJDUMP.toString(),
                        "-D",
                        "-z",
                        "-b",
                        "binary",
                        "-m",
                        machine,
                        "--no-show-raw-insn",
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines;
        try (InputStream in = process.getInputStream()) {
            lines = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.contains(":\t"))
                    .toList();
        }
        assertThat(lines).hasSizeGreaterThan(10_000);
        Decoder decoder = set.decoder();
        List<String> different = new ArrayList<>();
        int compared = 0;
        for (int i = 0; i + 1 < lines.size(); i++) {
            int at = address(lines.get(i));
            int length = address(lines.get(i + 1)) - at;
            String text = lines.get(i).substring(lines.get(i).indexOf('\t') + 1);
            // Where a prefix is shown as an instruction or bytes are bad, versions of objdump differ.
            if (text.contains("(bad)") || text.startsWith("rex")) {
                continue;
            }
            compared++;
            decoder.decode(code, at, code.length, at);
            if (decoder.length() != length || !decoder.isValid()) {
                different.add(lines.get(i) + ": " + length + ", not " + decoder.length() + " " + decoder.text());
            }
        }
        assertThat(different.size() * 1000).as(different.toString()).isLessThan(compared);
    }

    private static int address(String line) {
        return Integer.parseInt(line.substring(0, line.indexOf(':')).strip(), 16);
    }

    private static String flow(Decoder decoder) {
        return decoder.flow() + (decoder.hasBranchTarget() ? " " + Long.toHexString(decoder.branchTarget()) : "");
    }

    private static String effect(Decoder decoder) {
        String target = decoder.target() == Decoder.NONE ? "" : decoder.registerName(decoder.target());
        return switch (decoder.effect()) {
            case OTHER -> "";
            case LOAD -> "LOAD " + target;
            case MOVE -> "MOVE " + target + "=" + decoder.registerName(decoder.source());
            case CONSTANT ->
                "CONSTANT " + target + "=" + number(decoder.constant()).replaceFirst("^\\+", "");
            case ADD -> "ADD " + target + "=" + decoder.registerName(decoder.source()) + number(decoder.constant());
        };
    }

    private static String number(long number) {
        boolean isSmall = number < 0 && number > -0x1_0000_0000L;
        return isSmall ? "-0x" + Long.toHexString(-number) : "+0x" + Long.toHexString(number);
    }

    private static String operands(Decoder decoder) {
        List<String> operands = new ArrayList<>();
        for (int i = 0; i < decoder.operands(); i++) {
            String segment = decoder.segment(i) == 4 ? "fs:" : decoder.segment(i) == 5 ? "gs:" : "";
            int base = decoder.base(i);
            String address = base == Decoder.PC ? "pc" : base == Decoder.NONE ? "" : decoder.registerName(base);
            if (decoder.index(i) != Decoder.NONE) {
                address += (address.isEmpty() ? "" : "+") + decoder.registerName(decoder.index(i)) + "*"
                        + decoder.scale(i);
            }
            String displacement = base == Decoder.PC
                    ? "+0x" + Long.toHexString(decoder.displacement(i))
                    : number(decoder.displacement(i));
            address += address.isEmpty() ? displacement.replaceFirst("^\\+", "") : displacement;
            operands.add(decoder.access(i) + " " + decoder.accessSize(i) + " " + segment + address);
        }
        return String.join(", ", operands);
    }
}
