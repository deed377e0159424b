package dev.backline.spark;

import java.util.List;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.SparkSessionExtensionsProvider;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.errors.QueryCompilationErrors;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Gives each session the functions {@code backline_symbolize}, {@code backline_explain}, {@code backline_signature} and {@code
 * backline_rst}. Spark finds this class by itself (META-INF/services); {@code spark.sql.extensions} may name it too.
 */
public final class BacklineExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit>
        implements SparkSessionExtensionsProvider {
    private static final String SINCE = "0.1.0";

    /** Spark makes the instance. */
    public BacklineExtensions() {}

    @Override
    public BoxedUnit apply(SparkSessionExtensions session) {
        for (LogFunction function : LogFunction.values()) {
            session.injectFunction(
                    new Tuple3<>(new FunctionIdentifier(function.sqlName()), info(function), new Builder(function)));
        }
        return BoxedUnit.UNIT;
    }

    /** What DESCRIBE FUNCTION prints. */
    private static ExpressionInfo info(LogFunction function) {
        String name = function.sqlName();
        String argument = function.argument();
        return new ExpressionInfo(
                LogExpression.class.getName(),
                "",
                name,
                "_FUNC_(" + argument + ") - Returns " + function.meaning() + ".",
                "\n    Arguments:\n      * " + argument
                        + " - the text as it was collected, also compressed; a string or" + " binary.\n  ",
                "\n    Examples:\n      > SELECT inline(_FUNC_(" + argument + ")) FROM logs;\n  ",
                "\n    The debug files are those of spark.backline.debug.dirs. Null for a null, and for what is not a"
                        + " text.\n  ",
                "misc_funcs",
                SINCE,
                "",
                "java_udf");
    }

    /** Makes the expression of a call. */
    private static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {
        private final LogFunction function;

        Builder(LogFunction function) {
            this.function = function;
        }

        @Override
        public Expression apply(Seq<Expression> arguments) {
            if (arguments.size() != 1) {
                throw Builder.<RuntimeException>unchecked(QueryCompilationErrors.wrongNumArgsError(
                        function.sqlName(),
                        CollectionConverters.asScala(List.<Object>of(1)).toSeq(),
                        arguments.size(),
                        "",
                        "",
                        ""));
            }
            return new LogExpression(function, arguments.apply(0));
        }

        /** Throws what Scala would throw: Spark's errors are checked, and the interface declares none. */
        @SuppressWarnings("unchecked") // Erased: nothing is cast.
        private static <E extends Throwable> RuntimeException unchecked(Throwable error) throws E {
            throw (E) error;
        }
    }
}
