package dev.backline.io;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/**
 * A type that is public because several packages of backline use it, and no part of the API: any version may change it or
 * take it away.
 */
@Documented
@Target(ElementType.TYPE)
public @interface Internal {}
