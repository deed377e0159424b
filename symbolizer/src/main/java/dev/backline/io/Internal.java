package dev.backline.io;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Target;

/**
 * Marks a type that is public only for other packages of backline and is not part of the API: any version may change or
 * remove it.
 */
@Documented
@Target(ElementType.TYPE)
public @interface Internal {}
