package dev.backline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the texts with those of GNU objdump. */
class Arm64ObjdumpTest {
    private static final String PROGRAM = "aarch64-linux-gnu-objdump";
    private static final String KERNEL = "debian-12-6.1-cloud-arm64";
    private static final int WORDS = 200_000;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsObjdump() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin", PROGRAM)), PROGRAM + " is not installed");
    }

    @Test
    void agreesWithObjdumpOnRandomWords() throws IOException {
        SplittableRandom random = new SplittableRandom(2026);
        ByteBuffer code = ByteBuffer.allocate(4 * WORDS).order(ByteOrder.LITTLE_ENDIAN);
        while (code.hasRemaining()) {
            int word = random.nextInt();
            // Scalable vectors and matrices are known only as far as the kernel uses them.
            int group = (word >>> 25) & 15;
            if (group >= 4) {
                code.putInt(word);
            }
        }
        compare(code.array(), 0);
    }

    @Test
    void agreesWithObjdumpOnTheCodeOfAKernel() throws IOException {
        Kernels.Kernel kernel = Kernels.find(KERNEL).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(KERNEL));
        try (ElfFile file = ElfFile.open(Objects.requireNonNull(kernel).vmlinux())) {
            Section text = Objects.requireNonNull(file.section(".text"));
            compare(file.data(text).read(0, 4 * WORDS), text.address());
        }
    }

    private void compare(byte[] code, long address) throws IOException {
        Path file = folder.resolve("code");
        Files.write(file, code);
        Process objdump = new ProcessBuilder(
                        PROGRAM,
                        "-D",
                        "-z",
                        "-b",
                        "binary",
                        "-m",
                        "aarch64",
                        "--adjust-vma=" + address,
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Decoder decoder = InstructionSet.ARM64.decoder();
        List<String> differences = new ArrayList<>();
        int at = 0;
        for (String line : (Iterable<String>)
                objdump.inputReader(StandardCharsets.ISO_8859_1).lines()::iterator) {
            String[] parts = line.split("\t", 3);
            if (parts.length == 3) {
                decoder.decode(code, at, code.length, address + at);
                String theirs = normal(parts[2]);
                if (!decoder.text().equals(theirs)) {
                    differences.add(parts[1] + theirs + " / " + decoder.text());
                }
                at += 4;
            }
        }
        assertThat(at).isEqualTo(code.length);
        // Newer versions of objdump know names that older ones print as hints or system registers.
        differences.removeIf(difference -> difference.contains(" hint #") || difference.contains(" s3_"));
        assertThat(differences).isEmpty();
    }

    /** Removes the comment, and the prefix of an address. */
    private static String normal(String text) {
        int comment = text.indexOf("//");
        String code = (comment < 0 ? text : text.substring(0, comment))
                .replace('\t', ' ')
                .strip();
        int last = code.lastIndexOf(' ') + 1;
        return code.startsWith("0x", last) && !code.startsWith(".inst")
                ? code.substring(0, last) + code.substring(last + 2)
                : code;
    }
}
