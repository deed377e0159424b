package dev.backline.cli.explain;

import dev.backline.cli.console.Console;
import dev.backline.cli.console.Output;

/** {@code backline explain}: what went wrong in each crash report of a log. */
final class Explain {
    private Explain() {}

    static ExplanationWriter writer(ExplainOptions options, Console console, Output out) {
        PageMaker pages = new PageMaker(options, console);
        return switch (options.format()) {
            case TEXT ->
                new ExplainTextWriter(pages, options.print().color().applies(console) && options.output() == null, out);
            case MARKDOWN -> new ExplainMarkdownWriter(pages, out);
            case JSON -> new ExplainJsonWriter(options.print(), out);
            case HTML -> new ExplainHtmlWriter(pages, out);
        };
    }
}
