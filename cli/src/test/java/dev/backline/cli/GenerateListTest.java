package dev.backline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.fixtures.ElfFixtures;
import dev.backline.fixtures.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class GenerateListTest {
    private static Kernels.Kernel kernel() throws IOException {
        Optional<Kernels.Kernel> kernel = Kernels.find(Kernels.DEBIAN_12);
        Assumptions.assumeTrue(kernel.isPresent(), Kernels.howToFetch(Kernels.DEBIAN_12));
        return kernel.orElseThrow();
    }

    private static Cli.Result list(Path vmlinux, Path modules, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("generate", "--list", "-e", vmlinux.toString(), "-d", modules.toString()));
        arguments.addAll(List.of(more));
        return Cli.backline(arguments.toArray(new String[0]));
    }

    @Test
    void listsThePlaceAndParametersOfEachFunction() throws IOException {
        Cli.Result result = list(kernel().vmlinux(), kernel().modules());

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains(
                        "tcp_v4_send_reset vmlinux const struct sock *sk, struct sk_buff *skb",
                        "nf_send_reset nf_reject_ipv4 struct net *net, struct sock *sk, struct sk_buff *oldskb, int hook",
                        "tcp:tcp_receive_reset tracepoint struct sock *sk",
                        "clone mptcp_do_fastclose.part.0",
                        "inlined at nft_reject_bridge_eval+0x1cb",
                        "sock.sk_shutdown u8 at 610 what was shut down: 1 receiving, 2 sending, 3 both",
                        "sk_buff.nfct, sk_buff.nfctinfo, net.proc_inum, module.mem");
    }

    @Test
    void alignsTheColumns() throws IOException {
        List<String> lines =
                list(kernel().vmlinux(), kernel().modules()).out().lines().toList();

        int column = column(lines, "tcp_v4_send_reset ", "const struct sock *sk");
        assertThat(column(lines, "nf_send_reset6 ", "struct net *net")).isEqualTo(column);
        assertThat(column(lines, "skb:kfree_skb ", "struct sk_buff *skb")).isEqualTo(column);
    }

    private static int column(List<String> lines, String probe, String parameter) {
        return lines.stream()
                .filter(line -> line.strip().startsWith(probe))
                .findFirst()
                .orElseThrow()
                .indexOf(parameter);
    }

    @Test
    void printsTheListAsOneJsonObject() throws IOException {
        String out =
                list(kernel().vmlinux(), kernel().modules(), "--format", "json").out();

        JsonObject all = JsonParser.parseString(out).getAsJsonObject();
        assertThat(out.lines()).hasSize(1);
        assertThat(all.getAsJsonObject("kernel").get("buildId").getAsString()).isEqualTo(kernel().buildId());
        JsonObject reset = named(all.getAsJsonArray("probes"), "tcp_send_active_reset");
        assertThat(reset.get("presence").getAsString()).isEqualTo("present");
        assertThat(reset.get("module").isJsonNull()).isTrue();
        assertThat(reset.getAsJsonArray("parameters").toString())
                .isEqualTo("[{\"name\":\"sk\",\"type\":\"struct sock *\",\"role\":\"socket\"},"
                        + "{\"name\":\"priority\",\"type\":\"gfp_t\",\"role\":\"other\"}]");
        JsonObject established = named(all.getAsJsonArray("states"), "TCP_ESTABLISHED");
        assertThat(established.get("value").getAsInt()).isEqualTo(1);
        assertThat(all.get("reasons").isJsonNull()).isTrue();
    }

    private static JsonObject named(JsonArray array, String name) {
        for (JsonElement element : array) {
            JsonObject object = element.getAsJsonObject();
            if (object.get("name").getAsString().equals(name)) {
                return object;
            }
        }
        throw new AssertionError("no " + name + " in " + array);
    }

    @Test
    void rejectsAModuleInPlaceOfVmlinux() throws IOException {
        Path module = ElfFixtures.fixture("gcc12-ko-v5").elf();

        Cli.Result result = Cli.backline("generate", "--list", "-e", module.toString());

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().strip().lines())
                .singleElement()
                .asString()
                .startsWith("backline: " + module)
                .contains("not a vmlinux")
                .contains("-d");
    }

    @Test
    void reportsAFileWithoutTheFunctions() throws IOException {
        Path program = ElfFixtures.fixture("gcc12-v5").elf();

        Cli.Result result = Cli.backline("generate", "--list", "-e", program.toString());

        assertThat(result.status()).isEqualTo(3);
        assertThat(result.err().strip().lines())
                .singleElement()
                .asString()
                .startsWith("backline: " + program)
                .contains("none of the functions that send a RST");
    }

    @Test
    void asksForAKernel() {
        Cli.Result result = Cli.backline("generate", "--list");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("which kernel?");
    }

    @Test
    void refusesAnUnknownFormat() {
        Cli.Result result = Cli.backline("generate", "--list", "--format", "xml", "-e", "vmlinux");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("'xml'");
    }
}
