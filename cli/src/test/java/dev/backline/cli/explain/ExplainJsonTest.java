package dev.backline.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.backline.cli.Cli;
import dev.backline.crash.Explanation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON Lines of {@code backline explain}, and their schema. */
class ExplainJsonTest {
    private static final Path SCHEMA = Cli.ROOT.resolve("docs/schema/crash.schema.json");

    static Stream<Explanation> samples() {
        return Stream.of(Samples.nullPointer(), Samples.withoutDebugFile(), Samples.hungTask(), Samples.hostile());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void followsTheSchema(Explanation sample) throws Exception {
        SchemaCheck schema = SchemaCheck.read(SCHEMA);

        assertThat(schema.errors(json(sample))).isEmpty();
        assertThat(schema.errors(json(sample, "--links", "auto"))).isEmpty();
    }

    /** Removes each field and gives each field a wrong type: the schema finds all of it. */
    @Test
    void isCheckedByASchemaThatFindsEachMissingFieldAndWrongType() throws Exception {
        SchemaCheck schema = SchemaCheck.read(SCHEMA);
        JsonObject whole = json(Samples.nullPointer());

        for (JsonObject object : objects(whole)) {
            for (Map.Entry<String, JsonElement> field : List.copyOf(object.entrySet())) {
                if (object.equals(whole.get("registers"))) {
                    continue;
                }
                object.remove(field.getKey());
                assertThat(schema.errors(whole))
                        .as("without %s", field.getKey())
                        .isNotEmpty();
                object.add(field.getKey(), new JsonPrimitive(1.5));
                assertThat(schema.errors(whole)).as("1.5 as %s", field.getKey()).isNotEmpty();
                object.add(field.getKey(), field.getValue());
            }
        }
        whole.add("novel", JsonNull.INSTANCE);
        assertThat(schema.errors(whole)).containsExactly("$: has novel, which the schema does not declare");
    }

    private static List<JsonObject> objects(JsonElement element) {
        List<JsonObject> found = new ArrayList<>();
        if (element instanceof JsonObject object) {
            found.add(object);
            object.entrySet().forEach(each -> found.addAll(objects(each.getValue())));
        } else if (element instanceof JsonArray array) {
            array.forEach(each -> found.addAll(objects(each)));
        }
        return found;
    }

    @Test
    void hasAllFieldsInTheOrderOfTheSchema() throws Exception {
        JsonObject schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();

        assertThat(json(Samples.hungTask()).keySet())
                .containsExactlyElementsOf(schema.getAsJsonObject("properties").keySet());
        assertThat(json(Samples.nullPointer()).getAsJsonObject("fault").keySet())
                .containsExactlyElementsOf(schema.getAsJsonObject("properties")
                        .getAsJsonObject("fault")
                        .getAsJsonObject("properties")
                        .keySet());
        assertThat(schema.get("version").getAsInt()).isEqualTo(1);
    }

    @Test
    void writesNumbersAsDecimalsAndAddressesAndValuesInHexadecimal() throws Exception {
        JsonObject json = json(Samples.nullPointer());

        assertThat(json.get("fault").toString())
                .isEqualTo(JsonParser.parseString("""
                        {"address":"0x38","access":"read","size":4,"instruction":"mov    0x38(%rax),%eax",
                        "register":"rax","value":"0x0","valueClass":"null","errno":null,
                        "variable":{"name":"port->rxq->hint->src->peer","type":"struct relay_port *"},
                        "member":{"struct":"struct relay_port","path":"shaper.rate","offset":56,"size":4},
                        "expression":"port->rxq->hint->src->peer->shaper.rate","certainty":"certain",
                        "evidence":["rax is 0, and the instruction adds 0x38: the address that the kernel reports."],
                        "others":[]}""").toString());
        assertThat(json.get("registers").toString()).isEqualTo("{\"rax\":\"0x0\",\"rdi\":\"0xffff89c5c1068000\"}");
        assertThat(json.get("place").toString())
                .isEqualTo(
                        "{\"function\":\"relay_queue_hint_len\",\"file\":\"/build/relaybox/relay_port.c\",\"line\":92,"
                                + "\"inlinedInto\":[\"relay_queue_show\"]}");
        assertThat(json.getAsJsonArray("frames").get(1).toString())
                .contains("\"symbol\":\"relay_proc_write\",\"offset\":183,\"size\":256,\"module\":\"relaybox\"")
                .contains("\"status\":\"resolved\"", "\"inlined\":true");
        assertThat(json(Samples.withoutDebugFile()).get("code").toString())
                .contains("\"address\":\"-0x3\"", "\"matchesFile\":null");
    }

    @Test
    void writesNullForWhatIsUnknown() throws Exception {
        JsonObject json = json(Samples.hungTask());

        for (String field : List.of("fault", "place", "code", "signature")) {
            assertThat(json.get(field).isJsonNull()).as(field).isTrue();
        }
        assertThat(json.getAsJsonObject("culprit").get("line").isJsonNull()).isTrue();
    }

    private static JsonObject json(Explanation explanation, String... options) throws Exception {
        String line = ExplainWritersTest.written("json", List.of(explanation), options)
                .out();
        assertThat(line.lines()).hasSize(1);
        return JsonParser.parseString(line).getAsJsonObject();
    }
}
