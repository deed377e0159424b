package dev.backline.dwarf.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backline.dwarf.Dwarf;
import dev.backline.elf.ElfFile;
import dev.backline.elf.SymbolTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members at the offsets of accesses, in a source file that is compiled here. */
class LayoutTest {
    private static final String SOURCE = """
            typedef unsigned int u32;
            typedef unsigned char u8;
            struct crane { u32 id; u32 load[3]; };
            struct link { struct link *next, *prev; };
            struct berth { u8 name[8]; struct crane crane[4]; u32 depth[2][3]; };
            struct harbour {
                u32 first;
                u32 low : 3, middle : 7, high : 20;
                union { u32 tide; struct { u8 hour, minute; }; u8 raw[4]; };
                u32 gap;
                struct link ships;
                struct berth berth[3];
                struct { u32 count; } stat;
                u32 flexible[];
            };
            int use(struct harbour *h, struct link *l, struct berth (*b)[3])
            { return h->stat.count + (l->next != l) + (*b)[1].crane[2].load[0]; }
            int start(struct harbour *h, struct link *l, struct berth (*b)[3]) { return use(h, l, b) + 1; }
            """;

    @ParameterizedTest
    @CsvSource({
        "gcc, -gdwarf-3",
        "gcc, -gdwarf-4",
        "gcc, -gdwarf-5",
        "clang-19, -gdwarf-5",
        "gcc, -gdwarf-5 -fdebug-types-section"
    })
    void findsTheMembersThatAnAccessTouches(String compiler, String options, @TempDir Path folder) throws Exception {
        try (ElfFile elf = ElfFile.open(CompiledSource.file(SOURCE, folder, compiler, "-O1 -fno-inline " + options))) {
            SymbolTable symbols = elf.symbols();
            long address = symbols.address(symbols.named("start")[0]);
            List<Variable> variables = Scopes.at(Dwarf.of(elf), address).get(0).variables();
            assertThat(variables).extracting(Variable::name).containsExactly("h", "l", "b");
            Layout harbour = Objects.requireNonNull(variables.get(0).layout().target());

            assertThat(paths(harbour, 0, 4)).containsExactly("first");
            assertThat(paths(harbour, 4, 1)).containsExactly("low", "middle");
            assertThat(paths(harbour, 4, 4)).containsExactly("low", "middle", "high");
            assertThat(paths(harbour, 8, 4)).containsExactly("tide", "raw");
            assertThat(paths(harbour, 9, 1))
                    .as("members of the access's size first")
                    .containsExactly("minute", "raw[1]", "tide");
            assertThat(paths(harbour, 16, 8)).containsExactly("ships.next");
            assertThat(paths(harbour, 16, 16)).as("the structure as a whole").containsExactly("ships");
            assertThat(paths(harbour, 32 + 96 + 8 + 32 + 4, 4)).containsExactly("berth[1].crane[2].load[0]");
            assertThat(paths(harbour, 32 + 72 + 16, 4)).containsExactly("berth[0].depth[1][1]");
            assertThat(paths(harbour, 0, 8))
                    .as("no member contains the access")
                    .containsExactly("first", "low", "middle", "high");
            assertThat(paths(harbour, 324, 4)).as("the array at the end").containsExactly("flexible[0]");
            assertThat(paths(harbour, 332, 4)).containsExactly("flexible[2]");
            assertThat(paths(harbour, -8, 4)).isEmpty();

            MemberPath middle = harbour.membersAt(4, 1).get(1);
            assertThat(middle.bitOffset()).isEqualTo(35);
            assertThat(middle.bitSize()).isEqualTo(7);
            assertThat(middle.offset()).isEqualTo(4);
            MemberPath load = Objects.requireNonNull(harbour.member("berth[1].crane[2].load[1]"));
            assertThat(load.offset()).isEqualTo(32 + 96 + 8 + 32 + 8);
            assertThat(load.layout().type().text()).isEqualTo("u32");
            assertThat(Objects.requireNonNull(harbour.member("minute")).offset())
                    .isEqualTo(9);
            assertThat(Objects.requireNonNull(harbour.member("stat.count")).offset())
                    .isEqualTo(320);
            assertThat(harbour.member("stat.none")).isNull();
            assertThat(harbour.member("berth[3].name")).isNull();
            assertThat(harbour.byteSize()).isEqualTo(328);

            Layout array = Objects.requireNonNull(variables.get(2).layout().target());
            assertThat(paths(array, 96 + 8 + 4, 4)).containsExactly("[1].crane[0].load[0]");
            Layout link = Objects.requireNonNull(variables.get(1).layout().target());
            Layout next =
                    Objects.requireNonNull(link.membersAt(0, 8).get(0).layout().target());
            assertThat(paths(next, 8, 8)).containsExactly("prev");

            Declarations unit = Objects.requireNonNull(Declarations.at(Dwarf.of(elf), address));
            Layout berth = Objects.requireNonNull(unit.layout("berth"));
            assertThat(paths(berth, 8 + 4, 4)).containsExactly("crane[0].load[0]");
            assertThat(unit.layout("barge")).isNull();
        }
    }

    private static List<String> paths(Layout layout, long offset, int size) throws IOException {
        return layout.membersAt(offset, size).stream().map(MemberPath::path).toList();
    }
}
