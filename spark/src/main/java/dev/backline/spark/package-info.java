/**
 * backline on Apache Spark. In come logs or captures as strings; out come arrays of structs, or the tables of a fleet. This
 * package only translates between Spark's rows and the libraries: it has no rule of symbolising, diagnosing or grouping.
 *
 * <p>A session that has the jar has the functions, by {@link dev.backline.spark.BacklineExtensions}:
 *
 * <pre>{@code
 * Dataset<Row> frames = spark.sql("SELECT host, inline(backline_symbolize(log)) FROM logs");
 * }</pre>
 */
@NullMarked
package dev.backline.spark;

import org.jspecify.annotations.NullMarked;
