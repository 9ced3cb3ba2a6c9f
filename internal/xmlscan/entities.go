package xmlscan

import "strings"

// htmlEntities are the 252 character entities of HTML 4.01, section 24,
// without the four that XML predefines (quot, amp, lt, gt).
var htmlEntities = func() map[string]rune {
	m := make(map[string]rune, 252)
	add := func(first rune, names string) {
		for name := range strings.FieldsSeq(names) {
			if name != "-" {
				m[name] = first
			}
			first++
		}
	}
	// ISO 8859-1, U+00A0 to U+00FF.
	add(0xA0, `nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr
		deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest
		Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml
		ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig
		agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml
		eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml`)
	// Latin Extended, spacing modifiers.
	add(0x152, "OElig oelig")
	add(0x160, "Scaron scaron")
	add(0x178, "Yuml")
	add(0x192, "fnof")
	add(0x2C6, "circ")
	add(0x2DC, "tilde")
	// Greek.
	add(0x391, `Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho -
		Sigma Tau Upsilon Phi Chi Psi Omega`)
	add(0x3B1, `alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf
		sigma tau upsilon phi chi psi omega`)
	add(0x3D1, "thetasym upsih - - - piv")
	// Punctuation.
	add(0x2002, "ensp emsp")
	add(0x2009, "thinsp - - zwnj zwj lrm rlm")
	add(0x2013, "ndash mdash")
	add(0x2018, "lsquo rsquo sbquo - ldquo rdquo bdquo")
	add(0x2020, "dagger Dagger bull - - - hellip")
	add(0x2030, "permil - prime Prime")
	add(0x2039, "lsaquo rsaquo")
	add(0x203E, "oline")
	add(0x2044, "frasl")
	add(0x20AC, "euro")
	// Letter-like symbols and arrows.
	add(0x2111, "image")
	add(0x2118, "weierp")
	add(0x211C, "real")
	add(0x2122, "trade")
	add(0x2135, "alefsym")
	add(0x2190, "larr uarr rarr darr harr")
	add(0x21B5, "crarr")
	add(0x21D0, "lArr uArr rArr dArr hArr")
	// Mathematics.
	add(0x2200, "forall - part exist - empty - nabla isin notin - ni - - - prod - sum minus")
	add(0x2217, "lowast - - radic - - prop infin - ang - - - - - - and or cap cup int")
	add(0x2234, "there4")
	add(0x223C, "sim")
	add(0x2245, "cong")
	add(0x2248, "asymp")
	add(0x2260, "ne equiv - - le ge")
	add(0x2282, "sub sup nsub - sube supe")
	add(0x2295, "oplus - otimes")
	add(0x22A5, "perp")
	add(0x22C5, "sdot")
	// Technical and geometric.
	add(0x2308, "lceil rceil lfloor rfloor")
	add(0x2329, "lang rang")
	add(0x25CA, "loz")
	add(0x2660, "spades - - clubs - hearts diams")
	return m
}()
