package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares {@code symbolize --explain} with llvm-dwarfdump's description of the same calls. */
class ExplainTest {
    private static final String PROGRAM = """
            enum why { UNKNOWN, NOBODY, CLOSED = 9 };
            struct sock { int state; };
            volatile int seen;
            __attribute__((noipa)) int answer(const struct sock *sk, enum why reason, unsigned int flags, int left)
            {
            \treturn seen += left + reason + flags + (sk ? sk->state : 0);
            }
            __attribute__((noipa)) int receive(struct sock *sk, int length, int (*then)(int))
            {
            \tif (!sk)
            \t\tgoto no_socket;
            \tseen += answer(sk, CLOSED, length, -5);
            \treturn then(length) + 1;
            no_socket:
            \tseen += answer(0, NOBODY, 0x80000a20, length) + 1;
            \treturn seen;
            }
            int main(int argc, char **argv)
            {
            \treturn receive(0, argc, 0) + 1;
            }
            """;

    @TempDir
    Path folder;

    private record Site(@Nullable String callee, Map<Integer, Long> constants) {}

    private Path compiled(int version) throws IOException, InterruptedException {
        Cli.needs("gcc");
        Path source = folder.resolve("explain.c");
        Files.writeString(source, PROGRAM);
        Path elf = folder.resolve("explain" + version);
        Cli.Result result = Cli.program(
                folder,
                "",
                "gcc",
                "-O2",
                "-gdwarf-" + version,
                "-fno-reorder-blocks",
                "explain.c",
                "-o",
                elf.toString());
        assertThat(result.err()).isEmpty();
        Assumptions.assumeTrue(
                Cli.program(folder, "", "readelf", "-h", elf.toString()).out().contains("X86-64"),
                "which register passes what is written down here for x86-64 only");
        return elf;
    }

    /** The call sites by return address, from DWARF 5's entries or from GCC's entries in DWARF 4. */
    private Map<Long, Site> dumped(Path elf) throws IOException, InterruptedException {
        Cli.needs("llvm-dwarfdump-19");
        Pattern entry = Pattern.compile("0x[0-9a-f]{8}: +(DW_TAG_\\w+|NULL)");
        Pattern attribute = Pattern.compile(" +(DW_AT_\\w+)\\s+\\((.*)\\)");
        List<String> registers =
                List.of("DW_OP_reg5 RDI", "DW_OP_reg4 RSI", "DW_OP_reg1 RDX", "DW_OP_reg2 RCX", "DW_OP_reg8 R8");
        Map<Long, Site> sites = new TreeMap<>();
        String tag = "";
        String callee = null;
        int position = -1;
        Map<Integer, Long> constants = new TreeMap<>();
        for (String line : Cli.program(folder, "", "llvm-dwarfdump-19", "--debug-info", elf.toString())
                .out()
                .split("\n")) {
            Matcher begins = entry.matcher(line);
            if (begins.matches()) {
                tag = begins.group(1);
                if (!tag.endsWith("_parameter")) {
                    callee = null;
                    constants = new TreeMap<>();
                }
            }
            Matcher says = attribute.matcher(line);
            if (!tag.contains("call_site") || !says.matches()) {
                continue;
            }
            String value = says.group(2);
            switch (says.group(1)) {
                case "DW_AT_call_return_pc", "DW_AT_low_pc" ->
                    sites.put(Long.decode(value), new Site(callee, constants));
                case "DW_AT_call_origin", "DW_AT_abstract_origin" -> {
                    callee = value.replaceAll(".*\"(.*)\".*", "$1");
                    String name = callee;
                    Map<Integer, Long> its = constants;
                    sites.replaceAll((pc, site) -> site.constants == its ? new Site(name, its) : site);
                }
                case "DW_AT_location" -> position = registers.indexOf(value);
                case "DW_AT_call_value", "DW_AT_GNU_call_site_value" -> {
                    Matcher literal = Pattern.compile("DW_OP_(?:lit|const\\w+ )([-+]?0?x?\\w+)")
                            .matcher(value);
                    if (literal.matches() && position >= 0) {
                        constants.put(position, Long.decode(literal.group(1)));
                    }
                }
                default -> {
                    // An entry that does not describe the call.
                }
            }
        }
        return sites;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void printsCalleeAndConstantsOfEveryCallAsLlvmDoes(int version) throws IOException, InterruptedException {
        Path elf = compiled(version);
        Map<Long, Site> sites = dumped(elf);
        assertThat(sites.values()).anyMatch(site -> site.constants.size() > 1);

        int told = 0;
        for (Map.Entry<Long, Site> each : sites.entrySet()) {
            JsonObject answer = json(elf, "--pc", "return", "0x" + Long.toHexString(each.getKey()));
            // The address after a tail call's jump is not a return address.
            if (answer.get("call").isJsonNull()) {
                continue;
            }
            told++;
            JsonObject call = answer.getAsJsonObject("call");
            String callee =
                    call.get("callee").isJsonNull() ? null : call.get("callee").getAsString();
            assertThat(callee).isEqualTo(each.getValue().callee);
            Map<Integer, Long> constants = new TreeMap<>();
            for (JsonElement constant : call.getAsJsonArray("constants")) {
                JsonObject its = constant.getAsJsonObject();
                constants.put(its.get("position").getAsInt(), its.get("value").getAsLong());
            }
            assertThat(constants).isEqualTo(each.getValue().constants);
        }
        assertThat(told).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void saysItInOneLineWithTheNamesOfParametersEnumeratorsAndTheLabel(int version)
            throws IOException, InterruptedException {
        Path elf = compiled(version);
        List<String> said = new ArrayList<>();
        for (long address : dumped(elf).keySet()) {
            Cli.Result result = Cli.backline(
                    "symbolize", "-e", elf.toString(), "--explain", "--pc", "return", "0x" + Long.toHexString(address));
            assertThat(result.err()).isEmpty();
            for (String line : result.out().split("\n")) {
                if (line.startsWith("(calls ")) {
                    said.add(line);
                }
            }
        }

        assertThat(said).contains("(calls answer(reason = NOBODY, flags = 0x80000a20), behind label no_socket)");
        assertThat(said).contains("(calls receive(sk = NULL, then = NULL))");
        assertThat(said).anyMatch(line -> line.startsWith("(calls answer(reason = CLOSED, left = -5)"));
        assertThat(said).anyMatch(line -> line.startsWith("(calls a function through a pointer"));
    }

    @Test
    void addsCallsAboveTheFramesOfALogAndKeepsItsLines() throws IOException, InterruptedException {
        Path elf = compiled(5);
        long call = 0;
        for (Map.Entry<Long, Site> each : dumped(elf).entrySet()) {
            call = "receive".equals(each.getValue().callee) ? each.getKey() : call;
        }
        JsonObject answer = json(elf, "--pc", "return", "0x" + Long.toHexString(call));
        String place = "main+0x" + Long.toHexString(answer.get("offset").getAsLong()) + "/0x"
                + Long.toHexString(answer.get("size").getAsLong());
        String log = "[    1.000000]  " + place + "\nhello\n";
        Cli.Result without = Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString());
        Cli.Result with = Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString(), "--explain");

        assertThat(with.err()).isEmpty();
        assertThat(with.out()).isEqualTo("[    1.000000]  receive(sk = NULL, then = NULL) [call]\n" + without.out());
        // The address in RIP: was interrupted and is not a call.
        String interrupted = "RIP: 0010:" + place + "\n";
        assertThat(Cli.backline(interrupted, Map.of(), "symbolize", "-e", elf.toString(), "--explain")
                        .out())
                .isEqualTo(Cli.backline(interrupted, Map.of(), "symbolize", "-e", elf.toString())
                        .out());
        JsonObject json = JsonParser.parseString(
                        Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString(), "--format", "json", "--explain")
                                .out())
                .getAsJsonObject();
        assertThat(json.getAsJsonObject("call").get("callee").getAsString()).isEqualTo("receive");
        assertThat(Cli.backline(log, Map.of(), "symbolize", "-e", elf.toString(), "--format", "json")
                        .out())
                .doesNotContain("\"call\"");
    }

    @Test
    void reportsOnceThatAnIndexHasNoCalls() throws IOException, InterruptedException {
        Path elf = compiled(5);
        Path gsym = folder.resolve("explain.gsym");
        assertThat(Cli.backline("index", elf.toString(), "-o", gsym.toString()).status())
                .isZero();
        Cli.Result plain = Cli.backline("symbolize", "-e", gsym.toString(), "main+0x5", "receive+0x10");
        Cli.Result result = Cli.backline("symbolize", "-e", gsym.toString(), "--explain", "main+0x5", "receive+0x10");

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo(plain.out());
        assertThat(result.err())
                .containsOnlyOnce("without call sites")
                .contains(gsym.toString())
                .contains("--explain");
    }

    @Test
    void explainsWhyTheArticlesFrameSentAReset() throws IOException {
        Kernels.Kernel kernel = Kernels.find(Kernels.DEBIAN_12).orElse(null);
        Assumptions.assumeTrue(kernel != null, Kernels.howToFetch(Kernels.DEBIAN_12));
        Cli.Result result = Cli.backline(
                "symbolize",
                "-d",
                kernel.folder().toString(),
                "--explain",
                "tcp_v4_rcv+0x99b/0xee0",
                "br_handle_frame+0x1ec/0x380 [bridge]");

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("""
                tcp_v4_rcv+0x99b/0xee0:
                tcp_v4_rcv at net/ipv4/tcp_ipv4.c:2149
                (calls tcp_v4_send_reset(sk = NULL), behind label no_tcp_socket)

                br_handle_frame+0x1ec/0x380 [bridge]:
                nf_hook_entry_hookfn at include/linux/netfilter.h:154
                (inlined by) nf_hook_bridge_pre at net/bridge/br_input.c:260
                (inlined by) br_handle_frame at net/bridge/br_input.c:415
                (calls a function through a pointer, behind label defer_stp_filtering)
                """);
    }

    private JsonObject json(Path elf, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("symbolize", "-e", elf.toString(), "--format", "json", "--explain"));
        arguments.addAll(List.of(more));
        Cli.Result result = Cli.backline(arguments.toArray(new String[0]));
        assertThat(result.err()).isEmpty();
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }
}
