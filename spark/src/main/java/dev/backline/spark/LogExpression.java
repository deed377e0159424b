package dev.backline.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.ExpectsInputTypes$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ImplicitCastInputTypes;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.AbstractDataType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A call of a {@link LogFunction}. Spark calls the result deterministic: the same log and the same debug files give the same
 * rows. Immutable.
 *
 * <p>It extends {@link Expression}, not {@code UnaryExpression}, which javac cannot extend. It says that it is serializable,
 * as the case classes of Scala do unasked.
 */
final class LogExpression extends Expression implements ImplicitCastInputTypes, Serializable {
    private static final long serialVersionUID = 1;

    private final LogFunction function;
    private final Expression log;

    LogExpression(LogFunction function, Expression log) {
        this.function = function;
        this.log = log;
    }

    private static <T> Seq<T> seq(List<T> values) {
        return CollectionConverters.asScala(values).toSeq();
    }

    @Override
    public Seq<Expression> children() {
        return seq(List.of(log));
    }

    @Override
    public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return new LogExpression(function, children.apply(0));
    }

    @Override
    public Seq<AbstractDataType> inputTypes() {
        return seq(List.of(DataTypes.StringType));
    }

    /** The class's method, which checks nothing, would win over the trait's. */
    @Override
    public TypeCheckResult checkInputDataTypes() {
        return ExpectsInputTypes$.MODULE$.checkInputDataTypes(children(), inputTypes());
    }

    @Override
    public DataType dataType() {
        return function.type();
    }

    @Override
    public boolean nullable() {
        return true;
    }

    @Override
    public String prettyName() {
        return function.sqlName();
    }

    @Override
    public @Nullable Object eval(@Nullable InternalRow row) {
        UTF8String text = (UTF8String) log.eval(row);
        return text == null ? null : function.rows(text);
    }

    @Override
    public ExprCode doGenCode(CodegenContext context, ExprCode ev) {
        ExprCode input = log.genCode(context);
        String call = LogFunction.class.getName() + "." + function.name() + ".rows(" + input.value() + ")";
        String array = "org.apache.spark.sql.catalyst.util.ArrayData";
        String text = array + " " + ev.value() + " = " + input.isNull() + " ? null : " + call + ";\n" + "boolean "
                + ev.isNull() + " = " + ev.value() + " == null;\n";
        Block code = input.code().$plus(new CodeBlock(seq(List.of(text)), seq(List.of())));
        return ev.copy(code, ev.isNull(), ev.value());
    }

    @Override
    public int productArity() {
        return 2;
    }

    @Override
    public Object productElement(int index) {
        return index == 0 ? function : log;
    }

    @Override
    public boolean canEqual(@Nullable Object other) {
        return other instanceof LogExpression;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LogExpression that && function == that.function && log.equals(that.log);
    }

    @Override
    public int hashCode() {
        return 31 * function.hashCode() + log.hashCode();
    }
}
