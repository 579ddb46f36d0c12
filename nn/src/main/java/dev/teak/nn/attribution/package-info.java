/**
 * What a classifier looks at: how much each pixel has to do with the logit of a class. The methods
 * are those of Captum by the names of their papers; each works on any model, in eval mode, and
 * neither changes it nor leaves a gradient in it.
 */
package dev.teak.nn.attribution;
