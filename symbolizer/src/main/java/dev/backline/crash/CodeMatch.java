package dev.backline.crash;

import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.Section;
import dev.backline.elf.SectionData;
import dev.backline.elf.SymbolTable;
import dev.backline.io.Hex;
import dev.backline.io.Internal;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a report against those of the file, apart from what the kernel patches at boot and at run time. Immutable.
 *
 * @param meaning what the comparison says
 * @param patched what was patched, such as {@code ftrace entry}; empty if nothing was
 * @param isHooked whether a function's ftrace entry in these bytes calls something: a tracer, a live patch or BPF
 * @param kaslrOffset that absolute addresses in the code agree on; null if no address tells, or all are the file's
 * @param differences the number of bytes that differ and are not patched
 * @param firstDifference the address of the first of them, in the file; null if there is none
 */
@Internal
public record CodeMatch(
        Meaning meaning,
        List<String> patched,
        boolean isHooked,
        @Nullable Long kaslrOffset,
        int differences,
        @Nullable Long firstDifference) {
    /** More bytes than any kernel prints. */
    private static final int MAX_BYTES = 4096;

    /** A change that is not the kernel's own concerns one instruction. */
    private static final int MAX_RUN = 16;

    /** Bytes that must be equal before a difference counts as an exception. */
    private static final int MIN_EQUAL = 8;

    /** The longest way back to the start of a function. */
    private static final int MAX_FUNCTION = 1 << 16;

    private static final int INT3 = 0xcc;
    private static final int JMP = 0xe9;
    private static final int CALL = 0xe8;

    /** What a comparison says. */
    public enum Meaning {
        /** The bytes are equal, apart from what the kernel patches. */
        FITS,
        /** A breakpoint or a jump stands where an instruction of the file starts. */
        PROBE,
        /** Only the first bytes of a function differ. */
        ENTRY,
        /** One bit of one byte differs. */
        ONE_BIT,
        /** A few bytes beside each other differ. */
        FEW_BYTES,
        /** The code is different. */
        OTHER_CODE,
        /** There is nothing to compare. */
        NOT_COMPARABLE
    }

    public CodeMatch {
        patched = List.copyOf(patched);
    }

    private static final CodeMatch NOT_COMPARABLE =
            new CodeMatch(Meaning.NOT_COMPARABLE, List.of(), false, null, 0, null);

    /** {@return whether the file has the code that ran; null if that is not known} */
    public @Nullable Boolean matchesFile() {
        return switch (meaning) {
            case FITS, PROBE, ENTRY -> true;
            case ONE_BIT, FEW_BYTES, OTHER_CODE -> false;
            case NOT_COMPARABLE -> null;
        };
    }

    /**
     * {@return sentences for the reader of an explanation; empty if there is nothing to say}
     *
     * @param isSameBuild whether the build id of the report is that of the file
     */
    public List<String> notes(boolean isSameBuild) {
        List<String> notes = new ArrayList<>();
        String at = firstDifference == null ? "" : " (first at " + Hex.text(firstDifference) + ")";
        switch (meaning) {
            case FITS, NOT_COMPARABLE -> {}
            case PROBE ->
                notes.add("A breakpoint or jump replaces an instruction" + at
                        + ": a kprobe or a live patch was active in this code.");
            case ENTRY ->
                notes.add("The function's first bytes are changed" + at
                        + ": a tracer, a live patch or a BPF program was attached to the function.");
            case ONE_BIT ->
                notes.add(
                        isSameBuild
                                ? "One bit of the running code differs from the debug file" + at
                                        + " although the build ids are equal: suspect faulty memory or a faulty CPU."
                                : "One bit of the running code differs from the debug file" + at
                                        + ": check that the debug file is from the same build before you suspect the memory.");
            case FEW_BYTES ->
                notes.add(
                        isSameBuild
                                ? differences + " bytes of the running code differ from the debug file" + at
                                        + " although the build ids are equal: something overwrote or patched the code."
                                : differences + " bytes of the running code differ from the debug file" + at
                                        + ": the debug file is from another build, or something patched the code.");
            case OTHER_CODE ->
                notes.add(
                        isSameBuild
                                ? "The running code differs from the debug file in " + differences
                                        + " bytes although the build ids are equal: the code was overwritten,"
                                        + " or the program counter was located wrongly."
                                : "The running code differs from the debug file in " + differences
                                        + " bytes: the debug file is from another build, so do not trust the source lines.");
        }
        if (isHooked) {
            notes.add("The ftrace entry of a function in this code was active: a tracer, a live patch or a BPF program"
                    + " was attached to the function.");
        }
        if (kaslrOffset != null && Boolean.TRUE.equals(matchesFile())) {
            notes.add("The addresses in the running code give the KASLR offset " + Hex.text(kaslrOffset) + ".");
        }
        return List.copyOf(notes);
    }

    /**
     * {@return the comparison of a report's bytes with those of a file}
     *
     * @param code the report's bytes
     * @param file vmlinux or the module
     * @param trapAddress the address of the marked instruction in the file, as defined by {@link ElfFile#address}
     */
    public static CodeMatch of(CodeBytes code, ElfFile file, long trapAddress) {
        byte[] all = new byte[Math.min(code.size(), MAX_BYTES)];
        boolean[] isRead = new boolean[all.length];
        for (int i = 0; i < all.length; i++) {
            int high = Hex.digit(code.hex().charAt(2 * i));
            int low = Hex.digit(code.hex().charAt(2 * i + 1));
            isRead[i] = (high | low) >= 0;
            all[i] = (byte) (high << 4 | low);
        }
        Section section = file.sectionAt(trapAddress);
        if (code.trap() < 0 || code.trap() >= all.length || section == null || section.type() == Section.SHT_NOBITS) {
            return NOT_COMPARABLE;
        }
        // The window may extend beyond the section at both ends
        long offset = trapAddress - file.address(section) - code.trap();
        try {
            SectionData data = file.data(section);
            int skip = (int) Math.max(0, -offset);
            int length = (int) Math.min(all.length - skip, data.size() - offset - skip);
            if (length <= 0) {
                return NOT_COMPARABLE;
            }
            Comparison comparison = new Comparison(
                    file,
                    section,
                    file.address(section) + offset + skip,
                    data.read(offset + skip, length),
                    Arrays.copyOfRange(all, skip, skip + length),
                    Arrays.copyOfRange(isRead, skip, skip + length),
                    code.set());
            return comparison.result();
        } catch (IOException e) {
            return NOT_COMPARABLE;
        }
    }

    /** One window. */
    private static final class Comparison {
        private final ElfFile file;
        private final Section section;
        private final long from;
        private final byte[] own;
        private final byte[] running;
        private final boolean[] isRead;
        private final @Nullable InstructionSet set;
        private final boolean[] differs;
        private final boolean[] isPatchable;

        Comparison(
                ElfFile file,
                Section section,
                long from,
                byte[] own,
                byte[] running,
                boolean[] isRead,
                @Nullable InstructionSet set) {
            this.file = file;
            this.section = section;
            this.from = from;
            this.own = own;
            this.running = running;
            this.isRead = isRead;
            this.set = set != null
                    ? set
                    : InstructionSet.ofElf(
                            file.header().machine(), file.header().is64());
            this.differs = new boolean[own.length];
            this.isPatchable = new boolean[own.length];
        }

        CodeMatch result() {
            int compared = 0;
            for (int i = 0; i < own.length; i++) {
                compared += isRead[i] ? 1 : 0;
                differs[i] = isRead[i] && own[i] != running[i];
            }
            if (compared == 0) {
                return NOT_COMPARABLE;
            }
            Set<PatchSite.Kind> patched = EnumSet.noneOf(PatchSite.Kind.class);
            boolean isHooked = false;
            PatchSites sites = PatchSites.of(file, from, from + own.length);
            // Most windows are explained before all tables are read
            List<PatchSite> some = sites.next();
            while (any() && some != null) {
                isHooked |= mask(some, patched);
                some = sites.next();
            }
            Long kaslrOffset = null;
            if (any() && !file.header().isRelocatable()) {
                boolean[] canCompare = isRead.clone();
                for (int i = 0; i < own.length; i++) {
                    canCompare[i] &= !isPatchable[i];
                }
                kaslrOffset = new AbsoluteFields(file, section, from, own, running, canCompare).explain(differs);
            }
            if (any()) {
                mask(sites.calls(), patched);
            }
            List<String> names = new ArrayList<>();
            for (PatchSite.Kind each : patched) {
                names.add(each.text());
            }
            for (int i = 0; i < own.length; i++) {
                compared -= isRead[i] && isPatchable[i] ? 1 : 0;
            }
            int first = next(0);
            int count = 0;
            for (boolean each : differs) {
                count += each ? 1 : 0;
            }
            return new CodeMatch(
                    meaning(first, count, compared),
                    names,
                    isHooked,
                    kaslrOffset,
                    count,
                    first == own.length ? null : Long.valueOf(from + first));
        }

        /** Marks the bytes of the places as equal, and tells whether an ftrace entry calls something. */
        private boolean mask(List<PatchSite> sites, Set<PatchSite.Kind> patched) {
            boolean isHooked = false;
            boolean[] before = differs.clone();
            for (PatchSite each : sites) {
                int start = (int) Math.max(0, each.address() - from);
                int end = (int) Math.min(own.length, each.end() - from);
                boolean isChanged = false;
                for (int i = start; i < end; i++) {
                    isChanged |= before[i];
                    differs[i] = false;
                    isPatchable[i] = true;
                }
                if (isChanged && each.kind() != PatchSite.Kind.RELOCATION) {
                    patched.add(each.kind());
                    isHooked |= each.kind() == PatchSite.Kind.FTRACE && isCall(each);
                }
            }
            return isHooked;
        }

        private boolean isCall(PatchSite site) {
            long at = site.address() - from;
            if (at < 0 || at + 4 > running.length) {
                return false;
            }
            int first = running[(int) at] & 0xff;
            return switch (file.header().machine()) {
                case ElfHeader.EM_X86_64, ElfHeader.EM_386 -> first == CALL || first == JMP || first == INT3;
                // bl: 100101 in the top bits of the little-endian word
                case ElfHeader.EM_AARCH64 -> (running[(int) at + 3] & 0xfc) == 0x94;
                default -> false;
            };
        }

        private boolean any() {
            return next(0) < differs.length;
        }

        private int next(int i) {
            int at = i;
            while (at < differs.length && !differs[at]) {
                at++;
            }
            return at;
        }

        /**
         * What the differences mean.
         *
         * @param first the first byte that differs
         * @param count the number of bytes that differ
         * @param compared the number of bytes that had to be equal
         */
        private Meaning meaning(int first, int count, int compared) {
            if (count == 0) {
                return Meaning.FITS;
            }
            int last = differs.length - 1;
            while (!differs[last]) {
                last--;
            }
            int run = last - first + 1;
            boolean isException = run <= MAX_RUN && compared - count >= MIN_EQUAL;
            if (!isException) {
                return Meaning.OTHER_CODE;
            }
            boolean isJump = set != null && isJump(first, run);
            if (isJump || (set != null && isBreakpoint(first, run))) {
                long function = function();
                if (isJump && function != 0 && from + first - function <= 8) {
                    return Meaning.ENTRY;
                }
                if (isInstructionStart(start(first), function)) {
                    return Meaning.PROBE;
                }
            }
            if (count == 1 && Integer.bitCount((own[first] ^ running[first]) & 0xff) == 1) {
                return Meaning.ONE_BIT;
            }
            return Meaning.FEW_BYTES;
        }

        /** The start of the instruction in which a byte differs, where instructions are aligned. */
        private int start(int first) {
            int align = switch (file.header().machine()) {
                case ElfHeader.EM_AARCH64, ElfHeader.EM_ARM, ElfHeader.EM_PPC, ElfHeader.EM_PPC64 -> 4;
                case ElfHeader.EM_RISCV, ElfHeader.EM_S390 -> 2;
                default -> 1;
            };
            return (int) Math.max(0, ((from + first) & -align) - from);
        }

        /** The start of the function with the first difference; 0 if it is unknown. */
        private long function() {
            try {
                long address = from + next(0);
                SymbolTable symbols = file.symbols();
                int symbol = symbols.at(address);
                return symbol < 0 ? 0 : symbols.address(symbol);
            } catch (IOException e) {
                return 0;
            }
        }

        /** Whether a jump or a call replaces an instruction, or several. */
        private boolean isJump(int first, int run) {
            int at = start(first);
            int b0 = running[at] & 0xff;
            return switch (set == null ? InstructionSet.THUMB : set) {
                case X86_64, I386 -> at == first && (b0 == JMP || b0 == CALL) && run <= 5;
                // b and bl: x00101 in the top bits of the little-endian word
                case ARM64 -> run <= 4 && running.length - at >= 4 && (running[at + 3] & 0x7c) == 0x14;
                default -> false;
            };
        }

        /** Whether the breakpoint of a kprobe replaces an instruction. */
        private boolean isBreakpoint(int first, int run) {
            int at = start(first);
            return switch (set == null ? InstructionSet.THUMB : set) {
                case X86_64, I386 -> at == first && (running[at] & 0xff) == INT3 && run <= 5;
                // BRK64_OPCODE_KPROBES (arch/arm64/include/asm/brk-imm.h)
                case ARM64 -> run <= 4 && isRunning(at, 0x80, 0x00, 0x20, 0xd4);
                // ebreak and c.ebreak
                case RISCV64 ->
                    (run <= 4 && isRunning(at, 0x73, 0x00, 0x10, 0x00)) || (run <= 2 && isRunning(at, 0x02, 0x90));
                // BREAKPOINT_INSTRUCTION (arch/s390/include/asm/kprobes.h)
                case S390 -> run <= 2 && isRunning(at, 0x00, 0x02);
                // KPROBE_ARM_BREAKPOINT_INSTRUCTION (arch/arm/include/asm/probes.h) with any condition
                case ARM ->
                    run <= 4
                            && isRunning(at, 0xf8, 0x01, 0xf0)
                            && at + 3 < running.length
                            && (running[at + 3] & 0x0f) == 0x07;
                // PPC_RAW_TRAP (arch/powerpc/include/asm/ppc-opcode.h) in either byte order
                case POWERPC ->
                    run <= 4 && (isRunning(at, 0x7f, 0xe0, 0x00, 0x08) || isRunning(at, 0x08, 0x00, 0xe0, 0x7f));
                case THUMB -> false;
            };
        }

        private boolean isRunning(int at, int... bytes) {
            for (int i = 0; i < bytes.length; i++) {
                if (at + i >= running.length || (running[at + i] & 0xff) != bytes[i]) {
                    return false;
                }
            }
            return true;
        }

        /** Whether an instruction of the file starts there; assumed where the file's code cannot be decoded. */
        private boolean isInstructionStart(int at, long function) {
            Decoder decoder = set == null ? null : set.decoder();
            long size = from + at - function;
            if (decoder == null || function == 0 || size < 0 || size > MAX_FUNCTION) {
                return true;
            }
            byte[] code = PatchSites.code(file, function, (int) size + 1);
            int done = 0;
            while (code != null && done < size) {
                done += Math.max(1, decoder.decode(code, done, code.length, function + done));
            }
            return code == null || done == size;
        }
    }
}
