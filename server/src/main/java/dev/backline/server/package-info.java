/**
 * The HTTP service, {@code backline serve}, and its page. In come requests with logs; out go the answers of the commands, by
 * the same writers. The package has limits, formats and a page, and no line of symbolising, grouping or diagnosing of its own.
 *
 * <pre>{@code
 * Service service = Service.of(options, console);
 * service.start();
 * System.err.println("listening on " + service.address());
 * service.stop();
 * }</pre>
 */
@NullMarked
package dev.backline.server;

import org.jspecify.annotations.NullMarked;
