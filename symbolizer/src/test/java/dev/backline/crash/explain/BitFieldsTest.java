package dev.backline.crash.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backline.crash.CodeBytes;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.MemberPath;
import dev.backline.elf.ElfFile;
import dev.backline.fixtures.Kernels;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bits of a byte that instructions use; llvm-mc-19 assembled them. */
class BitFieldsTest {
    private static FunctionCode code(InstructionSet set, String hex) {
        CodeBytes bytes = new CodeBytes(hex.replace(" ", ""), 0, set, null);
        return Objects.requireNonNull(FunctionCode.ofReport(bytes));
    }

    private static BitFields.@Nullable Bits used(InstructionSet set, String hex) {
        FunctionCode code = code(set, hex);
        return BitFields.used(code, 0, code.get(0).operands().get(0));
    }

    @ParameterizedTest
    @CsvSource({
        // ldrb w1, [x0, #16]; and w1, w1, #0xfffffffe; strb w1, [x0, #16]
        "ARM64, 01404039 21781f12 01400039, 0, 1",
        // ldrb w1, [x0, #16]; and w1, w1, #0xfffffff3; orr w1, w1, #0x4; strb w1, [x0, #16]
        "ARM64, 01404039 21741c12 21001e32 01400039, 2, 2",
        // movzbl 0x10(%rdi),%eax; and $0xfd,%al; mov %al,0x10(%rdi)
        "X86_64, 0fb64710 24fd 884710, 1, 1",
        // movzbl 0x10(%rdi),%eax; and $0x6,%eax; ret
        "X86_64, 0fb64710 83e006 c3, 1, 2",
        // ldrb w1, [x0, #16]; tbz w1, #3, .+8
        "ARM64, 01404039 41001836, 3, 1",
    })
    void tellsWhichBitsTheCodeUses(InstructionSet set, String hex, int low, int count) {
        assertThat(used(set, hex)).isEqualTo(new BitFields.Bits(low, count));
    }

    @ParameterizedTest
    @CsvSource({
        // movzbl 0x10(%rdi),%eax; and $0x4,%ecx; test $0x1,%al
        "X86_64, 0fb64710 83e104 a801, 0",
        // ldrb w1, [x0, #16]; tbz w2, #3, .+8: a branch ends the search
        "ARM64, 01404039 42001836, -1",
        // ldrb w1, [x0, #16]; lsr w3, w2, #5; tbz w1, #3, .+8
        "ARM64, 01404039 437c0553 41001836, 3",
    })
    void takesNoBitsOfAnotherRegister(InstructionSet set, String hex, int low) {
        BitFields.Bits bits = used(set, hex);
        assertThat(bits == null ? -1 : bits.low()).isEqualTo(low);
    }

    @Test
    void leavesANumberInTheSamePlaceAPossibility() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        try (ElfFile vmlinux = ElfFile.open(kernel.get().vmlinux())) {
            long start = vmlinux.symbols().address(vmlinux.symbols().named("skb_clone")[0]);
            Declarations unit = Objects.requireNonNull(Declarations.at(Dwarf.of(vmlinux), start));
            Layout any = Objects.requireNonNull(unit.layout("sk_buff"));
            MemberPath low = new MemberPath("low", any, 16, 128, 1);
            MemberPath high = new MemberPath("high", any, 16, 129, 1);
            MemberPath both = new MemberPath("flags", any, 16, -1, 0);
            Pointer pointer = Pointer.of(new Pointer.Root(Pointer.Kind.VARIABLE, "p", any, null, -1, 0));
            Candidate candidate =
                    new Candidate(pointer, "p", "?", 0L, any, 16, both, List.of(low, high), Candidate.MEMBER, true, 0);
            // movzbl 0x10(%rdi),%eax; and $0x2,%eax
            FunctionCode code = code(InstructionSet.X86_64, "0fb64710 83e002");
            Candidate chosen = BitFields.chosen(
                            List.of(candidate), code, 0, code.get(0).operands().get(0))
                    .get(0);
            assertThat(Objects.requireNonNull(chosen.member()).path()).isEqualTo("high");
            assertThat(chosen.alternatives()).containsExactly(both);
        }
    }
}
