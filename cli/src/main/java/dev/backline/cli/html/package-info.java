/**
 * The parts of an HTML page: an escaping writer with allow-lists of elements and attributes, and the page's charts, stacks and
 * lists. A page loads nothing and runs nothing.
 *
 * <pre>{@code
 * Html html = Html.begin(out, "Why RSTs were sent", "report.css", Wording.ENGLISH);
 * html.element("h1", "Why RSTs were sent");
 * }</pre>
 */
@NullMarked
package dev.backline.cli.html;

import org.jspecify.annotations.NullMarked;
