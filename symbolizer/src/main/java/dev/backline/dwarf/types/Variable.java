package dev.backline.dwarf.types;

/**
 * A parameter or local variable in scope at an address.
 *
 * @param name DW_AT_name
 * @param parameter whether it is a parameter
 * @param layout its type
 * @param location where it is at the address
 */
public record Variable(String name, boolean parameter, Layout layout, Location location) {}
