package dev.backline.benchmarks.instructions;

import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.machine.Decoder;
import dev.backline.machine.InstructionSet;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares all instructions of a file. The listing of the first tool gives the start of each instruction. Where the two
 * tools disagree about length or operands, the difference is listed, but not counted.
 */
final class FileComparison implements Closeable {
    /** Offset, information and addend, 8 bytes each. */
    private static final int RELA_ENTRY = 24;

    private final ElfFile file;
    private final Decoder decoder;
    private final InstructionText text;
    private final Tool firstTool;
    private final Listing first;
    private final @Nullable Listing second;
    private final Tally tally;
    private final PrintWriter disagreements;

    private final List<Section> sections = new ArrayList<>();
    private int sectionIndex = -1;
    private int listedSection = -1;
    private byte[] code = {};
    private long start;
    private boolean isWritable;
    private BitSet relocated = new BitSet();

    /**
     * Starts the tools.
     *
     * @param commands one command per tool; the first tool gives the start of each instruction
     */
    FileComparison(
            ElfFile file,
            InstructionSet set,
            InstructionText text,
            List<Tool> tools,
            List<List<String>> commands,
            Tally tally,
            PrintWriter disagreements)
            throws IOException {
        this.file = file;
        decoder = set.decoder();
        this.text = text;
        this.tally = tally;
        this.disagreements = disagreements;
        for (Section section : file.sections()) {
            if (section.isExecutable()) {
                sections.add(section);
            }
        }
        firstTool = tools.get(0);
        first = Listing.start(commands.get(0), text::isPrefix);
        second = commands.size() > 1 ? Listing.start(commands.get(1), text::isPrefix) : null;
    }

    void run() throws IOException {
        while (first.next()) {
            if (first.section() != listedSection) {
                enter(first.sectionName());
                listedSection = first.section();
            }
            long sectionEnd = start + code.length;
            int from = (int) (first.address() - start);
            if (from < 0 || from >= code.length || isWritable || text.isData(first.text())) {
                continue;
            }
            instruction(from, (int) (first.end(sectionEnd) - start));
        }
    }

    /** Finds the section that a tool names; both list sections in the file's order. */
    private void enter(String name) throws IOException {
        do {
            sectionIndex++;
            if (sectionIndex >= sections.size()) {
                throw new IOException(file.name() + " has no section " + name);
            }
        } while (!sections.get(sectionIndex).name().equals(name));
        Section section = sections.get(sectionIndex);
        code = file.data(section).read(0, Math.toIntExact(section.size()));
        start = section.address();
        // Some kernels mark .data as executable.
        isWritable = (section.flags() & Section.SHF_WRITE) != 0;
        relocated = relocated(section);
    }

    /** The places that the relocations of a section change: some tools apply these, and print other addresses. */
    private BitSet relocated(Section section) throws IOException {
        BitSet places = new BitSet();
        String relocations = ".rela" + section.name();
        for (Section candidate : file.sections()) {
            if (candidate.type() == Section.SHT_RELA && candidate.name().equals(relocations)) {
                ByteBuffer entries = ByteBuffer.wrap(file.data(candidate).read(0, Math.toIntExact(candidate.size())))
                        .order(ByteOrder.LITTLE_ENDIAN);
                for (int at = 0; at + RELA_ENTRY <= entries.limit(); at += RELA_ENTRY) {
                    places.set((int) (entries.getLong(at) - start));
                }
            }
        }
        return places;
    }

    private void instruction(int from, int end) throws IOException {
        long address = start + from;
        int toolLength = end - from;
        String toolText = first.text();
        // GNU objdump does not read past a symbol; llvm-objdump does, but its next line starts there.
        boolean cut = first.symbolIsNext() && firstTool == Tool.LLVM;
        decoder.decode(code, from, first.symbolIsNext() && !cut ? end : code.length, address);
        tally.instruction();

        boolean together = true;
        boolean secondIsBad = false;
        String secondText = "";
        if (second != null) {
            together = second.advance(listedSection, address)
                    && second.end(start + code.length) == start + end
                    && !text.isData(second.text());
            secondText = second.text();
            secondIsBad = text.isBad(secondText);
        }
        boolean bad = text.isBad(toolText);
        if (!together || (second != null && bad != secondIsBad)) {
            disagree(address, from, end, toolText, secondText);
            if (!together) {
                return;
            }
        } else if ((cut ? Math.min(decoder.length(), toolLength) : decoder.length()) != toolLength
                || decoder.isValid() == bad) {
            differs(Tally.Kind.LENGTH, from, end, toolText + " (" + toolLength + ")", ours());
            return;
        }
        if (bad || !decoder.isValid()) {
            if (bad == decoder.isValid() && text.comparesText(firstTool)) {
                differs(Tally.Kind.TEXT, from, end, toolText, ours());
            }
            return;
        }
        String operands = text.operands(firstTool, toolText, address, toolLength);
        if (second != null
                && !secondIsBad
                && !operands.equals(text.operands(Tool.LLVM, secondText, address, toolLength))) {
            disagree(address, from, end, toolText, secondText);
        } else {
            String own = text.operands(decoder, address);
            if (!operands.equals(own)) {
                differs(Tally.Kind.OPERAND, from, end, toolText + " = " + operands, ours() + " = " + own);
            }
        }
        if (text.comparesText(firstTool)) {
            String theirs = text.normalise(firstTool, toolText);
            String own = text.normalise(decoder);
            if (!theirs.equals(own)
                    && !(relocated.get(from) && text.withoutAddress(theirs).equals(text.withoutAddress(own)))) {
                differs(Tally.Kind.TEXT, from, end, toolText, ours());
            }
        } else if (second != null && !secondIsBad && text.comparesText(Tool.LLVM)) {
            if (!text.normalise(Tool.LLVM, secondText).equals(text.normalise(decoder))) {
                differs(Tally.Kind.TEXT, from, end, secondText, ours());
            }
        }
    }

    private String ours() {
        return decoder.text() + " (" + decoder.length() + ")";
    }

    private void differs(Tally.Kind kind, int from, int end, String theirs, String ours) {
        if (tally.differs(kind, theirs)) {
            tally.example(kind, place(start + from, from, end) + "\n    tool " + theirs + "\n    ours " + ours);
        }
    }

    private void disagree(long address, int from, int end, String theirs, String others) {
        tally.differs(Tally.Kind.TOOLS, theirs);
        disagreements.println(file.name() + " " + place(address, from, end) + "\n    gnu  " + theirs + "\n    llvm "
                + others + "\n    ours " + ours());
    }

    private String place(long address, int from, int end) {
        return sections.get(sectionIndex).name() + " " + Long.toHexString(address) + ": "
                + HexFormat.of().formatHex(code, from, Math.min(code.length, Math.max(end, from + decoder.length())));
    }

    @Override
    public void close() throws IOException {
        first.close();
        if (second != null) {
            second.close();
        }
    }
}
