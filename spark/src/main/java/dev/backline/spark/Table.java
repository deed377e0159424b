package dev.backline.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table and where their values come from, so that the schema and the rows cannot differ. Immutable after
 * its columns were added.
 *
 * @param <T> what a row is made of
 */
final class Table<T> {
    /**
     * A column.
     *
     * @param type its type in Spark
     * @param nested the columns of the struct, or of the structs in the array; null if there are none
     * @param meaning for the documentation
     * @param value its value in Spark's internal form
     */
    record Column<T>(
            String name,
            DataType type,
            boolean nullable,
            @Nullable Table<?> nested,
            String meaning,
            Function<T, @Nullable Object> value) {}

    private final List<Column<T>> columns = new ArrayList<>();

    /** {@return the columns, in their order} */
    List<Column<T>> columns() {
        return columns;
    }

    /** {@return the schema of a row} */
    StructType type() {
        StructType type = new StructType();
        for (Column<T> each : columns) {
            type = type.add(each.name(), each.type(), each.nullable());
        }
        return type;
    }

    /** {@return the schema of an array of rows} */
    ArrayType arrayType() {
        return DataTypes.createArrayType(type(), false);
    }

    /** {@return a row in Spark's internal form} */
    InternalRow row(T of) {
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Column<T> column = columns.get(i);
            values[i] = column.value().apply(of);
            if (values[i] == null && !column.nullable()) {
                // Generated code would read garbage.
                throw new IllegalStateException("no value for column " + column.name());
            }
        }
        return new GenericInternalRow(values);
    }

    /** {@return rows in Spark's internal form} */
    ArrayData rows(List<? extends T> of) {
        InternalRow[] rows = new InternalRow[of.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(of.get(i));
        }
        return new GenericArrayData(rows);
    }

    /** Adds a text; null if unknown. */
    Table<T> text(String name, String meaning, Function<T, @Nullable String> value) {
        return add(name, DataTypes.StringType, true, null, meaning, of -> UTF8String.fromString(value.apply(of)));
    }

    /** Adds a text that is always known. */
    Table<T> textAlways(String name, String meaning, Function<T, String> value) {
        return add(name, DataTypes.StringType, false, null, meaning, of -> UTF8String.fromString(value.apply(of)));
    }

    /** Adds a number of 32 bits; null if unknown. */
    Table<T> number(String name, String meaning, Function<T, @Nullable Integer> value) {
        return add(name, DataTypes.IntegerType, true, null, meaning, value::apply);
    }

    /** Adds a number of 64 bits; null if unknown. */
    Table<T> big(String name, String meaning, Function<T, @Nullable Long> value) {
        return add(name, DataTypes.LongType, true, null, meaning, value::apply);
    }

    /** Adds a number of 64 bits that is always known. */
    Table<T> bigAlways(String name, String meaning, Function<T, Long> value) {
        return add(name, DataTypes.LongType, false, null, meaning, value::apply);
    }

    /** Adds a truth value that is always known. */
    Table<T> flagAlways(String name, String meaning, Function<T, Boolean> value) {
        return add(name, DataTypes.BooleanType, false, null, meaning, value::apply);
    }

    /** Adds a truth value; null if unknown. */
    Table<T> flag(String name, String meaning, Function<T, @Nullable Boolean> value) {
        return add(name, DataTypes.BooleanType, true, null, meaning, value::apply);
    }

    /** Adds a time in microseconds since 1970; null if unknown. */
    Table<T> time(String name, String meaning, Function<T, @Nullable Long> micros) {
        return add(name, DataTypes.TimestampType, true, null, meaning, micros::apply);
    }

    /** Adds a list of texts, which may be empty. */
    Table<T> texts(String name, String meaning, Function<T, ? extends List<String>> value) {
        return add(
                name,
                DataTypes.createArrayType(DataTypes.StringType, false),
                false,
                null,
                meaning,
                of -> texts(value.apply(of)));
    }

    /** Adds a list of texts; null if unknown. */
    Table<T> textsOrNull(String name, String meaning, Function<T, ? extends @Nullable List<String>> value) {
        return add(name, DataTypes.createArrayType(DataTypes.StringType, false), true, null, meaning, of -> {
            List<String> texts = value.apply(of);
            return texts == null ? null : texts(texts);
        });
    }

    /** Adds texts by name. */
    Table<T> map(String name, String meaning, Function<T, Map<String, String>> value) {
        MapType type = DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false);
        return add(name, type, false, null, meaning, of -> {
            Map<String, String> map = value.apply(of);
            return new ArrayBasedMapData(
                    texts(List.copyOf(map.keySet())),
                    texts(map.keySet().stream().map(map::get).toList()));
        });
    }

    /** Adds numbers by name. */
    Table<T> counts(String name, String meaning, Function<T, ? extends Map<String, Long>> value) {
        MapType type = DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType, false);
        return add(name, type, false, null, meaning, of -> {
            Map<String, Long> map = value.apply(of);
            return new ArrayBasedMapData(
                    texts(List.copyOf(map.keySet())),
                    new GenericArrayData(List.copyOf(map.values()).toArray()));
        });
    }

    /** Adds a struct; null if there is nothing. */
    <U> Table<T> struct(String name, String meaning, Table<U> columnsOf, Function<T, @Nullable U> value) {
        return add(name, columnsOf.type(), true, columnsOf, meaning, of -> {
            U inner = value.apply(of);
            return inner == null ? null : columnsOf.row(inner);
        });
    }

    /** Adds a struct that is always there. */
    <U> Table<T> structAlways(String name, String meaning, Table<U> columnsOf, Function<T, U> value) {
        return add(name, columnsOf.type(), false, columnsOf, meaning, of -> columnsOf.row(value.apply(of)));
    }

    /** Adds an array of structs, which may be empty. */
    <U> Table<T> structs(String name, String meaning, Table<U> columnsOf, Function<T, ? extends List<U>> value) {
        return add(name, columnsOf.arrayType(), false, columnsOf, meaning, of -> columnsOf.rows(value.apply(of)));
    }

    /** Adds the columns of a part of the row. */
    <U> Table<T> all(Table<U> part, Function<T, U> value) {
        for (Column<U> each : part.columns) {
            add(
                    each.name(),
                    each.type(),
                    each.nullable(),
                    each.nested(),
                    each.meaning(),
                    of -> each.value().apply(value.apply(of)));
        }
        return this;
    }

    private Table<T> add(
            String name,
            DataType type,
            boolean nullable,
            @Nullable Table<?> nested,
            String meaning,
            Function<T, @Nullable Object> value) {
        columns.add(new Column<>(name, type, nullable, nested, meaning, value));
        return this;
    }

    private static ArrayData texts(List<String> texts) {
        UTF8String[] values = new UTF8String[texts.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = UTF8String.fromString(Objects.requireNonNull(texts.get(i)));
        }
        return new GenericArrayData(values);
    }

    /**
     * {@return the columns as rows of a table in Markdown, nested columns with the path to them}
     *
     * @param prefix of the names
     * @param shown the columns that the page has so far, and where; these are added
     */
    String markdown(String prefix, Map<Table<?>, String> shown) {
        StringBuilder text = new StringBuilder();
        for (Column<T> each : columns) {
            Table<?> nested = each.nested();
            boolean array = each.type() instanceof ArrayType;
            String type =
                    nested == null ? "`" + each.type().simpleString() + "`" : array ? "array of structs" : "struct";
            String path = prefix + each.name() + (array ? "[]" : "");
            String known = nested == null ? null : shown.putIfAbsent(nested, path);
            text.append("| `").append(prefix).append(each.name()).append("` | ").append(type);
            text.append(each.nullable() ? ", can be null" : "").append(" | ").append(each.meaning());
            text.append(known == null ? "" : ", with the columns of `" + known + "` above")
                    .append(" |\n");
            if (nested != null && known == null) {
                text.append(nested.markdown(path + ".", shown));
            }
        }
        return text.toString();
    }
}
