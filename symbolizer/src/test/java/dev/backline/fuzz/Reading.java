package dev.backline.fuzz;

import dev.backline.debugfiles.DebugData;
import dev.backline.debugfiles.GsymData;
import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.DwarfException;
import dev.backline.dwarf.types.Declarations;
import dev.backline.dwarf.types.Layout;
import dev.backline.dwarf.types.Location;
import dev.backline.dwarf.types.Scope;
import dev.backline.dwarf.types.Scopes;
import dev.backline.dwarf.types.Variable;
import dev.backline.elf.ElfException;
import dev.backline.elf.ElfFile;
import dev.backline.elf.Section;
import dev.backline.elf.SectionData;
import dev.backline.elf.SymbolTable;
import dev.backline.elf.Symbols;
import dev.backline.gsym.GsymException;
import dev.backline.gsym.GsymFile;
import dev.backline.gsym.GsymVerifier;
import dev.backline.gsym.GsymWriter;
import dev.backline.symbolize.Symbolizer;
import dev.backline.trace.FrameReference;
import dev.backline.trace.Pc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Reads of a file what the library can read of it. Each question must end in an answer or in an {@link ElfException},
 * {@link DwarfException}, {@link Dwarf.Damage} or {@link GsymException} whose message is one line that names the file;
 * whatever else is thrown is the caller's finding.
 */
final class Reading {
    /** A name that hostile files give to many entries. */
    static final String REPEATED = "nnnnnnnn";

    /** Part of the names of all hostile files. */
    static final String NAME = "hostile";

    private static final String FILE = NAME + ".elf";
    private static final int WINDOW = 1 << 16;
    private static final int NAMES = 200;
    private static final int SYMBOLS = 12;
    private static final int ADDRESSES_PER_SECTION = 4;
    private static final int VARIABLES = 8;
    /** The first two are in no code. */
    private static final int DECLARED_AT = 4;

    private static final List<String> DECLARED =
            List.of("receive", "send_reset", "account", "socket", "packet", "reason", REPEATED);

    @FunctionalInterface
    private interface Question {
        void ask() throws IOException;
    }

    private Reading() {}

    /** Header, sections and their contents, notes, links and symbols. */
    static void elf(byte[] content) {
        ask(() -> elf(ElfFile.of(FILE, content)));
    }

    /** Functions, lines, labels and calls of addresses and symbols all over the file. */
    static void debugInformation(byte[] content) {
        ask(() -> debugInformation(Symbolizer.of(ElfFile.of(FILE, content))));
    }

    /** Functions, symbols and lines of an index. */
    static void gsym(byte[] content) {
        ask(() -> {
            try (GsymFile gsym = GsymFile.of(NAME, content);
                    Symbolizer symbolizer = Symbolizer.of(new GsymData(gsym))) {
                gsym(gsym, symbolizer);
            }
        });
    }

    private static void gsym(GsymFile gsym, Symbolizer symbolizer) {
        DebugData data = symbolizer.data();
        ask(data::buildId);
        ask(data::release);
        List<Long> addresses = new ArrayList<>(List.of(0L, -1L));
        for (int i : spread(gsym.size(), NAMES)) {
            ask(() -> addresses.add(gsym.address(i)));
            ask(() -> addresses.add(gsym.address(i) + i % 40));
        }
        for (Section section : gsym.sections()) {
            addresses.add(section.address());
            addresses.add(section.address() + section.size() - 1);
        }
        for (long address : addresses) {
            ask(() -> symbolizer.framesAt(address));
            ask(() -> symbolizer.resolve(new FrameReference(null, null, null, null, address, Pc.EXACT)));
            ask(() -> {
                Symbols symbols = data.symbols();
                int symbol = symbols.at(address);
                if (symbol >= 0) {
                    String name = symbols.name(symbol);
                    symbols.size(symbol);
                    symbols.maySize(symbol, 0x20);
                    symbolizer.resolve(new FrameReference(name, 1L, null, null, null, Pc.RETURN));
                }
            });
        }
        long[] all = addresses.stream().mapToLong(Long::longValue).toArray();
        symbolizer.framesAt(
                all,
                problem -> ask(() -> {
                    throw problem;
                }));
        ask(() -> data.symbols().nearest("tcp_v4_rcv", 3));
    }

    /** An index of what is sound in the file, which has to be sound itself. */
    static void index(byte[] content) {
        index(content, writer -> writer);
        index(content, GsymWriter::details);
    }

    private static void index(byte[] content, UnaryOperator<GsymWriter> options) {
        ask(() -> {
            ElfFile elf = ElfFile.of(FILE, content);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            options.apply(new GsymWriter(elf)).write(out);
            try (GsymFile gsym = GsymFile.of(NAME, out.toByteArray())) {
                new GsymVerifier(elf, gsym).verify();
            } catch (GsymException e) {
                throw new AssertionError("an index is never damaged", e);
            }
        });
    }

    /** All of these. */
    static void all(byte[] content) {
        ask(() -> {
            ElfFile elf = ElfFile.of(FILE, content);
            elf(elf);
            debugInformation(Symbolizer.of(elf));
        });
    }

    /** All of these of a file on disk, and so of those that belong to it: split and supplementary debug information. */
    static void all(Path file) {
        ask(() -> {
            try (Symbolizer symbolizer = Symbolizer.open(file)) {
                elf(symbolizer.elf());
                debugInformation(symbolizer);
            }
        });
    }

    private static void elf(ElfFile elf) {
        ask(elf::buildId);
        ask(elf::debugLink);
        ask(elf::debugAltLink);
        for (Section section : elf.sections()) {
            ask(() -> read(elf.data(section)));
            ask(() -> {
                SectionData data = elf.debugData(section.name());
                if (data != null) {
                    read(data);
                }
            });
        }
        ask(() -> {
            SymbolTable symbols = elf.symbols();
            for (int i : spread(symbols.size(), NAMES)) {
                symbols.named(symbols.name(i));
                symbols.at(symbols.address(i));
                symbols.size(i);
            }
            symbols.nearest("tcp_v4_rcv", 3);
        });
    }

    private static void read(SectionData data) throws IOException {
        int length = (int) Math.min(data.size(), WINDOW);
        data.read(0, length);
        data.read(data.size() - length, length);
    }

    private static void debugInformation(Symbolizer symbolizer) {
        ElfFile elf = symbolizer.elf();
        ask(symbolizer::hasDebugInfo);
        for (long address : addresses(elf)) {
            ask(() -> symbolizer.framesAt(address));
            ask(() -> symbolizer.dwarf().callSites(address));
            ask(() -> symbolizer.dwarf().callSiteReturningTo(address));
            ask(() -> symbolizer.dwarf().labels(address));
            ask(() -> symbolizer.dwarf().labelBefore(address));
        }
        for (long address : addresses(elf)) {
            ask(() -> variables(Scopes.at(symbolizer.dwarf(), address)));
            ask(() -> Scopes.argumentsAt(symbolizer.dwarf(), address));
        }
        for (long address : addresses(elf).stream().limit(DECLARED_AT).toList()) {
            ask(() -> {
                Declarations unit = Declarations.at(symbolizer.dwarf(), address);
                if (unit != null) {
                    declarations(unit);
                }
            });
        }
        ask(() -> {
            SymbolTable symbols = elf.symbols();
            for (int i : spread(symbols.size(), SYMBOLS)) {
                String name = symbols.name(i);
                ask(() -> symbolizer.resolve(new FrameReference(name, 1L, null, null, null, Pc.RETURN)));
            }
        });
        ask(() -> symbolizer.resolve(new FrameReference(null, null, null, null, -1L, Pc.EXACT)));
    }

    /** Values and layouts of a few variables of each function. */
    private static void variables(List<Scope> scopes) {
        Location.Machine machine = register -> 0x1000L * register;
        for (Scope scope : scopes) {
            for (Variable variable : scope.variables().stream().limit(VARIABLES).toList()) {
                variable.layout().type();
                variable.location().value(machine);
                ask(() -> variable.layout().byteSize());
                ask(() -> members(variable.layout()));
                ask(() -> {
                    Layout target = variable.layout().target();
                    if (target != null) {
                        members(target);
                    }
                });
            }
        }
    }

    private static void members(Layout layout) throws IOException {
        for (int offset : new int[] {0, 4, 9, 40}) {
            layout.membersAt(offset, 4);
        }
        layout.member(REPEATED + "[1]." + REPEATED);
    }

    /** By the names of the fixtures, and by those that hostile files are given. */
    private static void declarations(Declarations unit) {
        for (String name : DECLARED) {
            ask(() -> unit.function(name));
            ask(() -> unit.structure(name));
            ask(() -> unit.enumeration(name));
            ask(() -> unit.member(name, "port"));
            ask(() -> unit.member(name, name + "." + name));
        }
        ask(() -> unit.enumerationOf("REASON_STATE"));
    }

    private static List<Long> addresses(ElfFile elf) {
        List<Long> addresses = new ArrayList<>(List.of(0L, -1L));
        List<Section> code = elf.sections().stream()
                .filter(Section::isExecutable)
                .limit(SYMBOLS)
                .toList();
        for (Section section : code) {
            for (int i : spread((int) Math.min(section.size(), Integer.MAX_VALUE), ADDRESSES_PER_SECTION)) {
                addresses.add(elf.address(section) + i);
            }
        }
        return addresses;
    }

    /** {@return at most {@code limit} numbers, evenly spread from 0 to below {@code size}} */
    private static int[] spread(int size, int limit) {
        int count = Math.max(0, Math.min(size, limit));
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (int) ((long) i * size / count);
        }
        return numbers;
    }

    private static void ask(Question question) {
        try {
            question.ask();
        } catch (ElfException | DwarfException | Dwarf.Damage | GsymException e) {
            String message = Objects.requireNonNull(e.getMessage(), "a message");
            if (!message.contains(NAME) || message.contains("\n")) {
                throw new AssertionError("not one line that names the file: " + message, e);
            }
        } catch (IOException e) {
            throw new AssertionError("nothing hinders reading, so a file can only be malformed", e);
        }
    }
}
