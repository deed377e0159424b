package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backline.dwarf.Dwarf;
import dev.backline.dwarf.DwarfDump;
import dev.backline.dwarf.types.Enumeration.Enumerator;
import dev.backline.dwarf.types.Subprogram.Body;
import dev.backline.dwarf.types.Subprogram.InlinedCopy;
import dev.backline.elf.ElfFile;
import dev.backline.elf.ElfHeader;
import dev.backline.elf.SymbolTable;
import dev.backline.fixtures.ElfFixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Declarations in fixtures/elf/src/tcp.c and table.c, and in a source file that is compiled here. */
class DeclarationsTest {
    /** All fixtures of tcp.c with types, of all compilers and architectures. */
    static Stream<String> fixturesWithTypes() throws IOException {
        return ElfFixtures.names().stream()
                .filter(name -> name.matches("(gcc|clang|arm|arm64|i386|ppc64le|riscv64|s390x).*"))
                .filter(name -> !name.matches(".*(cxx|asm|-g1|types|riscv64-ko).*"));
    }

    private static Declarations unitOf(ElfFile elf, String function) throws IOException {
        SymbolTable symbols = elf.symbols();
        for (int symbol : symbols.named(function)) {
            if (symbols.sectionIndex(symbol) != SymbolTable.SHN_UNDEF) {
                return Objects.requireNonNull(Declarations.at(Dwarf.of(elf), symbols.address(symbol)), function);
            }
        }
        throw new AssertionError("no " + function + " in " + elf);
    }

    private static Subprogram function(Declarations unit, String name) throws IOException {
        return Objects.requireNonNull(unit.function(name), name);
    }

    @ParameterizedTest
    @MethodSource("fixturesWithTypes")
    void readsNamesAndTypesOfParameters(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            Declarations unit = unitOf(elf, "receive");
            Subprogram reset = function(unit, "send_reset");

            assertThat(reset.parameters())
                    .extracting(Parameter::name, parameter -> parameter.type().text())
                    .as(fixture)
                    .containsExactly(
                            tuple("sk", "struct socket *"), tuple("p", "struct packet *"), tuple("why", "enum reason"));
            assertThat(reset.returnType()).isEqualTo(Type.VOID);
            assertThat(reset.external()).isFalse();
            Subprogram receive = function(unit, "receive");
            assertThat(receive.returnType().text()).isEqualTo("int");
            assertThat(receive.external()).isTrue();
            assertThat(function(unit, "sum_words").parameters())
                    .extracting(parameter -> parameter.type().text())
                    .containsExactly("const u8 *", "u32");
        }
    }

    @ParameterizedTest
    @MethodSource("fixturesWithTypes")
    void readsTheEnumeratorsOfAnEnumeration(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            Declarations unit = unitOf(elf, "receive");
            Enumeration reason = Objects.requireNonNull(unit.enumeration("reason"));

            assertThat(reason.enumerators())
                    .as(fixture)
                    .containsExactly(
                            new Enumerator("REASON_NONE", 1),
                            new Enumerator("REASON_SHORT", 3),
                            new Enumerator("REASON_NO_SOCKET", 7),
                            new Enumerator("REASON_CHECKSUM", 11),
                            new Enumerator("REASON_STATE", 13));
            assertThat(reason.byteSize()).isEqualTo(4);
            assertThat(unit.enumerationOf("REASON_STATE")).isEqualTo(reason);
            assertThat(unit.enumeration("season")).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("fixturesWithTypes")
    void findsTheOffsetsOfMembers(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            int pointer = elf.header().is64() ? 8 : 4;
            Declarations unit = unitOf(elf, "receive");
            Structure socket = Objects.requireNonNull(unit.structure("socket"));

            assertThat(socket.byteSize()).as(fixture).isEqualTo(pointer == 8 ? 24 : 20);
            assertThat(socket.members())
                    .extracting(Member::name, member -> member.type().text(), Member::offset)
                    .containsExactly(
                            tuple("next", "struct socket *", 0L),
                            tuple("address", "u32", (long) pointer),
                            tuple("port", "u16", pointer + 4L),
                            tuple("state", "u8", pointer + 6L),
                            tuple("flags", "u8", pointer + 7L),
                            tuple("users", "int", pointer + 8L),
                            tuple("received", "u32", pointer + 12L));
            assertThat(Objects.requireNonNull(unit.member("packet", "dport")).offset())
                    .isEqualTo(pointer + 14L);
            assertThat(unit.member("packet", "nothing")).isNull();
            assertThat(unit.member("nothing", "dport")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc12-v2", "gcc12-v3", "gcc12-v4", "gcc12-v5", "gcc12-ko-v5", "gcc12-dwz-v5"})
    void separatesClonesFromTheFunctionItself(String fixture) throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture(fixture).elf())) {
            Declarations unit = unitOf(elf, "receive");
            SymbolTable symbols = elf.symbols();
            Subprogram account = function(unit, "account");

            assertThat(account.bodies())
                    .as("account.part.0 in " + fixture)
                    .extracting(Body::entryPc)
                    .containsExactly(symbols.address(symbols.named("account.part.0")[0]));
            assertThat(account.inlined())
                    .as("the test at the start of the function, which is inlined into its caller")
                    .extracting(copy -> copy.callers().get(copy.callers().size() - 1))
                    .containsExactlyInAnyOrder("receive", "receive", "poll");
        }
    }

    @Test
    void findsTheParametersThatACloneLost() throws IOException {
        try (ElfFile elf = ElfFile.open(ElfFixtures.fixture("gcc12-v5").elf())) {
            Subprogram scaled = function(unitOf(elf, "receive"), "scaled");

            assertThat(scaled.parameters()).extracting(Parameter::name).containsExactly("value", "by", "limit");
            assertThat(scaled.bodies())
                    .singleElement()
                    .satisfies(body -> assertThat(body.located()).contains("value"));
        }
    }

    /** The expected places come from llvm-dwarfdump. */
    @ParameterizedTest
    @CsvSource({
        "gcc12-v5, receive, tcp.c, hold",
        "gcc12-v5, receive, tcp.c, fold",
        "gcc12-v4, receive, tcp.c, fold",
        "clang19-v5, receive, tcp.c, load16",
        "clang19-v4, find_socket, table.c, rotate",
        "arm64-v5, receive, tcp.c, deliver",
        "s390x-v5, find_socket, table.c, bucket_of"
    })
    void findsEveryInlinedCopy(String fixture, String anchor, String source, String name) throws Exception {
        Path file = ElfFixtures.fixture(fixture).elf();
        List<Long> entries = new ArrayList<>();
        try (ElfFile elf = ElfFile.open(file)) {
            for (InlinedCopy copy : function(unitOf(elf, anchor), name).inlined()) {
                entries.add(copy.entryPc());
            }
        }
        assertThat(entries)
                .as(name + " in " + fixture)
                .isNotEmpty()
                .containsExactlyElementsOf(DwarfDump.inlinedCopies(file, source, name));
    }

    private static final String LAYOUT = """
            typedef unsigned int u32;
            typedef unsigned char u8;
            struct declared;
            enum { FIRST = -1, SECOND = 200, THIRD = 70000 };
            enum __attribute__((packed)) small { LITTLE = 255 };
            union either { u32 number; u8 bytes[4]; };
            struct inner { u32 a; union { u32 b; struct { u8 c, d; }; }; };
            struct layout {
                u8 first;
                u32 low : 3, middle : 7, high : 20;
                u8 bit : 1, rest : 5;
                union { struct { u32 x, y; } named; struct { u32 u, v; }; };
                struct inner in;
                int (*call)(struct declared *, const char *, ...);
                void (*const *table[3][5])(void);
                const volatile struct declared *const pointer;
                char name[16];
                enum small size;
                u8 tail[];
            };
            struct loop { struct loop *next; };
            static __attribute__((noinline)) int use(struct layout *l, struct loop *n, int (*f)(int), union either e)
            { return l->bit + (n->next != n) + f(THIRD) + (int)e.number + (SECOND - FIRST) + LITTLE; }
            int start(struct layout *l, struct loop *n, int (*f)(int), union either e) { return use(l, n, f, e) + 1; }
            """;

    @ParameterizedTest
    @CsvSource({
        "gcc, -gdwarf-2",
        "gcc, -gdwarf-3",
        "gcc, -gdwarf-4",
        "gcc, -gdwarf-5",
        "gcc, -gdwarf-4 -fdebug-types-section",
        "gcc, -gdwarf-5 -fdebug-types-section",
        "gcc, -gdwarf-5 -gsplit-dwarf",
        "clang-19, -gdwarf-2",
        "clang-19, -gdwarf-4",
        "clang-19, -gdwarf-5",
        "clang-19, -gdwarf-5 -fdebug-types-section"
    })
    void readsBitFieldsAnonymousMembersAndDeclarators(String compiler, String options, @TempDir Path folder)
            throws Exception {
        try (ElfFile elf = ElfFile.open(CompiledSource.file(LAYOUT, folder, compiler, "-O2 " + options))) {
            Declarations unit = unitOf(elf, "start");

            assertThat(place(unit, "low")).isEqualTo("u32 8:3");
            assertThat(place(unit, "middle")).isEqualTo("u32 11:7");
            assertThat(place(unit, "high")).isEqualTo("u32 32:20");
            assertThat(place(unit, "bit")).isEqualTo("u8 52:1");
            assertThat(place(unit, "rest")).isEqualTo("u8 56:5");
            assertThat(place(unit, "v")).isEqualTo("u32 96:0");
            assertThat(place(unit, "named.y")).isEqualTo("u32 96:0");
            assertThat(place(unit, "in.d")).isEqualTo("u8 168:0");
            assertThat(unit.member("layout", "y")).isNull();
            assertThat(place(unit, "call")).isEqualTo("int (*)(struct declared *, const char *, ...) 192:0");
            assertThat(place(unit, "table")).startsWith("void (*const *[3][5])(void) 256:0");
            assertThat(place(unit, "pointer")).matches("(const volatile|volatile const) struct declared \\*const .*");
            assertThat(place(unit, "name")).startsWith("char[16] ");
            assertThat(place(unit, "size")).startsWith("enum small ");
            assertThat(place(unit, "tail")).startsWith("u8[] ");
            assertThat(Objects.requireNonNull(unit.structure("either")).union()).isTrue();
            assertThat(unit.structure("declared"))
                    .as("a structure without members in the unit")
                    .isNull();
            assertThat(place(unit, "loop", "next")).isEqualTo("struct loop * 0:0");
            Enumeration anonymous = Objects.requireNonNull(unit.enumerationOf("SECOND"));
            assertThat(anonymous.name()).isNull();
            assertThat(anonymous.value("FIRST")).isEqualTo(-1);
            assertThat(anonymous.value("THIRD")).isEqualTo(70000);
            assertThat(Objects.requireNonNull(unit.enumeration("small")).value("LITTLE"))
                    .isEqualTo(255);
            assertThat(function(unit, "use").parameters())
                    .extracting(parameter -> parameter.type().text())
                    .containsExactly("struct layout *", "struct loop *", "int (*)(int)", "union either");
        }
    }

    @Test
    void countsBitsFromTheMostSignificantOnBigEndianMachines(@TempDir Path folder) throws Exception {
        for (String options : List.of("-gdwarf-2", "-gdwarf-4", "-gdwarf-5")) {
            try (ElfFile elf =
                    ElfFile.open(CompiledSource.file(LAYOUT, folder, "s390x-linux-gnu-gcc", "-O2 " + options))) {
                assertThat(elf.header().machine()).isEqualTo(ElfHeader.EM_S390);
                Declarations unit = unitOf(elf, "start");

                assertThat(place(unit, "low")).as(options).isEqualTo("u32 8:3");
                assertThat(place(unit, "middle")).as(options).isEqualTo("u32 11:7");
                assertThat(place(unit, "high")).as(options).isEqualTo("u32 32:20");
                assertThat(place(unit, "rest")).as(options).isEqualTo("u8 56:5");
            }
        }
    }

    private static String place(Declarations unit, String path) throws IOException {
        return place(unit, "layout", path);
    }

    private static String place(Declarations unit, String structure, String path) throws IOException {
        Member member = Objects.requireNonNull(unit.member(structure, path), path);
        return member.type().text() + " " + member.bitOffset() + ":" + member.bitSize();
    }
}
