package dev.backline.cli.explain;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON with the part of JSON Schema that backline's schemas use: type, enum, pattern, minimum, properties, required,
 * additionalProperties, items and $ref within the document. Stricter than the standard: a property must be declared.
 */
public final class SchemaCheck {
    private final JsonObject schema;

    /** The declarations of properties that a value had. */
    private final Set<JsonObject> met = Collections.newSetFromMap(new IdentityHashMap<>());

    private SchemaCheck(JsonObject schema) {
        this.schema = schema;
    }

    public static SchemaCheck read(Path file) throws IOException {
        return new SchemaCheck(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
    }

    /** {@return what breaks the schema, each with its place} */
    public List<String> errors(JsonElement value) {
        List<String> errors = new ArrayList<>();
        check(value, schema, "$", errors);
        return errors;
    }

    /** {@return the declared properties that no checked value had, each with the rule's place in the schema} */
    public List<String> unmet() {
        List<String> unmet = new ArrayList<>();
        collectUnmet(schema, "#", unmet);
        return unmet;
    }

    private void collectUnmet(JsonElement element, String at, List<String> unmet) {
        if (!element.isJsonObject()) {
            return;
        }
        JsonObject rule = element.getAsJsonObject();
        if (rule.has("properties")) {
            for (Map.Entry<String, JsonElement> each :
                    rule.getAsJsonObject("properties").entrySet()) {
                if (!met.contains(each.getValue().getAsJsonObject())) {
                    unmet.add(at + "/" + each.getKey());
                }
                collectUnmet(each.getValue(), at + "/" + each.getKey(), unmet);
            }
        }
        if (rule.has("items")) {
            collectUnmet(rule.get("items"), at, unmet);
        }
        if (rule.has("$defs")) {
            rule.getAsJsonObject("$defs")
                    .entrySet()
                    .forEach(each -> collectUnmet(each.getValue(), each.getKey(), unmet));
        }
    }

    private void check(JsonElement value, JsonObject rule, String at, List<String> errors) {
        JsonElement reference = rule.get("$ref");
        if (reference != null) {
            JsonObject target = schema;
            for (String step : reference.getAsString().substring(2).split("/", -1)) {
                target = target.getAsJsonObject(step);
            }
            check(value, target, at, errors);
            return;
        }
        JsonElement type = rule.get("type");
        if (type != null && !hasType(value, type)) {
            errors.add(at + ": is not of type " + type + ": " + value);
            return;
        }
        if (rule.has("enum") && !rule.getAsJsonArray("enum").contains(value)) {
            errors.add(at + ": is not one of " + rule.get("enum") + ": " + value);
        }
        boolean isText = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
        if (rule.has("pattern")
                && isText
                && !Pattern.compile(rule.get("pattern").getAsString())
                        .matcher(value.getAsString())
                        .find()) {
            errors.add(at + ": does not match " + rule.get("pattern") + ": " + value);
        }
        if (rule.has("minimum")
                && value.isJsonPrimitive()
                && value.getAsLong() < rule.get("minimum").getAsLong()) {
            errors.add(at + ": is below " + rule.get("minimum") + ": " + value);
        }
        if (value.isJsonArray() && rule.has("items")) {
            int index = 0;
            for (JsonElement item : value.getAsJsonArray()) {
                check(item, rule.getAsJsonObject("items"), at + "[" + index++ + "]", errors);
            }
        }
        if (value.isJsonObject()) {
            object(value.getAsJsonObject(), rule, at, errors);
        }
    }

    private void object(JsonObject value, JsonObject rule, String at, List<String> errors) {
        if (rule.has("required")) {
            for (JsonElement name : rule.getAsJsonArray("required")) {
                if (!value.has(name.getAsString())) {
                    errors.add(at + ": lacks " + name.getAsString());
                }
            }
        }
        JsonObject properties = rule.has("properties") ? rule.getAsJsonObject("properties") : new JsonObject();
        for (Map.Entry<String, JsonElement> each : value.entrySet()) {
            JsonObject known = properties.has(each.getKey())
                    ? properties.getAsJsonObject(each.getKey())
                    : rule.getAsJsonObject("additionalProperties");
            if (known == null) {
                errors.add(at + ": has " + each.getKey() + ", which the schema does not declare");
            } else {
                met.add(known);
                check(each.getValue(), known, at + "." + each.getKey(), errors);
            }
        }
    }

    private static boolean hasType(JsonElement value, JsonElement type) {
        if (type.isJsonArray()) {
            JsonArray types = type.getAsJsonArray();
            for (JsonElement each : types) {
                if (hasType(value, each)) {
                    return true;
                }
            }
            return false;
        }
        return type.getAsString().equals(typeOf(value));
    }

    private static @Nullable String typeOf(JsonElement value) {
        if (value.equals(JsonNull.INSTANCE)) {
            return "null";
        }
        if (value.isJsonObject()) {
            return "object";
        }
        if (value.isJsonArray()) {
            return "array";
        }
        if (value.getAsJsonPrimitive().isBoolean()) {
            return "boolean";
        }
        if (value.getAsJsonPrimitive().isString()) {
            return "string";
        }
        return value.getAsString().matches("-?\\d+") ? "integer" : "number";
    }
}
