package dev.backline.cli.symbolize;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.backline.cli.Cli;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code symbolize --code}: the instructions of {@code Code:} lines. */
class CodeTest {
    private static final String CODE =
            "[    1.000000] Code: 8082 1141 e422 0800 6422 0141 8082 715d e0a2 0880 (6588) 9002\n";
    private static final String LOG = """
            [    1.000000] CPU: 0 PID: 1 Comm: init Not tainted 6.12.1 #1
            [    1.000000] epc : probe+0x18/0x40 ra : probe+0x8/0x40
            [    1.000000] status: 0000000000000120 badaddr: 0000000000000008 cause: 000000000000000d
            """;

    private static final String NEXT = "[    1.000000] ---[ end trace 0000000000000000 ]---\n";

    private static final String LISTING = """
                probe+0x4   ret
                probe+0x6   addi sp,sp,-16
                probe+0x8   sd s0,8(sp)
                probe+0xa   addi s0,sp,16
                probe+0xc   ld s0,8(sp)
                probe+0xe   addi sp,sp,16
                probe+0x10  ret
                probe+0x12  addi sp,sp,-80
                probe+0x14  sd s0,64(sp)
                probe+0x16  addi s0,sp,80
              > probe+0x18  ld a0,8(a1)
                probe+0x1a  ebreak
            """;

    @Test
    void printsTheInstructionsBelowTheLine() {
        assertThat(symbolize(LOG + CODE + NEXT, "--code")).isEqualTo(LOG + CODE + LISTING + NEXT);
        assertThat(symbolize(LOG + CODE + NEXT)).isEqualTo(LOG + CODE + NEXT);
        assertThat(symbolize(LOG + CODE + NEXT, "--code", "--unwrap")).isEqualTo(LOG + CODE + LISTING + NEXT);
    }

    @Test
    void printsTheInstructionsOfAWrappedLine() {
        String wrapped = CODE.substring(0, 60) + "\n" + CODE.substring(60);
        assertThat(symbolize(LOG + wrapped + NEXT, "--code")).contains(LISTING).endsWith(NEXT);
    }

    @Test
    void skipsCodeOfPrograms() {
        String log = """
                RIP: 0033:0x7f0012345678
                Code: 1f 44 00 00 83 fe 01 7f 06 85 f6 79 16 <0f> 0b 83 fe 02
                """;
        assertThat(symbolize(log, "--code")).isEqualTo(log);
    }

    @Test
    void keepsJsonValid() {
        String log = "{\"log\":\"epc : probe+0x18/0x40 ra : probe+0x8/0x40\\n\"}\n"
                + "{\"log\":\"Code: 8082 1141 e422 0800 6422 0141 8082 715d e0a2 0880 (6588) 9002\\n\"}\n";
        String out = symbolize(log, "--code");
        assertThat(out.lines()).hasSize(2);
        String message = JsonParser.parseString(out.lines().toList().get(1))
                .getAsJsonObject()
                .get("log")
                .getAsString();
        assertThat(message).contains("  > probe+0x18  ld a0,8(a1)\n");
    }

    private static String symbolize(String log, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "symbolize";
        arguments[1] = "-e";
        arguments[2] = Cli.ROOT.resolve("fixtures/elf/gcc12-v5.elf").toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return Cli.backline(log, Map.of(), arguments).out();
    }
}
