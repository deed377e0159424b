/** Tests of the HTTP service. */
@NullMarked
package dev.backline.server;

import org.jspecify.annotations.NullMarked;
