@NullMarked
package dev.backline.probe;

import org.jspecify.annotations.NullMarked;
