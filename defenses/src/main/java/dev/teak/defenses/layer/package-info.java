/**
 * Defenses inside a model: what layers give is changed on its way to the next. Each is a {@link
 * dev.teak.defenses.WrapperDefense}.
 */
package dev.teak.defenses.layer;
