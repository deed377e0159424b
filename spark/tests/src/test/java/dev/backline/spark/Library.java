package dev.backline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.backline.cli.Main;
import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The answers of the libraries without Spark: what the command prints as JSON. */
final class Library {
    private Library() {}

    /** {@return the JSON of a command} */
    static List<JsonObject> json(String command, Path input) {
        System.setProperty("backline.indexes", Sessions.INDEXES.toString());
        List<String> arguments = new ArrayList<>(List.of(command, "--format", "json"));
        for (Path each : Sessions.MODULES) {
            arguments.addAll(List.of("-d", each.toString()));
        }
        arguments.add(input.toString());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new Output(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                false,
                null);
        assertThat(Main.run(console, arguments.toArray(String[]::new)))
                .as(err.toString())
                .isZero();
        List<JsonObject> objects = new ArrayList<>();
        out.toString(StandardCharsets.UTF_8).lines().forEach(line -> objects.add(object(line)));
        return objects;
    }

    static JsonObject object(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** {@return the value with the names of columns: {@code lastLine} becomes {@code last_line}} */
    static JsonElement snake(JsonElement value) {
        if (value.isJsonArray()) {
            JsonArray renamed = new JsonArray();
            value.getAsJsonArray().forEach(each -> renamed.add(snake(each)));
            return renamed;
        }
        if (!value.isJsonObject()) {
            return value;
        }
        JsonObject renamed = new JsonObject();
        value.getAsJsonObject()
                .entrySet()
                .forEach(each -> renamed.add(
                        each.getKey().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), snake(each.getValue())));
        // A frame that is not ambiguous has no candidates: absent in JSON, empty in a table.
        if (renamed.has("status") && renamed.has("pc") && !renamed.has("candidates")) {
            renamed.add("candidates", new JsonArray());
        }
        return renamed;
    }
}
